// SPDX-License-Identifier: MIT
// Trials: spaces whose messages go through somebody.
#include <h4/act.h>

static void
through(L4_ThreadId_t space, L4_ThreadId_t redirector)
{
        expect_word(0, space_control(space, 0, 0, redirector),
                    "SpaceControl with a redirector");
}

// 1 is in a space whose messages go through 2, which is in a second one; 3 is in a
// third one.
TRIAL(a_message_is_redirected)
{
        struct act *sends = send(1, three, TAG(5, 5));
        struct act *receives = receive(2, L4_anythread);
        struct act *others = receive(3, L4_anythread);

        make_there(1);
        begin_there(2);
        begin_there(3);
        settle();
        through(one, two);
        launch(1);
        settle();
        expect_sent(sends, "the sender");
        expect_message(receives, one, TAG(5, 5) | REDIRECTED, sends->first,
                       "the redirector");
        expect_word(three.raw, receives->intended, "for whom it was");
        expect_waiting(others, "the receiver");
}

TRIAL(an_answer_comes_from_the_redirector)
{
        struct act *calls = act(1, three, three, NEVER);
        struct act *gets = receive(2, L4_anythread);
        struct act *answers = send(2, one, TAG(6, 6));

        calls->tag = TAG(5, 5);
        make_there(1);
        begin_there(2);
        make_there(3);
        settle();
        through(one, two);
        launch(1);
        settle();
        expect_message(gets, one, TAG(5, 5) | REDIRECTED, calls->first,
                       "the redirector");
        expect_sent(answers, "which answers");
        expect_message(calls, two, answers->tag, answers->first,
                       "who waited for the receiver");
}

// Within the own space, and to the redirector's, nothing is redirected.
TRIAL(some_messages_are_not_redirected)
{
        struct act *inside = send(1, four, TAG(1, 1));
        struct act *gets = receive(4, L4_anythread);
        struct act *to_its_space = send(1, thread_id(5), TAG(2, 2));
        struct act *there = receive(5, L4_anythread);
        struct act *to_it = send(1, two, TAG(3, 3));
        struct act *redirector = receive(2, L4_anythread);

        make_there(1);
        begin_beside(4, 1);
        begin_there(2);
        begin_beside(5, 2);
        settle();
        through(one, two);
        launch(1);
        settle();
        settle();
        expect_sent(inside, "within the space");
        expect_message(gets, (L4_ThreadId_t){ .raw = utcb_there(0) + 0x100 },
                       TAG(1, 1), inside->first, "within the space");
        expect_sent(to_its_space, "to the redirector's space");
        expect_message(there, one, TAG(2, 2), to_its_space->first,
                       "to the redirector's space");
        expect_sent(to_it, "to the redirector");
        expect_message(redirector, one, TAG(3, 3), to_it->first,
                       "to the redirector");
}

// A redirector is not redirected through itself.
TRIAL(a_redirector_of_its_own_space)
{
        struct act *sends = send(1, three, TAG(1, 1));
        struct act *receives = receive(3, L4_anythread);

        make_there(1);
        begin_there(3);
        settle();
        through(one, one);
        launch(1);
        settle();
        expect_sent(sends, "the redirector's own");
        expect_message(receives, one, TAG(1, 1), sends->first, "as it is");
}

TRIAL(a_redirector_passes_on)
{
        struct act *sends = send(1, three, TAG(5, 5));
        struct act *gets = receive(2, L4_anythread);
        struct act *passes_on = send(2, three, TAG(5, 5) | PROPAGATED);
        struct act *receives = receive(3, one);

        passes_on->as = one;
        make_there(1);
        begin_there(2);
        begin_there(3);
        settle();
        through(one, two);
        launch(1);
        settle();
        settle();
        expect_sent(sends, "the sender");
        expect_that(gets->over, "the redirector has it");
        expect_sent(passes_on, "and passes it on");
        expect_message(receives, one, TAG(5, 5) | PROPAGATED, passes_on->first,
                       "in the sender's name");
        expect_word(two.raw, receives->actual, "the actual sender");
}

// Through two of them: the second one may speak for the first space as well.
TRIAL(redirectors_in_a_row)
{
        struct act *receives = receive(3, L4_anythread);
        struct act *sends = send(4, three, TAG(5, 5) | PROPAGATED);

        sends->as = one;
        make_there(1);
        make_there(2);
        begin_there(3);
        make_there(4);
        settle();
        through(one, two);
        through(two, four);
        launch(4);
        settle();
        expect_message(receives, one, TAG(5, 5) | PROPAGATED, sends->first,
                       "in the first one's name");
        expect_word(four.raw, receives->actual, "the actual sender");
}

// A ring of them does not hold the kernel.
TRIAL(redirectors_in_a_ring)
{
        struct act *receives = receive(3, L4_anythread);
        struct act *sends = send(4, three, TAG(5, 5) | PROPAGATED);

        sends->as = one;
        make_there(1);
        make_there(2);
        begin_there(3);
        make_there(4);
        settle();
        through(one, two);
        through(two, one);
        launch(4);
        settle();
        expect_message(receives, four, TAG(5, 5), sends->first,
                       "in its own name");
}

TRIAL(a_redirector_that_is_no_more)
{
        struct act *sends = send(1, three, TAG(5, 5));
        struct act *inside = send(1, four, TAG(5, 5));
        struct act *again = send(1, three, TAG(6, 6));
        struct act *receives = receive(3, L4_anythread);

        make_there(1);
        begin_beside(4, 1);
        make_there(2);
        begin_there(3);
        settle();
        through(one, two);
        thread_end(2);
        launch(1);
        settle();
        expect_failed(sends, SENDING(NO_PARTNER), "nobody goes round it");
        expect_waiting(inside, "within the space all goes on");
        through(one, L4_anythread);
        exchange_control(one, 4);
        settle();
        expect_sent(again, "without a redirector");
        expect_message(receives, one, TAG(6, 6), again->first, "it arrives");
}

// One that ends while it is sent to.
TRIAL(a_redirector_ends_before_it_receives)
{
        struct act *sends = send(1, three, TAG(5, 5));

        make_there(1);
        make_there(2);
        make_there(3);
        settle();
        through(one, two);
        launch(1);
        settle();
        expect_waiting(sends, "the redirector does not receive");
        expect_word(4, state_of(one), "it waits to send");
        thread_end(3);
        settle();
        expect_waiting(sends, "for whom it was does not matter");
        thread_end(2);
        settle();
        expect_failed(sends, SENDING(NO_PARTNER), "the redirector is no more");
}

// The kernel's own messages go where they always go.
static void
divide(void)
{
        L4_Set_ExceptionHandler(three);
        __asm__ volatile("xorl %%ecx, %%ecx\n\txorl %%edx, %%edx\n\tdivl %%ecx"
                         :
                         :
                         : "eax", "ecx", "edx", "cc");
}

TRIAL(the_kernel_s_messages_are_not_redirected)
{
        struct act *receives = receive(2, L4_anythread);
        struct act *handles = receive(3, L4_anythread);

        act(1, none, none, 0)->before = divide;
        make_there(1);
        begin_there(2);
        begin_there(3);
        settle();
        through(one, two);
        launch(1); // its page faults go to the pager here
        settle();
        expect_that(handles->over, "an exception comes to its handler");
        expect_word(TAG(0xFFB0, 12), handles->result.raw, "its tag");
        expect_waiting(receives, "the redirector");
}
