// SPDX-License-Identifier: MIT
// Trials: how threads begin, by a message from their pager.
#include <h4/act.h>

static struct stack stack;
static volatile L4_Word_t begun, with_sp;

static void
begin_here_now(void)
{
        begun++;
        __asm__ volatile("movl %%esp, %0" : "=r"(with_sp));
        L4_Sleep(L4_Never);
}

#define IP ((L4_Word_t)(uintptr_t)begin_here_now)

static L4_MsgTag_t
send_start(L4_ThreadId_t thread, L4_Word_t tag, L4_Time_t timeout)
{
        L4_LoadMR(1, IP);
        L4_LoadMR(2, stack_top(&stack));
        L4_LoadMR(0, tag);
        return L4_Send_Timeout(thread, timeout);
}

TRIAL(a_pager_starts_a_thread)
{
        make_here(1);
        expect_word(6, state_of(one), "it waits");
        settle();
        expect_word(0, begun, "it waits");
        expect_word(TAG(0, 2), send_start(one, TAG(0, 2), L4_Never).raw,
                    "the start message");
        settle();
        expect_word(1, begun, "it has begun");
        expect_that(with_sp <= stack_top(&stack) &&
                            with_sp > stack_top(&stack) - 200,
                    "with its stack");
}

// By a local ID, at once, and with any label and more words.
TRIAL(a_start_message_may_say_more)
{
        make_here(1);
        L4_ThreadId_t local = L4_LocalIdOf(one);
        expect_word(TAG(0xFFE2, 63),
                    send_start(local, TAG(0xFFE2, 63), L4_ZeroTime).raw,
                    "the start message");
        settle();
        expect_word(1, begun, "it has begun");
}

// A word that does not come is 0.
TRIAL(a_start_message_may_say_less)
{
        struct act *handles = receive(3, L4_anythread);

        begin_here(3);
        make_here(1);
        struct exchanged all = { .control = 0x18, .sp = 1, .ip = 2 };
        exchange_all(one, &all);
        L4_Set_PagerOf(one, thread_id(3));
        expect_word(TAG(0, 0), send_start(one, TAG(0, 0), L4_ZeroTime).raw,
                    "from the pager that it was made with");
        struct exchanged now = exchange_control(one, 0);
        expect_word(0, now.ip, "IP");
        expect_word(0, now.sp, "SP");
        settle();
        expect_word(TAG(0xFFE4, 2), handles->result.raw,
                    "it faults where it begins");
        expect_word(0, handles->mr[1], "at 0");
}

// It waits for nobody but its pager.
TRIAL(nobody_else_starts_a_thread)
{
        struct act *sends = send(2, one, TAG(0, 2));

        make_here(1);
        begin_here(2);
        settle();
        expect_waiting(sends, "from another one");
        expect_word(0, begun, "it waits");
        send_start(one, TAG(0, 2), L4_Never);
        settle();
        expect_word(1, begun, "from its pager");
        expect_waiting(sends, "that waits still");
}

// The message may come before the thread is active.
static void
start_the_first(void)
{
        begun += 100;
        send_start(one, TAG(0, 2), L4_Never);
        begun += 100;
}

TRIAL(a_start_message_may_come_first)
{
        expect_word(0, thread_control(one, me, me, none, utcb_here(1)),
                    "an inactive thread");
        act(2, none, none, 0)->before = start_the_first;
        begin_here(2);
        settle();
        expect_word(100, begun, "the start message waits");
        expect_word(0, thread_control(one, me, none, two, SAME),
                    "its pager is who sends it");
        settle();
        expect_word(201, begun, "it has begun");
}

// A pager that there is not may come later.
TRIAL(a_pager_may_come_later)
{
        expect_word(0, thread_control(one, me, me, two, utcb_here(1)),
                    "a thread whose pager is nobody yet");
        act(2, none, none, 0)->before = start_the_first;
        begin_here(2);
        settle();
        expect_word(201, begun, "it has begun");
}

// A thread that waits for its start does not listen, and does not answer.
TRIAL(a_thread_that_has_not_begun)
{
        struct act *calls = act(2, one, one, L4_TimePeriod(4000).raw << 16);

        make_here(1);
        begin_here(2);
        sleep(20000);
        expect_failed(calls, SENDING(TIMEOUT), "it does not receive");
        expect_word(0, begun, "and waits");
}

// A start message with too many words is one that does not arrive.
TRIAL(a_start_message_that_is_too_long)
{
        make_here(1);
        L4_MsgTag_t tag = send_start(one, 63 | 63 << 6, L4_ZeroTime);

        expect_word(FAILED, tag.raw, "too many words");
        expect_word(SENDING(OVERFLOW), L4_ErrorCode(),
                    "and why: the error code");
}

// Registers of messages are all zeros at the beginning, and stay so.
static void
count_zeros(void)
{
        for (int i = 0; i < 64; i++) {
                L4_Word_t word;
                L4_StoreMR(i, &word);
                begun += word == 0;
        }
        begun += 1000 * (L4_ErrorCode() == 0);
}

TRIAL(a_start_leaves_message_registers_alone)
{
        make_here(1);
        L4_LoadMR(1, (L4_Word_t)(uintptr_t)count_zeros);
        L4_LoadMR(2, stack_top(&stack));
        L4_LoadMR(0, TAG(0, 63));
        L4_Send(one);
        settle();
        expect_word(1064, begun, "all are 0");
}
