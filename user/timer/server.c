// SPDX-License-Identifier: MIT
// The timer server. It has no timer: it receives with a timeout, which is the time at
// which the next client wants to be woken, and either a message comes or that time.
//
// The contract is in timer.h.
#include <user/timer.h>

#include <l4/ipc.h>
#include <l4/message.h>

#define MOST 64

// Clients that wait, those that are woken first in front.
struct client {
        L4_ThreadId_t id;
        L4_Clock_t at;
};

static struct client waiting[MOST];
static L4_Word_t count;

static void
answer(L4_ThreadId_t client, L4_Word_t word)
{
        L4_Msg_t m;

        L4_MsgPut(&m, 0, 1, &word, 0, 0);
        L4_MsgLoad(&m);
        // Who does not wait for it does not get it.
        L4_Reply(client);
}

// One more. Where there is no room it is woken at once.
static void
add(L4_ThreadId_t id, L4_Clock_t at)
{
        L4_Word_t place = count;

        if (count == MOST) {
                answer(id, 0);
                return;
        }
        count++;
        for (; place > 0 && L4_IsClockLater(waiting[place - 1].at, at); place--)
                waiting[place] = waiting[place - 1];
        waiting[place] = (struct client){ id, at };
}

static void
wake(void)
{
        L4_Clock_t now = L4_SystemClock();

        while (count > 0 && !L4_IsClockLater(waiting[0].at, now)) {
                struct client first = waiting[0];
                count--;
                for (L4_Word_t i = 0; i < count; i++)
                        waiting[i] = waiting[i + 1];
                answer(first.id, (L4_Word_t)(now.raw - first.at.raw));
        }
}

void
serve_time(void)
{
        for (;;) {
                L4_Time_t until =
                        count > 0 ? L4_TimePoint(waiting[0].at) : L4_Never;
                L4_ThreadId_t from;
                L4_MsgTag_t tag = L4_Wait_Timeout(until, &from);

                if (L4_IpcSucceeded(tag) && L4_UntypedWords(tag) > 0) {
                        L4_Word_t microseconds;
                        L4_StoreMR(1, &microseconds);
                        add(from,
                            L4_ClockAddUsec(L4_SystemClock(), microseconds));
                }
                wake();
        }
}
