// SPDX-License-Identifier: MIT
// The console server in a space of its own. It gets the serial line's ports by faults
// of its first INs and OUTs, and the line's interrupt from the root server.
#include <user/console.h>
#include <user/task.h>

int
main(void)
{
        if (task_irq(CONSOLE_IRQ)) {
                task_ready("console");
                serve_console();
        }
        return 0;
}
