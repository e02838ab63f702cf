// SPDX-License-Identifier: MIT
// The stage of lab 4: H is complete, and a client that knows nothing but its
// public headers runs the programs that the boot loader has brought.
#include "client/main.h"

#include <h/internal/context.h>
#include <h/internal/paranoid.h>
#include <h/internal/state.h>
#include <h4/memory.h>
#include <h4/test.h>
#include <kernel/bootinfo.h>
#include <kernel/console.h>
#include <kernel/memory.h>
#include <kernel/panic.h>
#include <kernel/power.h>
#include <kernel/stage.h>

void
stage_main(void)
{
        harness_main(bootinfo_command_line());
        console_init();

        printk("H4, lab 4: fault contexts\n\n");
        printk("From here on the stage needs what labs 1 to 4 ask for. The "
               "first exercise that\nis missing stops the machine and says "
               "so.\n\n");
        memory_init();
        h_init();
        execution_init();
        client_begin();
        memory_report("boot"); // while there is something to be seen
        client_end();
        paranoid_check("client_end");
        power_off(POWER_OFF_DONE);
}
