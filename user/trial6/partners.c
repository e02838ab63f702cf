// SPDX-License-Identifier: MIT
// Trials: who is received from, and who runs then.
#include <h4/act.h>

TRIAL(one_waits_for_one_only)
{
        struct act *receives = receive(1, two);
        struct act *sends = send(2, one, TAG(2, 2));
        struct act *others = send(3, one, TAG(3, 3));

        make_here(2);
        begin_here(1);
        begin_here(3);
        settle();
        expect_waiting(receives, "it waits for another one");
        expect_waiting(others, "who is not waited for");
        launch(2);
        settle();
        expect_message(receives, local(2), sends->tag, sends->first,
                       "from the one");
        expect_waiting(others, "who is not waited for");
}

// After a send the receiver runs at once if the sender waits then, or if it is more
// urgent.
static volatile L4_Word_t step, seen[4];

static void
see(void)
{
        seen[step % 4] = step;
        step++;
}

TRIAL(who_runs_after_a_message)
{
        struct act *high = receive(1, L4_anythread);
        struct act *high_then = receive(1, thread_id(9));
        struct act *low = receive(2, L4_anythread);
        struct act *low_then = receive(2, thread_id(9));

        high_then->before = see;
        low_then->before = see;
        begin_here(1);
        begin_here(2);
        settle();
        L4_Set_Priority(one, 250);
        L4_Set_Priority(two, 150);
        L4_Set_Priority(me, 200);
        perform(act(0, two, none, NEVER));
        expect_word(0, step, "a less urgent receiver runs later");
        perform(act(0, one, none, NEVER));
        expect_word(1, step, "a more urgent one runs at once");
        expect_that(high->over < low->over || low->over == 0,
                    "the less urgent one has not run");
        settle();
        expect_word(2, step, "then the other one runs");
}
