// SPDX-License-Identifier: MIT
// Many senders to one who looks for another one.
#include "worst.h"

#include <l4/schedule.h>

#define PASSES_ON 5 // a thread; its number was another one's before

// All but the first one send to the caller; in the name of the second one, or in their own.
static void
crowd_sends(L4_Word_t tag)
{
        tell_crowd((struct order){
                .to = thread_id(0),
                .mr = { tag },
                .as = crowd_id(1),
        });
}

// They have been received.
static void
receive_crowd(void)
{
        L4_ThreadId_t from;

        for (L4_Word_t i = 1; i < CROWD; i++)
                if (L4_IpcFailed(L4_Wait_Timeout(L4_ZeroTime, &from)))
                        give_up("A message of the crowd");
}

// Nobody but the first one of the crowd listens, and what it hears it does not answer.
static void
receive_behind_crowd(L4_ThreadId_t from)
{
        const L4_Word_t timeouts = L4_Timeouts(L4_Never, L4_ZeroTime);

        order = (struct order){ 0 };
        L4_LoadMR(0, 0);
        if (L4_IpcSucceeded(L4_Ipc(L4_nilthread, from, timeouts, 0)))
                give_up("A message of nobody");
        L4_LoadMR(0, 0);
        if (L4_IpcSucceeded(L4_Ipc(crowd_id(0), from, timeouts, 0)))
                give_up("Another message of nobody");
        receive_crowd();
}

void
any_local(void)
{
        crowd_sends(0);
        receive_behind_crowd(L4_anylocalthread);
}

void
one_named(void)
{
        crowd_sends(AS_ANOTHER);
        receive_behind_crowd(crowd_id(0));
}

// In the name of the first thread, which has asked.
static void
pass_on(void)
{
        for (;;) {
                L4_Receive(thread_id(0));
                L4_Set_VirtualSender(thread_id(0));
                L4_LoadMR(0, AS_ANOTHER);
                L4_Send(crowd_id(0));
        }
}

// The answer comes from the crowd's first one; and in no time, as a server's.
void
handed_over(void)
{
        if (!thread_here(PASSES_ON))
                give_up("A thread that passes messages on");
        thread_start(thread_id(PASSES_ON), pass_on, &other_stack);
        crowd_sends(AS_ANOTHER);
        order = (struct order){
                .to = thread_id(0),
                .timeouts = L4_Timeouts(L4_ZeroTime, L4_Never),
        };
        L4_LoadMR(0, 0);
        if (L4_IpcFailed(L4_Call(thread_id(PASSES_ON))))
                give_up("What was passed on");
        receive_crowd();
        thread_end(PASSES_ON);
}
