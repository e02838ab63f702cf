// SPDX-License-Identifier: MIT
// Trials: messages in somebody else's name.
#include <h4/act.h>

static struct act *
send_as(L4_Word_t n, L4_ThreadId_t to, L4_ThreadId_t as)
{
        struct act *sends = send(n, to, TAG(0x77, 4) | PROPAGATED);

        sends->as = as;
        return sends;
}

TRIAL(a_message_in_another_s_name)
{
        struct act *receives = receive(1, L4_anythread);
        struct act *sends = send_as(2, one, three);

        make_here(3);
        begin_here(1);
        begin_here(2);
        settle();
        expect_sent(sends, "the sender");
        expect_message(receives, local(3), sends->tag, sends->first,
                       "in the name of a third one");
        expect_word(local(2).raw, receives->actual, "the actual sender");
}

// The name may be a local ID, and any thread: an inactive one too.
TRIAL(names_may_be_local_or_inactive)
{
        struct act *first = receive(1, L4_anythread);
        struct act *second = receive(1, L4_anythread);
        struct act *by_local = send_as(0, one, local(3));
        struct act *inactive = send_as(0, one, four);

        make_here(3);
        expect_word(0, thread_control(four, me, me, none, utcb_here(4)),
                    "an inactive thread");
        begin_here(1);
        settle();
        perform(by_local);
        settle();
        expect_message(first, local(3), by_local->tag, by_local->first,
                       "by a local ID");
        perform(inactive);
        settle();
        expect_message(second, four, inactive->tag, inactive->first,
                       "of one that has no local ID");
        expect_word(L4_MyLocalId().raw, second->actual, "the actual sender");
}

// To another space, in the name of one of the own space.
TRIAL(a_name_of_the_own_space)
{
        struct act *receives = receive(1, L4_anythread);
        struct act *sends = send_as(0, one, three);

        make_here(3);
        begin_there(1);
        settle();
        perform(sends);
        settle();
        expect_message(receives, three, sends->tag, sends->first,
                       "in the name of a third one");
        expect_word(me.raw, receives->actual, "the actual sender");
}

// Within the receiver's space, in the name of one of another space.
TRIAL(a_name_of_another_space)
{
        struct act *receives = receive(1, L4_anythread);
        struct act *sends = send_as(2, one, three);

        make_there(3);
        begin_here(1);
        begin_here(2);
        settle();
        expect_message(receives, three, sends->tag, sends->first,
                       "in the name of a third one");
        expect_word(local(2).raw, receives->actual, "the actual sender");
}

// Where it is not allowed the message goes as the sender's own.
TRIAL(names_that_are_not_allowed)
{
        struct act *receives[5];
        const L4_ThreadId_t names[5] = {
                three,                            // of a third space
                one,                              // the receiver's own
                me,                               // the sender's own
                thread_id(9),                     // nobody's
                { .raw = utcb_there(0) + 0x100 }, // local elsewhere
        };

        for (L4_Word_t i = 0; i < 5; i++)
                receives[i] = receive(1, L4_anythread);
        begin_there(1);
        make_there(3);
        settle();
        for (L4_Word_t i = 0; i < 5; i++) {
                struct act *sends = send_as(0, one, names[i]);
                perform(sends);
                settle();
                expect_sent(sends, "it is sent");
                expect_message(receives[i], me, TAG(0x77, 4), sends->first,
                               "in the sender's own name");
        }
}

// The tag says for whom the name counts: without the flag it does not.
TRIAL(a_name_without_the_flag)
{
        struct act *receives = receive(1, L4_anythread);
        struct act *sends = send(0, one, TAG(1, 1));

        sends->as = three;
        make_here(3);
        begin_here(1);
        settle();
        perform(sends);
        settle();
        expect_message(receives, L4_MyLocalId(), sends->tag, sends->first,
                       "in its own name");
}

// Who waits for the one in whose name it is sent finds it, and who waits for the sender
// does not.
TRIAL(a_name_is_waited_for)
{
        struct act *by_name = receive(1, three);
        struct act *sends = send_as(2, one, three);
        struct act *by_sender = receive(4, thread_id(5));
        struct act *others = send_as(5, four, three);

        make_here(3);
        make_here(5);
        begin_here(1);
        begin_here(4);
        begin_here(2);
        launch(5);
        settle();
        expect_message(by_name, local(3), sends->tag, sends->first,
                       "from the name");
        expect_waiting(by_sender, "from the sender");
        expect_waiting(others, "whose message has another name");
}

// The same where the message is there first.
TRIAL(a_name_is_found)
{
        struct act *plain = send(6, one, TAG(1, 1));
        struct act *sends = send_as(2, one, three);
        struct act *by_name = receive(1, three);

        make_here(1);
        make_here(3);
        begin_here(6);
        begin_here(2);
        settle();
        expect_waiting(sends, "nobody receives");
        launch(1);
        settle();
        expect_message(by_name, local(3), sends->tag, sends->first,
                       "behind another one's message");
        expect_waiting(plain, "that one");
}

// A closed receive from the sender does not find what has another name.
TRIAL(a_sender_is_not_found_by_its_own_name)
{
        struct act *sends = send_as(2, one, three);
        struct act *receives = act(1, none, two, AT_ONCE);

        make_here(1);
        make_here(3);
        begin_here(2);
        settle();
        launch(1);
        settle();
        expect_failed(receives, RECEIVING(TIMEOUT), "from the sender");
        expect_waiting(sends, "its message");
}

// Who waits for an answer of the sender alone waits for one of the receiver's then.
TRIAL(an_answer_comes_from_somebody_else)
{
        struct act *calls = act(3, two, two, NEVER);
        struct act *gets = act(2, none, L4_anythread, NEVER);
        struct act *passes_on = send_as(2, four, three);
        struct act *serves = act(4, none, L4_anythread, NEVER);
        struct act *answers = act(4, three, none, AT_ONCE);

        calls->tag = TAG(1, 1);
        answers->tag = TAG(9, 9);
        make_here(2);
        make_here(4);
        launch(4);
        begin_there(3);
        launch(2);
        settle();
        expect_message(gets, three, calls->tag, calls->first, "the call");
        expect_sent(passes_on, "it is passed on");
        expect_message(serves, three, passes_on->tag, passes_on->first,
                       "in the caller's name");
        expect_sent(answers, "the answer");
        expect_message(calls, four, answers->tag, answers->first,
                       "which comes from the receiver");
}

// A message that does not arrive changes nothing for others.
TRIAL(a_name_stays_where_nothing_arrives)
{
        struct act *calls = act(3, two, two, NEVER);
        struct act *gets = act(2, none, L4_anythread, NEVER);
        struct act *fails = send_as(2, four, three);
        struct act *answers = act(2, three, none, AT_ONCE);

        calls->tag = TAG(1, 1);
        answers->tag = TAG(9, 9);
        fails->timeouts = AT_ONCE;
        begin_here(4);
        make_here(2);
        begin_there(3);
        settle();
        launch(2);
        settle();
        expect_message(gets, three, calls->tag, calls->first, "the call");
        expect_failed(fails, SENDING(TIMEOUT), "nobody receives");
        expect_sent(answers, "the answer");
        expect_message(calls, two, answers->tag, answers->first,
                       "from whom it is waited for");
}

// In whose name it was sent is no more when it is received: then it is the sender's.
TRIAL(a_name_that_is_no_more)
{
        struct act *sends = send_as(2, one, three);
        struct act *receives = receive(1, L4_anythread);

        make_here(1);
        make_here(3);
        begin_here(2);
        settle();
        thread_end(3);
        launch(1);
        settle();
        expect_sent(sends, "it is sent");
        expect_that(receives->over, "it is received");
        expect_word(local(2).raw, receives->from.raw, "from whom");
}

// Whether a message is a local one its name says.
TRIAL(any_local_goes_by_the_name)
{
        struct act *receives = act(1, none, L4_anylocalthread, NEVER);
        struct act *sends = send_as(2, one, three);
        struct act *local_one = send_as(4, one, thread_id(5));

        make_there(3);
        make_here(5);
        begin_here(1);
        begin_here(2);
        settle();
        expect_waiting(receives, "the name is of another space");
        expect_waiting(sends, "so it waits");
        begin_here(4);
        settle();
        expect_message(receives, local(5), local_one->tag, local_one->first,
                       "a name of this space");
}
