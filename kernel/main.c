// SPDX-License-Identifier: MIT
// From the boot loader to the stage.
#include <kernel/bootinfo.h>
#include <kernel/descriptors.h>
#include <kernel/main.h>
#include <kernel/multiboot.h>
#include <kernel/panic.h>
#include <kernel/stage.h>

void
kernel_main(uint32_t magic, struct paddr info)
{
        descriptors_init();
        if (magic != MULTIBOOT_MAGIC)
                panic("the boot loader does not speak Multiboot: it left "
                      "0x%08x, not 0x%08x",
                      magic, MULTIBOOT_MAGIC);
        bootinfo_init(info);
        stage_main();
}
