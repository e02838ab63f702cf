// SPDX-License-Identifier: MIT
// The boot modules: memory of type 14 in the kernel interface page's list, in the boot
// loader's order. The first is sigma0, the second the root server; nothing says what the
// others are called. sigma0 gives such memory only to who asks for it.
#include "root7.h"

#include <l4/kip.h>
#include <l4/sigma0.h>

#define OF_SERVERS 2

static bool
find(unsigned n, struct module *module)
{
        L4_KernelInterfacePage_t *kip = L4_GetKernelInterface();

        n += OF_SERVERS;
        for (L4_Word_t i = 0; i < L4_NumMemoryDescriptors(kip); i++) {
                const L4_MemoryDesc_t *memory = L4_MemoryDesc(kip, i);
                if (L4_IsMemoryDescVirtual(memory) ||
                    (L4_MemoryDescType(memory) & 0xF) !=
                            L4_BootLoaderSpecificMemoryType)
                        continue;
                if (n-- > 0)
                        continue;
                module->first = L4_MemoryDescLow(memory);
                module->last = L4_MemoryDescHigh(memory);
                return true;
        }
        return false;
}

bool
module_open(unsigned n, struct module *module)
{
        if (!find(n, module))
                return false;
        for (L4_Word_t at = module->first; at < module->last; at += PAGE_BYTES)
                if (L4_IsNilFpage(L4_Sigma0_GetPage(
                            L4_nilthread, L4_FpageLog2(at, PAGE_LOG2))))
                        module->first = 0;
        return true;
}
