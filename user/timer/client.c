// SPDX-License-Identifier: MIT
// The contract is in <user/timer.h>.
#include <l4/ipc.h>
#include <l4/message.h>
#include <user/timer.h>

L4_Word_t
timer_sleep(L4_ThreadId_t server, L4_Word_t microseconds)
{
        L4_Word_t late;
        L4_Msg_t m;

        L4_MsgPut(&m, 0, 1, &microseconds, 0, 0);
        L4_MsgLoad(&m);
        if (L4_IpcFailed(L4_Call(server)))
                return TIMER_SILENT;
        L4_StoreMR(1, &late);
        return late;
}
