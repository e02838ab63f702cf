// SPDX-License-Identifier: MIT
// A timer server and three clients, one of them in a space of its own.
#include <user/timer.h>

#include <l4/ipc.h>
#include <l4/message.h>
#include <l4/schedule.h>
#include <l4/thread.h>
#include <l4io.h>
#include <user/threads.h>

#define PAGER 1
#define SERVER 2
#define CLIENT 3 // and those behind it
#define CLIENTS 3
#define TIMES 4

static struct stack stacks[CLIENT + CLIENTS];
static L4_Clock_t begin;

// Each client's own, in milliseconds.
static L4_Word_t
period_of(L4_ThreadId_t client)
{
        return (L4_ThreadNo(client) - L4_ThreadNo(thread_id(CLIENT)) + 2) * 35;
}

// Sleeps some times, and tells the first thread each time; at last with no words.
static void
client(void)
{
        L4_Word_t period = period_of(L4_Myself());

        for (L4_Word_t i = 0; i < TIMES; i++) {
                L4_Word_t late = timer_sleep(thread_id(SERVER), period * 1000);
                if (late == TIMER_SILENT)
                        printf("The server does not answer: 0x%x.\n",
                               L4_ErrorCode());
                L4_LoadMR(0, (L4_MsgTag_t){ .X.u = 1 }.raw);
                L4_LoadMR(1, late);
                L4_Send(thread_id(0));
        }
        L4_LoadMR(0, 0);
        L4_Send(thread_id(0));
}

// What the clients tell, until the last one says no more.
static void
listen(void)
{
        L4_Word_t clients = CLIENTS;

        while (clients > 0) {
                L4_Word_t late;
                L4_ThreadId_t from;
                L4_MsgTag_t tag = L4_Wait(&from);
                L4_Word64_t now = L4_SystemClock().raw - begin.raw;

                L4_StoreMR(1, &late);
                from = L4_GlobalIdOf(from);
                if (L4_UntypedWords(tag) == 0)
                        clients--;
                else
                        printf("%4u ms: thread %u has slept %u ms%s.\n",
                               (L4_Word_t)now / 1000, L4_ThreadNo(from),
                               period_of(from),
                               late < 5000 ? "" : ", and overslept");
        }
}

// Makes and starts everybody but the last client, in this space.
static bool
make(void)
{
        for (L4_Word_t n = PAGER; n < CLIENT + CLIENTS - 1; n++)
                if (!thread_here(n))
                        return false;
        return thread_in_new_space(CLIENT + CLIENTS - 1, OTHER_KIP,
                                   thread_id(PAGER));
}

int
main(void)
{
        if (!make())
                complain("The threads");
        begin = L4_SystemClock();
        L4_Set_Priority(thread_id(SERVER), 200);
        thread_start(thread_id(PAGER), serve_faults, &stacks[PAGER]);
        thread_start(thread_id(SERVER), serve_time, &stacks[SERVER]);
        for (L4_Word_t n = CLIENT; n < CLIENT + CLIENTS; n++)
                thread_start(thread_id(n), client, &stacks[n]);

        listen();
        printf("All have slept enough.\n");
        return 0;
}
