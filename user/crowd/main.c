// SPDX-License-Identifier: MIT
// Many threads, each with little to do: they sleep, by a message to the timer server in
// another space, and say when they are awake again.
#include <l4/ipc.h>
#include <l4/thread.h>
#include <user/task.h>
#include <user/threads.h>
#include <user/timer.h>

#define SLEEPERS 53
#define PERIOD 1000u // microseconds

static struct stack stacks[SLEEPERS];
static L4_ThreadId_t first, timer;

static void
sleep(void)
{
        L4_Word_t n = L4_ThreadNo(L4_Myself()) - L4_ThreadNo(first);
        L4_Word_t period = n % 5 * PERIOD;
        L4_Clock_t begin = L4_SystemClock();
        L4_Word_t late = timer_sleep(timer, period);
        L4_Word64_t passed = L4_SystemClock().raw - begin.raw;

        L4_LoadMR(0, (L4_MsgTag_t){ .X.u = 1 }.raw);
        L4_LoadMR(1, late != TIMER_SILENT && passed >= period);
        L4_Send(first);
}

// Waits for one of them. Has it slept?
static bool
has_slept(void)
{
        L4_ThreadId_t from;
        L4_MsgTag_t tag = L4_Wait(&from);
        L4_Word_t well;

        L4_StoreMR(1, &well);
        return L4_IpcSucceeded(tag) && well;
}

int
main(void)
{
        unsigned there = 0, awake = 0;

        first = L4_Myself();
        timer = task_find("timer");
        for (unsigned i = 0; i < SLEEPERS; i++) {
                L4_ThreadId_t thread = task_thread(TASK_BESIDE, L4_nilthread);
                if (L4_IsNilThread(thread))
                        break;
                thread_start(thread, sleep, &stacks[i]);
                there++;
        }
        for (unsigned i = 0; i < there; i++)
                awake += has_slept();
        task_say("%u of %u threads have slept, woken by the timer server",
                 awake, SLEEPERS);
        task_ready("crowd");
        return 0;
}
