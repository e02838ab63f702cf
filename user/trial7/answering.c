// SPDX-License-Identifier: MIT
// Trials: answers to page faults in the middle of a string, which are messages with items
// themselves: they take their time, others may send them, and they may not be enough.
#include "absent.h"

#define PROPAGATED 0x1000u // of a tag
#define VIRTUAL_SENDER (-6)

#define CANCEL_SEND 4u
#define HALT 0x101u
#define GO_ON 0x100u

// Nothing is there, and it takes many milliseconds to find that out.
#define NOWHERE 0x40000000u
#define NOWHERE_LOG2 22

static L4_Word_t
period(L4_Word_t microseconds)
{
        return L4_TimePeriod(microseconds).raw;
}

static void
add_map(struct act *it, L4_Word_t first, int log2, L4_Word_t to)
{
        L4_Fpage_t pages = L4_FpageLog2(first, log2);

        add_word(it, to | 8);
        add_word(it, L4_FpageAddRights(pages, L4_FullyAccessible).raw);
}

// All pages of the buffer, and then nothing for a long time.
static struct act *
long_answer(L4_Word_t n)
{
        struct act *answer = act(n, two, none);

        for (L4_Word_t at = 0; at < sizeof(store); at += PAGE) {
                store[at] = 0;
                add_map(answer, (L4_Word_t)(uintptr_t)store + at, 12,
                        AREA + at);
        }
        add_map(answer, NOWHERE, NOWHERE_LOG2, NOWHERE);
        return answer;
}

// What the thread sends is in the name of another one.
static void
propagate(struct act *it, L4_Word_t n, L4_ThreadId_t as)
{
        L4_Word_t *mr = (L4_Word_t *)(uintptr_t)local(n).raw;

        it->words[0] |= PROPAGATED;
        mr[VIRTUAL_SENDER] = as.raw;
}

// The receiver waits for the sender; this thread, or another one, is its pager, until the
// page fault is told: its program has others.
static void
begin(L4_Word_t time, L4_ThreadId_t pager)
{
        prepare(RECEIVER);
        sends->transfer = SEND_WITHIN(period(time));
        receives->from_whom = one;
        launch(2);
        settle();
        L4_Set_PagerOf(two, pager);
}

static void
expect_arrived(void)
{
        settle();
        expect_sent(sends, "the sender");
        expect_got(receives, sends, "the receiver");
        expect_bytes(TO_STORE, 0, BYTES, "the string");
}

// Who sends the answer in the pager's name has waited already.
TRIAL(time_is_no_matter_while_an_answer_arrives)
{
        struct act *answer = long_answer(3);

        begin(5000, me);
        make_here(3);
        propagate(answer, 3, me);
        launch(3);
        settle();
        expect_word(4, state_of(three), "the answer is sent before");
        launch(1);
        L4_Receive(two);
        L4_Set_PagerOf(two, thread_id(PAGER));
        sleep(2000);
        expect_word(5, state_of(three), "it arrives, and takes long");
        sleep(6000);
        expect_word(5, state_of(three), "for longer than there was time");
        expect_arrived();
}

// The pager hears of the fault only now.
TRIAL(an_answer_is_there_before_its_question)
{
        struct act *answer = long_answer(3);

        begin(50000, me);
        make_here(3);
        propagate(answer, 3, me);
        launch(3);
        launch(1);
        settle();
        expect_word(4, state_of(three), "the answer is sent before");
        L4_Receive(two);
        L4_Set_PagerOf(two, thread_id(PAGER));
        sleep(2000);
        expect_word(5, state_of(three), "now it arrives");
        expect_arrived();
}

// Another one is to answer; who wants to do so in its name does not, after all.
TRIAL(time_goes_on_where_a_fault_is_handed_on)
{
        struct act *answer = act(3, two, none);

        act(4, none, two);
        begin(20000, me);
        make_here(3);
        begin_here(4);
        launch(1);
        settle();
        L4_Receive(two);
        L4_Set_PagerOf(two, thread_id(PAGER));
        propagate(answer, 3, thread_id(4));
        launch(3);
        settle();
        expect_word(4, state_of(three), "nobody waits for this one yet");
        L4_Set_VirtualSender(two);
        L4_LoadMR(0, PROPAGATED);
        expect_that(L4_IpcSucceeded(L4_Send(thread_id(4))), "handed on");
        exchange_control(three, CANCEL_SEND);
        sleep(5000);
        expect_word(0, sends->error, "there is time");
        expect_word(5, state_of(one), "there is time");
        sleep(20000);
        settle();
        expect_both_failed(TOO_LATE_MINE, TOO_LATE_YOURS, 0);
}

// Halted, a pager goes on answering, and not behind that.
TRIAL(a_pager_is_halted_while_it_answers)
{
        act(3, none, two);
        struct act *answer = long_answer(3);

        begin(50000, three);
        begin_here(3);
        settle();
        launch(1);
        while (state_of(three) != 5)
                sleep(1000);
        L4_Set_PagerOf(two, thread_id(PAGER));
        expect_word(4, exchange_control(three, HALT).control, "it answers");
        settle();
        expect_arrived();
        expect_waiting(answer, "the pager does not go on");
        expect_word(2, state_of(three), "it is halted");
        exchange_control(three, GO_ON);
        settle();
        expect_sent(answer, "now it does");
}

// The right to write comes with the second answer.
TRIAL(a_page_is_there_for_reading_only)
{
        pager_mode = PAGER_MAPS_HALF;
        exchange_all_of(RECEIVER);
        expect_arrived();
        expect_word(6, told_count, "three pages, each of them twice");
        for (L4_Word_t i = 0; i < 6; i += 2) {
                expect_word(WRITING, told[i].label, "to write");
                expect_word(WRITING, told[i + 1].label, "to write");
                expect_word(told[i].address, told[i + 1].address, "the same");
        }
}
