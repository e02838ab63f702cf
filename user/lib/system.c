// SPDX-License-Identifier: MIT
#include <user/system.h>

void
exit(uint32_t status)
{
        // There is no way back from it.
        for (;;)
                call(CALL_EXIT, status);
}

void
yield(void)
{
        call(CALL_YIELD, 0);
}

uint32_t
time_now(void)
{
        return call(CALL_TIME, 0);
}
