// SPDX-License-Identifier: MIT
// Before lab 8 all messages go the same way.
#include "../calls.h"
#include "../direct.h"
#include "../schedule.h"

void
ipc_called(struct h_fault_context context, uint32_t to, uint32_t from,
           uint32_t timeouts, uint32_t tag, uint32_t edi, uint32_t ebx,
           uint32_t ebp)
{
        const struct registers in = { to, timeouts, from, ebx, ebp, tag, edi };

        (void)context; // the current thread's
        schedule(call_ipc(current, &in));
}
