// SPDX-License-Identifier: MIT
// Trials: ExchangeRegisters of threads that exchange messages.
#include <h4/act.h>

#define HALTED 1u
#define WAS_RECEIVING 2u
#define WAS_SENDING 4u

#define CANCEL_RECEIVE 2u
#define CANCEL_SEND 4u
#define HALT 0x101u
#define GO_ON 0x100u

TRIAL(receiving_is_cancelled)
{
        struct act *receives = receive(1, L4_anythread);
        struct act *again = receive(1, two);
        struct act *asleep = receive(1, one);

        make_here(2);
        begin_here(1);
        for (L4_Word_t i = 0; i < 3; i++) {
                struct act *now = i == 0 ? receives : i == 1 ? again : asleep;
                settle();
                expect_word(WAS_RECEIVING,
                            exchange_control(one, CANCEL_SEND).control,
                            "it does not send: nothing is cancelled");
                settle();
                expect_waiting(now, "it waits");
                expect_word(WAS_RECEIVING,
                            exchange_control(one, CANCEL_RECEIVE).control,
                            "it waits, and is cancelled");
                settle();
                expect_failed(now, RECEIVING(CANCELLED), "cancelled");
        }
}

TRIAL(sending_is_cancelled)
{
        struct act *sends = send(1, two, TAG(1, 63));
        struct act *calls = act(1, two, two, NEVER);

        make_here(2);
        begin_here(1);
        for (L4_Word_t i = 0; i < 2; i++) {
                struct act *now = i == 0 ? sends : calls;
                settle();
                expect_word(WAS_SENDING,
                            exchange_control(one, CANCEL_RECEIVE).control,
                            "it does not receive: nothing is cancelled");
                settle();
                expect_waiting(now, "it waits");
                expect_word(WAS_SENDING,
                            exchange_control(one, CANCEL_SEND).control,
                            "it waits, and is cancelled");
                settle();
                expect_failed(now, SENDING(CANCELLED), "cancelled");
        }
}

// What has been cancelled is not there any more.
TRIAL(what_is_cancelled_does_not_arrive)
{
        struct act *sends = send(1, two, TAG(1, 1));
        struct act *receives = act(2, none, L4_anythread, AT_ONCE);
        struct act *then = receive(2, L4_anythread);
        struct act *late = act(0, two, none, AT_ONCE);

        make_here(2);
        begin_here(1);
        settle();
        exchange_control(one, CANCEL_SEND);
        launch(2);
        settle();
        expect_failed(sends, SENDING(CANCELLED), "the sender");
        expect_failed(receives, RECEIVING(TIMEOUT), "nobody sends");
        exchange_control(two, CANCEL_RECEIVE);
        perform(late);
        expect_failed(late, SENDING(TIMEOUT), "nobody receives");
        settle();
        expect_failed(then, RECEIVING(CANCELLED), "the receiver");
}

// A halted thread stays in its Ipc until that has ended, and does not run then.
TRIAL(a_halted_thread_receives)
{
        struct act *receives = receive(1, me);
        struct act *sends = send(0, one, TAG(6, 6));

        begin_here(1);
        settle();
        expect_word(WAS_RECEIVING, exchange_control(one, HALT).control,
                    "it is halted while it waits");
        expect_word(6, state_of(one), "it waits still");
        perform(sends);
        expect_sent(sends, "its message arrives");
        settle();
        expect_waiting(receives, "but it does not run");
        expect_word(2, state_of(one), "it is halted");
        expect_word(HALTED, exchange_control(one, GO_ON).control,
                    "it may go on");
        settle();
        expect_message(receives, L4_MyLocalId(), sends->tag, sends->first,
                       "the message");
}

TRIAL(a_halted_thread_sends)
{
        struct act *sends = send(1, me, TAG(6, 6));
        struct act *receives = act(0, none, one, NEVER);

        begin_here(1);
        settle();
        exchange_control(one, HALT);
        expect_word(HALTED | WAS_SENDING, exchange_control(one, 0).control,
                    "it is halted, and sends");
        expect_word(4, state_of(one), "Schedule: it waits to send");
        perform(receives);
        expect_message(receives, local(1), sends->tag, sends->first,
                       "the message");
        settle();
        expect_waiting(sends, "it does not run");
        exchange_control(one, GO_ON);
        settle();
        expect_sent(sends, "it goes on");
}

// Halted and cancelled at once: it does not see that until it goes on.
TRIAL(a_halted_thread_is_cancelled)
{
        struct act *receives = receive(1, me);

        begin_here(1);
        settle();
        expect_word(WAS_RECEIVING, L4_AbortIpc_and_stop(one).raw,
                    "it is stopped");
        settle();
        expect_waiting(receives, "it does not run");
        exchange_control(one, GO_ON);
        settle();
        expect_failed(receives, RECEIVING(CANCELLED), "it goes on");
}

// SP and IP count when it runs user code next; one that waits goes on waiting.
static volatile L4_Word_t elsewhere;
static struct stack other_stack;

static void
be_elsewhere(void)
{
        elsewhere++;
        for (;;)
                L4_Sleep(L4_Never);
}

static void
send_elsewhere(L4_ThreadId_t thread, L4_Word_t control)
{
        struct exchanged all = {
                .control = control | 0x18,
                .sp = stack_top(&other_stack),
                .ip = (L4_Word_t)(uintptr_t)be_elsewhere,
        };

        expect_that(exchange_all(thread, &all) != 0, "ExchangeRegisters");
}

TRIAL(a_waiting_thread_is_sent_elsewhere)
{
        struct act *receives = receive(1, me);
        struct act *sends = send(0, one, TAG(1, 1));

        begin_here(1);
        settle();
        send_elsewhere(one, 0);
        settle();
        expect_word(0, elsewhere, "it waits still");
        perform(sends);
        expect_sent(sends, "its message arrives");
        settle();
        expect_word(1, elsewhere, "then it is elsewhere");
        expect_waiting(receives, "and not where it was");
}

TRIAL(a_cancelled_thread_is_sent_elsewhere)
{
        struct act *sends = send(1, two, TAG(1, 1));

        make_here(2);
        begin_here(1);
        settle();
        send_elsewhere(one, CANCEL_RECEIVE);
        settle();
        expect_word(0, elsewhere, "it sends still");
        send_elsewhere(one, CANCEL_SEND);
        settle();
        expect_word(1, elsewhere, "cancelled, it is elsewhere");
        expect_waiting(sends, "and not where it was");
}

// A thread that waits for its start begins when that is cancelled.
TRIAL(the_start_is_cancelled)
{
        make_here(1);
        send_elsewhere(one, 0);
        settle();
        expect_word(0, elsewhere, "it waits for its start");
        expect_word(WAS_RECEIVING, exchange_control(one, 0x106).control,
                    "it waits, and is cancelled");
        settle();
        expect_word(1, elsewhere, "it begins where its IP says");
}

// Of another space only who is in the pager's space.
static struct exchanged tried;
static L4_Word_t tried_answer = 0x12345;
static L4_Word_t tried_id;

static void
try_to_exchange(void)
{
        __L4_TCR_Set_ErrorCode(UNTOUCHED);
        tried_answer = exchange_all((L4_ThreadId_t){ .raw = tried_id }, &tried);
        if (tried_answer == 0)
                tried_answer = L4_ErrorCode() << 16;
}

static L4_Word_t
tries(L4_Word_t n, L4_ThreadId_t thread)
{
        struct act *tells = send(n, me, 0);

        tells->before = try_to_exchange;
        tried_id = thread.raw;
        tried = (struct exchanged){ .control = 0 };
        launch(n);
        perform(act(0, none, thread_id(n), NEVER));
        return tried_answer;
}

TRIAL(who_may_exchange_registers)
{
        receive(1, one);
        begin_there(1);
        make_there(2);
        make_here(3);
        make_here(4);
        settle();
        expect_that(exchange_control(one, 0).control == WAS_RECEIVING,
                    "who is in the pager's space");
        expect_word(utcb_there(0) + 0x100, tries(3, one),
                    "the same for another thread there");
        expect_word(L4_ErrInvalidThread << 16, tries(2, one), "a third space");
        expect_word(0, thread_control(one, one, none, two, SAME),
                    "another pager");
        struct exchanged all = { 0 };
        expect_word(0, exchange_all(one, &all),
                    "no pager of this space any more");
        expect_word(L4_ErrInvalidThread, L4_ErrorCode(),
                    "and why: the error code");
        expect_word(L4_ErrInvalidThread << 16, tries(4, one), "the same");
}

// A child may not for its pager.
TRIAL(a_child_may_not_exchange_its_parent_s)
{
        make_there(1);
        expect_word(L4_ErrInvalidThread << 16, tries(1, me), "the root's");
        expect_word(0, tried.control | tried.sp | tried.ip | tried.pager,
                    "and is told nothing");
}
