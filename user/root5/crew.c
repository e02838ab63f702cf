// SPDX-License-Identifier: MIT
// The contracts are in crew.h.
#include "crew.h"

#include <l4/schedule.h>
#include <l4/thread.h>
#include <user/threads.h>

struct worker crew[CREW];
L4_Clock_t work_ends;

static struct stack stacks[CREW];
static L4_ThreadId_t first;
static volatile L4_Word_t at_work; // of those who are awaited

// Where each worker begins. Which one it is its user-defined handle says.
static void
begin(void)
{
        struct worker *self =
                (struct worker *)(uintptr_t)L4_UserDefinedHandle();

        self->began = L4_SystemClock().raw;
        self->work(self);
        if (__atomic_sub_fetch(&at_work, 1, __ATOMIC_RELAXED) == 0)
                L4_Start(first);
}

static struct worker *
hire(L4_Word_t i, void (*work)(struct worker *self))
{
        crew[i] = (struct worker){
                .number = i + 1,
                .id = thread_id(i + 1),
                .work = work,
        };
        return &crew[i];
}

void
crew_make(L4_Word_t count, void (*work)(struct worker *self))
{
        for (L4_Word_t i = 0; i < count; i++)
                if (!thread_here(hire(i, work)->number))
                        complain("A thread in this space");
}

void
crew_make_apart(L4_Word_t kip, void (*work)(struct worker *self))
{
        if (!thread_in_new_space(hire(0, work)->number, kip, L4_Myself()))
                complain("A thread in a space of its own");
        if (!thread_here(hire(1, do_nothing)->number))
                complain("A thread in this space");
        L4_Set_Priority(crew[1].id, 90);
}

void
crew_work(L4_Word_t milliseconds, L4_Word_t awaited)
{
        first = L4_Myself();
        at_work = awaited;
        work_ends = L4_ClockAddUsec(L4_SystemClock(),
                                    (L4_Word64_t)milliseconds * 1000);
        for (L4_Word_t i = 0; i < CREW; i++) {
                if (!crew[i].work)
                        continue;
                L4_Set_UserDefinedHandleOf(crew[i].id,
                                           (L4_Word_t)(uintptr_t)&crew[i]);
                thread_start(crew[i].id, begin, &stacks[i]);
        }
        // None of them has run yet: this thread's priority is the highest.
        L4_Stop(first);
}

void
crew_end(void)
{
        for (L4_Word_t i = 0; i < CREW; i++)
                if (crew[i].work) {
                        thread_end(crew[i].number);
                        crew[i].work = 0;
                }
}
