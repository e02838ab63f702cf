// SPDX-License-Identifier: MIT
// The timer server in a space of its own.
#include <user/task.h>
#include <user/timer.h>

int
main(void)
{
        task_ready("timer");
        serve_time();
        return 0;
}
