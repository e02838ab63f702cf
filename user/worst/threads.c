// SPDX-License-Identifier: MIT
// What takes the kernel longest with threads: 4,000 of them that wait for one, which ends, gets
// another name or begins.
#include "worst.h"

#include <l4/arch.h>
#include <l4/schedule.h>

#define HALTED 3 // threads; their numbers were others' before
#define ENDS 4
#define NOWHERE 0xA0000000u

static volatile bool is_ended;

void
crowd_begins(void)
{
        for (L4_Word_t i = 0; i < CROWD; i++)
                if (!crowd_make(i)) {
                        complain("The crowd");
                        return;
                }
}

void
first_is_sent_to(void)
{
        tell_crowd((struct order){ .to = crowd_id(0) });
        crowd_end(0);
        crowd_make(0);
}

void
first_is_waited_for(void)
{
        tell_crowd((struct order){ .from = crowd_id(0) });
        crowd_end(0);
        crowd_make(0);
}

void
first_is_renamed(void)
{
        tell_crowd((struct order){ .from = crowd_id(0) });
        if (!crowd_rename(0))
                give_up("Another ID");
        crowd_end(0);
        crowd_make(0);
}

// Who ends the first one is ended itself when that has hardly begun. Whoever does that has
// to do the rest.
static void
end_the_first(void)
{
        crowd_end(0);
        is_ended = true;
        L4_Sleep(L4_Never);
}

void
ending_is_ended(void)
{
        tell_crowd((struct order){ .from = crowd_id(0) });
        if (!thread_here(ENDS))
                give_up("A thread that ends another one");
        L4_Set_Priority(thread_id(ENDS), 40);
        is_ended = false;
        thread_start(thread_id(ENDS), end_the_first, &other_stack);
        L4_Sleep(L4_TimePeriod(2000));
        if (is_ended)
                give_up("4,000 have been told within two milliseconds");
        thread_end(ENDS);
        if (!crowd_make(0))
                give_up("The number of a thread that has ended");
        // If one had not been told, it would not hear this, and the first thread waits for it.
        tell_crowd((struct order){ 0 });
}

void
timeouts_end(void)
{
        L4_Time_t end = L4_TimePoint(
                L4_ClockAddUsec(L4_SystemClock(), (L4_Word64_t)CROWD * 1000));

        tell_crowd((struct order){ .from = crowd_id(0), .timeouts = end.raw });
        L4_Sleep(L4_TimePeriod((L4_Word64_t)CROWD * 2000));
}

// Many are sending to it already, but not its pager; nor in its name.
void
first_begins(void)
{
        for (L4_Word_t deputies = 0; deputies < 2; deputies++) {
                crowd_end(0);
                crowd_plan(0);
                tell_crowd((struct order){
                        .to = crowd_id(0),
                        .mr = { deputies ? AS_ANOTHER : 0 },
                        .as = crowd_id(CROWD - 1),
                });
                crowd_make(0);
                crowd_end(0);
                crowd_make(0);
        }
}

// --- One thread ---------------------------------------------------------------------------------

static void
fault(void)
{
        L4_Set_Pager(L4_nilthread);
        *(volatile L4_Word_t *)(uintptr_t)NOWHERE = 0;
}

void
halted(void)
{
        crowd_end(0);
        if (!thread_here(HALTED)) {
                complain("A thread to be halted");
                return;
        }
        thread_start(thread_id(HALTED), fault, &other_stack);
}
