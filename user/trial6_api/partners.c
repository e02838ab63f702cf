// SPDX-License-Identifier: MIT
// Trials: who can be sent to and received from, and who comes first.
#include <h4/act.h>

static L4_ThreadId_t
raw(L4_Word_t word)
{
        return (L4_ThreadId_t){ .raw = word };
}

// Words that name nobody: no thread, another version, no number, no place of a UTCB.
static const L4_Word_t nobody[] = {
        0x14002,    0x000C8002, 0x000D0002, 0x80000001, 0x40,
        0xBF000300, 0xBF000000, 0xBF000140, 0x00800100,
};
#define NOBODIES (sizeof(nobody) / sizeof(nobody[0]))

TRIAL(nobody_can_be_sent_to)
{
        struct act sends = { .timeouts = NEVER, .tag = TAG(1, 1) };

        for (L4_Word_t i = 0; i < NOBODIES + 2; i++) {
                sends.to = i < NOBODIES    ? raw(nobody[i])
                           : i == NOBODIES ? L4_anythread
                                           : L4_anylocalthread;
                sends.from_whom = none;
                perform(&sends);
                expect_failed(&sends, SENDING(NO_PARTNER), "sent to nobody");
                sends.from_whom = sends.to;
                perform(&sends);
                expect_failed(&sends, SENDING(NO_PARTNER), "nobody called");
                sends.timeouts = AT_ONCE;
        }
}

TRIAL(nobody_can_be_received_from)
{
        struct act receives = { .timeouts = NEVER };

        for (L4_Word_t i = 0; i < NOBODIES; i++) {
                receives.from_whom = raw(nobody[i]);
                perform(&receives);
                expect_failed(&receives, RECEIVING(NO_PARTNER), "from nobody");
                receives.timeouts = AT_ONCE;
        }
}

// The message has gone out before it is seen that nobody can answer.
TRIAL(sending_comes_before_receiving)
{
        struct act *receives = receive(1, L4_anythread);
        struct act *calls = act(0, one, three, NEVER);

        begin_here(1);
        settle();
        calls->tag = TAG(1, 1);
        perform(calls);
        expect_failed(calls, RECEIVING(NO_PARTNER), "from nobody");
        settle();
        expect_message(receives, L4_MyLocalId(), calls->tag, calls->first,
                       "the message");
}

// An error of the first phase is the end.
TRIAL(an_error_in_sending_is_the_end)
{
        struct act *waits = send(1, me, TAG(1, 1));
        struct act *calls = act(0, three, one, NEVER);

        begin_here(1);
        settle();
        perform(calls);
        expect_failed(calls, SENDING(NO_PARTNER), "to nobody");
        expect_waiting(waits, "who was to be received from");
        calls = act(0, one, one, AT_ONCE);
        perform(calls);
        expect_failed(calls, SENDING(TIMEOUT), "to one who does not wait");
        expect_waiting(waits, "who was to be received from");
}

TRIAL(local_ids_are_told_in_one_space)
{
        struct act *receives = receive(1, local(2));
        struct act *sends = send(2, local(1), TAG(2, 2));
        struct act *elsewhere = receive(3, L4_anythread);

        begin_here(1);
        begin_here(2);
        begin_there(3);
        settle();
        expect_message(receives, local(2), sends->tag, sends->first,
                       "by local IDs");
        sends = send(0, three, TAG(2, 2));
        perform(sends);
        settle();
        expect_message(elsewhere, me, sends->tag, sends->first,
                       "in another space: by the global ID");
}

// A local ID means a thread of the own space, not who has the same address elsewhere.
TRIAL(local_ids_are_the_own_space_s)
{
        struct act *receives = receive(1, L4_anythread);
        struct act *other = receive(2, L4_anythread);
        struct act *sends = send(3, raw(utcb_there(0) + 0x100), TAG(2, 2));
        struct act *mine = act(0, raw(utcb_there(0) + 0x100), none, NEVER);

        begin_there(1);
        begin_there(2);
        begin_beside(3, 2);
        settle();
        expect_message(other, raw(utcb_there(3) + 0x100), sends->tag,
                       sends->first, "in the sender's space");
        expect_waiting(receives, "at the same address of another one");
        perform(mine);
        expect_failed(mine, SENDING(NO_PARTNER), "in a third space");
}

TRIAL(senders_are_served_in_turn)
{
        struct act *sends[4], *receives[4];

        for (L4_Word_t i = 0; i < 4; i++) {
                sends[i] = send(i + 1, me, TAG(i, i));
                receives[i] = act(0, none, L4_anythread, NEVER);
        }
        for (L4_Word_t i = 0; i < 4; i++) {
                begin_here(1 + (i + 2) % 4);
                settle();
        }
        for (L4_Word_t i = 0; i < 4; i++) {
                const struct act *due = sends[(i + 2) % 4];
                perform(receives[i]);
                expect_message(receives[i], local(1 + (i + 2) % 4), due->tag,
                               due->first, "who began first");
        }
}

// One of several is meant.
TRIAL(one_sender_of_several_is_received)
{
        struct act *sends[4];
        struct act *receives = act(0, none, three, NEVER);

        for (L4_Word_t i = 0; i < 4; i++) {
                sends[i] = send(i + 1, me, TAG(i, i));
                begin_here(i + 1);
        }
        settle();
        perform(receives);
        expect_message(receives, local(3), sends[2]->tag, sends[2]->first,
                       "the third one");
        settle();
        expect_sent(sends[2], "the third one");
        expect_waiting(sends[0], "the first one");
        expect_waiting(sends[3], "the fourth one");
        receives = act(0, none, local(4), NEVER);
        perform(receives);
        expect_message(receives, local(4), sends[3]->tag, sends[3]->first,
                       "the fourth one, by its local ID");
}

// Any local: of the same space.
TRIAL(any_local_is_of_the_same_space)
{
        struct act *foreign = send(1, me, TAG(1, 1));
        struct act *sends = send(2, me, TAG(2, 2));
        struct act *receives = act(0, none, L4_anylocalthread, AT_ONCE);

        begin_there(1);
        settle();
        perform(receives);
        expect_failed(receives, RECEIVING(TIMEOUT), "only a foreign one sends");
        begin_here(2);
        settle();
        receives = act(0, none, L4_anylocalthread, NEVER);
        perform(receives);
        expect_message(receives, local(2), sends->tag, sends->first,
                       "the local one, which came later");
        expect_waiting(foreign, "the foreign one");
        struct act *waits = act(3, none, L4_anylocalthread, NEVER);
        struct act *asks = act(4, three, none, NEVER);
        struct act *local_one = send(5, three, TAG(5, 5));
        begin_here(3);
        begin_there(4);
        settle();
        expect_waiting(waits, "who waits for a local one");
        expect_waiting(asks, "the foreign one");
        begin_here(5);
        settle();
        expect_message(waits, local(5), local_one->tag, local_one->first,
                       "the local one");
}

TRIAL(oneself_is_never_there)
{
        struct act *sends = act(0, me, none, 0x0BE80000); // 1,000 us
        struct act *receives = act(0, none, L4_MyLocalId(), 0x0BE8);

        sends->timeouts = (L4_Word_t)L4_TimePeriod(1000).raw << 16;
        receives->timeouts = L4_TimePeriod(1000).raw;
        perform(sends);
        expect_failed(sends, SENDING(TIMEOUT), "to oneself");
        perform(receives);
        expect_failed(receives, RECEIVING(TIMEOUT), "from oneself");
        sends->timeouts = AT_ONCE;
        sends->from_whom = me;
        perform(sends);
        expect_failed(sends, SENDING(TIMEOUT), "to oneself, at once");
}

// An inactive thread is one: messages wait for it.
TRIAL(an_inactive_thread_is_sent_to)
{
        struct act *sends = send(1, two, TAG(1, 1));
        struct act *waits = receive(3, two);
        struct act *receives = receive(2, L4_anythread);
        struct act *late = act(0, two, none, AT_ONCE);

        expect_word(0, thread_control(two, me, me, none, utcb_here(2)),
                    "an inactive thread");
        begin_here(1);
        begin_here(3);
        settle();
        expect_waiting(sends, "to an inactive thread");
        expect_waiting(waits, "from an inactive thread");
        perform(late);
        expect_failed(late, SENDING(TIMEOUT), "it does not wait");
        expect_word(0, thread_control(two, me, none, me, SAME), "activated");
        settle();
        expect_waiting(sends, "a message of one who is not its pager");
        launch(2);
        settle();
        expect_message(receives, local(1), sends->tag, sends->first,
                       "it arrives at last");
        expect_waiting(waits, "from the thread");
}
