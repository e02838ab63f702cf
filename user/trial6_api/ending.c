// SPDX-License-Identifier: MIT
// Trials: threads that end, or get another name, and what others see of that.
#include <h4/act.h>

// Those who wait for a thread, each in its own way.
static struct act *waiting[5];

static void
others_wait(L4_Word_t n)
{
        L4_ThreadId_t thread = thread_id(n);

        waiting[0] = send(2, thread, TAG(2, 2));
        waiting[1] = receive(3, thread);
        waiting[2] = act(4, thread, thread, L4_TimePeriod(1u << 30).raw);
        waiting[3] =
                act(5, none, (L4_ThreadId_t){ .raw = utcb_here(n) + 0x100 },
                    L4_TimePeriod(1u << 30).raw);
        waiting[4] = receive(6, L4_anythread);
        for (L4_Word_t i = 2; i <= 6; i++)
                begin_here(i);
        settle();
        for (L4_Word_t i = 0; i < 5; i++)
                expect_waiting(waiting[i], "who waits for it");
}

static void
others_are_told(void)
{
        settle();
        expect_failed(waiting[0], SENDING(NO_PARTNER), "who sends to it");
        expect_failed(waiting[1], RECEIVING(NO_PARTNER),
                      "who receives from it");
        expect_failed(waiting[2], SENDING(NO_PARTNER), "who calls it");
        expect_failed(waiting[3], RECEIVING(NO_PARTNER),
                      "who receives from its local ID");
        expect_waiting(waiting[4], "who receives from anybody");
}

TRIAL(who_waits_for_one_that_ends_is_told)
{
        make_here(1);
        others_wait(1);
        thread_end(1);
        others_are_told();
        end_all();
        look(1);
}

TRIAL(who_waits_for_one_that_is_renamed_is_told)
{
        L4_ThreadId_t new = L4_GlobalId(L4_ThreadNo(one), 5);

        make_here(1);
        others_wait(1);
        expect_word(0, thread_control(new, one, none, none, SAME),
                    "another version");
        others_are_told();
        end_all();
        look(1);
}

TRIAL(who_waits_for_an_inactive_one_is_told)
{
        expect_word(0, thread_control(one, me, me, none, utcb_here(1)),
                    "an inactive thread");
        struct act *sends = send(2, one, TAG(2, 2));
        struct act *receives = receive(3, one);
        begin_here(2);
        begin_here(3);
        settle();
        thread_end(1);
        settle();
        expect_failed(sends, SENDING(NO_PARTNER), "who sends to it");
        expect_failed(receives, RECEIVING(NO_PARTNER), "who receives from it");
        end_all();
        look(1);
}

// A renamed thread goes on with what it does.
TRIAL(a_renamed_thread_goes_on)
{
        L4_ThreadId_t new = L4_GlobalId(L4_ThreadNo(one), 5);
        struct act *sends = send(1, two, TAG(1, 1));
        struct act *receives = receive(1, L4_anythread);
        struct act *gets = receive(2, L4_anythread);

        make_here(2);
        begin_here(1);
        settle();
        expect_word(0, thread_control(new, one, none, none, SAME),
                    "another version");
        expect_waiting(sends, "it sends still");
        launch(2);
        settle();
        expect_sent(sends, "it has sent");
        expect_word(utcb_here(1) + 0x100, gets->from.raw, "from whom");
        struct act *by_old = act(0, one, none, NEVER);
        perform(by_old);
        expect_failed(by_old, SENDING(NO_PARTNER), "the old ID is nobody's");
        perform(send(0, new, TAG(5, 5)));
        settle();
        expect_word(TAG(5, 5), receives->result.raw, "by the new one");
}

TRIAL(a_renamed_sender_is_told_by_its_new_name)
{
        L4_ThreadId_t new = L4_GlobalId(L4_ThreadNo(one), 5);
        struct act *sends = send(1, me, TAG(1, 1));
        struct act *receives = act(0, none, new, NEVER);

        begin_there(1);
        settle();
        expect_word(0, thread_control(new, one, none, none, SAME),
                    "another version");
        perform(receives);
        expect_message(receives, new, sends->tag, sends->first,
                       "from the new one");
}

// Threads are ended in every state that there is.
static struct stack spinner;

static void
spin(void)
{
        for (;;)
                ;
}

static void
fault(void)
{
        *(volatile L4_Word_t *)0xBFFFFFFC = 1;
}

static void
divide(void)
{
        __asm__ volatile("xorl %%ecx, %%ecx\n\txorl %%edx, %%edx\n\tdivl %%ecx"
                         :
                         :
                         : "eax", "ecx", "edx", "cc");
}

static void
divide_handled(void)
{
        L4_Set_ExceptionHandler(thread_id(9));
        divide();
}

static void
fault_there(void)
{
        L4_Set_Pager(thread_id(9));
        fault();
}

TRIAL(threads_end_in_every_state)
{
        for (L4_Word_t here = 0; here < 2; here++) {
                void (*begin)(L4_Word_t) = here ? begin_here : begin_there;
                // Acts stay from one round to the next.
                if (here == 0) {
                        send(2, thread_id(9), TAG(2, 2));
                        receive(3, L4_anythread);
                        receive(4, thread_id(9));
                        act(5, thread_id(9), thread_id(9),
                            L4_Timeouts(L4_TimePeriod(1u << 30),
                                        L4_TimePeriod(1u << 30)));
                        act(6, none, thread_id(6), L4_TimePeriod(1u << 30).raw);
                        act(7, none, none, 0)->before = fault_there;
                        act(8, none, none, 0)->before = divide_handled;
                }
                make_here(9); // nobody who answers
                begin_here(1);
                for (L4_Word_t n = 2; n <= 8; n++)
                        begin(n);
                expect_word(0, thread_control(thread_id(10), me, me, none, 0),
                            "an inactive thread");
                make_here(11); // waits for its start
                make_here(12);
                L4_Set_Priority(thread_id(12), 0);
                thread_start(thread_id(12), spin, &spinner);
                settle();
                expect_word(2, state_of(one), "halted");
                expect_word(4, state_of(two), "sending");
                expect_word(6, state_of(three), "receiving");
                expect_word(4, state_of(thread_id(7)), "telling a page fault");
                expect_word(4, state_of(thread_id(8)), "telling an exception");
                expect_word(1, state_of(thread_id(10)), "inactive");
                expect_word(6, state_of(thread_id(11)), "not started");
                expect_word(3, state_of(thread_id(12)), "ready");
                end_all();
        }
        look(1);
}

// The other way round: who is waited for ends first, and the space goes with its last
// thread.
TRIAL(a_space_goes_with_its_last_thread)
{
        struct act *waits = receive(3, two);

        begin_there(1);
        begin_beside(2, 1);
        begin_here(3);
        settle();
        thread_end(1);
        settle();
        expect_waiting(waits, "the second thread is there still");
        expect_word(0, space_control(two, 0, 0, none), "and its space");
        expect_word(L4_ErrInvalidSpace, thread_control(four, one, me, none, 0),
                    "by the first one it cannot be named");
        thread_end(2);
        settle();
        expect_failed(waits, RECEIVING(NO_PARTNER), "the second is no more");
        expect_word(L4_ErrInvalidSpace, thread_control(four, two, me, none, 0),
                    "nor is its space");
        end_all();
        look(1);
}

// Another space for a thread takes its UTCB along, and cancels what it does.
TRIAL(a_thread_moves_to_another_space)
{
        struct act *receives = receive(1, me);
        struct act *sends = send(1, me, TAG(3, 3));
        struct act *gets = act(0, none, one, NEVER);

        make_there(2);
        expect_that(thread_in_new_space(3, OTHER_KIP, thread_id(PAGER)),
                    "a second space");
        expect_that(thread_beside(1, 2, thread_id(PAGER)), "a thread");
        launch(1);
        settle();
        L4_Set_UserDefinedHandleOf(one, 0x1234);
        expect_word(L4_ErrUtcbArea, thread_control(one, me, none, none, SAME),
                    "a space where its UTCB has no place");
        expect_waiting(receives, "nothing is cancelled");
        expect_word(0, thread_control(one, three, none, none, SAME),
                    "another space");
        settle();
        expect_failed(receives, RECEIVING(CANCELLED), "its message");
        expect_word(0x1234, L4_UserDefinedHandleOf(one), "its handle");
        thread_end(2); // the first space is no more
        perform(gets);
        expect_message(gets, one, sends->tag, sends->first,
                       "a message of it, from there");
        expect_word(L4_ErrUtcbArea,
                    thread_control(two, three, me, me, utcb_there(1)),
                    "its UTCB's place is taken there");
        end_all();
        look(1);
}
