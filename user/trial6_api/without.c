// SPDX-License-Identifier: MIT
// Trials: timeouts that are off, as what they are about is over.
#include <h4/act.h>

#define CANCEL_RECEIVE 2u

// A timeout is off when its message has come.
TRIAL(timeouts_end_with_their_message)
{
        struct act *first = act(1, none, me, L4_TimePeriod(6144).raw);
        struct act *second = receive(1, me);
        struct act *sends =
                act(2, one, none, L4_Timeouts(L4_TimePeriod(5120), L4_Never));
        struct act *then = receive(2, me);

        begin_here(1);
        sleep(8000);
        expect_failed(first, RECEIVING(TIMEOUT), "nobody sends");
        make_here(2);
        launch(2);
        sleep(1000);
        expect_waiting(sends, "nobody receives");
        sleep(10000);
        expect_failed(sends, SENDING(TIMEOUT), "nobody receives");
        perform(send(0, one, TAG(1, 1)));
        settle();
        expect_word(TAG(1, 1), second->result.raw, "its message");
        expect_waiting(then, "without a timeout");
}

TRIAL(a_message_takes_its_timeout_with_it)
{
        struct act *first = act(1, none, me, L4_TimePeriod(9000).raw);
        struct act *second = receive(1, me);
        struct act *sends =
                act(2, me, none, L4_Timeouts(L4_TimePeriod(9000), L4_Never));
        struct act *then = receive(2, me);

        begin_here(1);
        begin_here(2);
        sleep(2000);
        perform(send(0, one, TAG(1, 1)));
        perform(act(0, none, two, NEVER));
        sleep(14000);
        expect_word(TAG(1, 1), first->result.raw, "it has come in time");
        expect_sent(sends, "it was received in time");
        expect_waiting(second, "the next wait is without an end");
        expect_waiting(then, "the next wait is without an end");
}

// A timeout is cancelled with it.
TRIAL(a_timeout_is_cancelled)
{
        struct act *first = act(1, none, two, L4_TimePeriod(12000).raw);
        struct act *second = receive(1, two);

        make_here(2);
        begin_here(1);
        sleep(2000);
        exchange_control(one, CANCEL_RECEIVE);
        sleep(16000);
        expect_failed(first, RECEIVING(CANCELLED), "cancelled");
        expect_waiting(second, "the next one has no timeout");
}
