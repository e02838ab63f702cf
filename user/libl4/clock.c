// SPDX-License-Identifier: MIT
// The contract is in <l4/time.h>.
#include <l4/syscalls.h>

L4_Time_t
L4_TimePoint(L4_Clock_t at)
{
        return __L4_PointFrom(L4_SystemClock().raw, at.raw);
}
