// SPDX-License-Identifier: MIT
// A pager that gives what it has itself, and pages of zeros. The contract is in
// <user/threads.h>.
#include "call.h"

#include <l4/arch.h>
#include <l4/ipc.h>
#include <l4/kip.h>
#include <l4/message.h>
#include <l4/sigma0.h>
#include <user/threads.h>

#define PAGE_LOG2 12
#define PAGE_SIZE 0x1000u

// Labels of faults, but for the rights in the lowest three bits.
#define PAGE_FAULT 0xFFE0u
#define IO_FAULT 0xFF80u
#define KIND 0xFFF0u

// Is it an address in the program itself?
static bool
is_own(L4_Word_t address)
{
        const L4_KernelInterfacePage_t *kip = L4_GetKernelInterface();

        return address >= kip->root.low >> PAGE_LOG2 << PAGE_LOG2 &&
               address < kip->root.high;
}

void
__l4_touch(void)
{
        const L4_KernelInterfacePage_t *kip = L4_GetKernelInterface();

        if (!L4_IsThreadEqual(L4_Myself(), thread_id(0)))
                return;
        for (L4_Word_t at = kip->root.low; at < kip->root.high;
             at = (at >> PAGE_LOG2 << PAGE_LOG2) + PAGE_SIZE)
                (void)*(volatile unsigned char *)(uintptr_t)at;
}

// Before lab 7 there is no sigma0, and the kernel has pages of zeros itself: it does not
// look at what is mapped.
static L4_Fpage_t
zeros(L4_Word_t address)
{
        const L4_KernelInterfacePage_t *kip = L4_GetKernelInterface();
        L4_Fpage_t page;

        if (kip->sigma0.high == 0)
                return L4_FpageLog2(address >> PAGE_LOG2 << PAGE_LOG2,
                                    PAGE_LOG2);
        page = L4_Sigma0_GetAny(L4_nilthread, PAGE_LOG2,
                                L4_CompleteAddressSpace);
        L4_Word_t *word = (L4_Word_t *)(uintptr_t)L4_Address(page);
        if (!word)
                return L4_Nilpage;
        for (L4_Word_t i = 0; i < PAGE_SIZE / sizeof(*word); i++)
                word[i] = 0;
        return page;
}

// The page for an address; nil: there is none.
static L4_Fpage_t
page_for(L4_Word_t address)
{
        L4_Fpage_t page =
                L4_FpageLog2(address >> PAGE_LOG2 << PAGE_LOG2, PAGE_LOG2);

        return is_own(address) ? page : zeros(address);
}

static L4_MapItem_t
ports(L4_Word_t fpage)
{
        L4_Fpage_t page = { .raw = fpage };

        return L4_MapItem(L4_FpageAddRights(page, L4_FullyAccessible), 0);
}

// Puts together what answers this message, and says for whom it is; nil: nobody.
static L4_ThreadId_t
answer(L4_MsgTag_t tag, L4_ThreadId_t from, L4_Msg_t *m)
{
        L4_Msg_t told;

        L4_MsgStore(tag, &told);
        if ((L4_Label(tag) & KIND) == PAGE_FAULT) {
                L4_Word_t address = L4_MsgWord(&told, 0);
                L4_Fpage_t page = page_for(address);
                if (L4_IsNilFpage(page))
                        return L4_nilthread;
                page = L4_FpageAddRights(page, L4_FullyAccessible);
                if (is_own(address))
                        L4_MsgAppendMapItem(m, L4_MapItem(page, address));
                else
                        L4_MsgAppendGrantItem(m, L4_GrantItem(page, address));
                return from;
        }
        if ((L4_Label(tag) & KIND) == IO_FAULT) {
                L4_MsgAppendMapItem(m, ports(L4_MsgWord(&told, 0)));
                return from;
        }
        if (L4_UntypedWords(tag) != START_WORDS || !L4_IsLocalId(from))
                return L4_nilthread;

        // The thread starts with its first message from its pager.
        L4_MsgAppendWord(m, L4_MsgWord(&told, 1));
        L4_MsgAppendWord(m, L4_MsgWord(&told, 2));
        return (L4_ThreadId_t){ .raw = L4_MsgWord(&told, 0) };
}

void
serve_faults(void)
{
        L4_ThreadId_t from;
        L4_MsgTag_t tag = L4_Wait(&from);

        for (;;) {
                L4_ThreadId_t to = L4_nilthread;
                L4_Msg_t m;

                L4_MsgClear(&m);
                if (L4_IpcSucceeded(tag))
                        to = answer(tag, from, &m);
                if (!L4_IsNilThread(to))
                        L4_MsgLoad(&m);
                tag = L4_ReplyWait(to, &from);
        }
}
