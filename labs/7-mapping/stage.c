// SPDX-License-Identifier: MIT
// The stage of lab 7: memory goes from one space to another.
#include <h/internal/state.h>
#include <h4/memory.h>
#include <h4/test.h>
#include <kernel/bootinfo.h>
#include <kernel/console.h>
#include <kernel/memory.h>
#include <kernel/stage.h>
#include <l4/l4.h>

void
stage_main(void)
{
        harness_main(bootinfo_command_line());
        console_init();

        printk("H4, lab 7: mapping\n\n");
        printk("From here on the stage needs what labs 1 to 7 ask for. The "
               "first exercise that\nis missing stops the machine and says "
               "so.\n\n");
        memory_init();
        h_init();
        execution_init();
        l4_begin();
        memory_report("boot");
        l4_run();
}
