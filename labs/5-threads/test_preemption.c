// SPDX-License-Identifier: MIT
// Tests of preemption: whose turn is over, and who delays it. No program is needed.
#include "slices.h"

TEST(turns_are_defended)
{
        begin();
        ready(a, 100);
        expect_thread(a, slice_defend(a), "slice_defend of the only one");
        a->slice_left = 1000;
        slice_tick(a);
        expect_thread(a, slice_defend(a),
                      "slice_defend of the only one, whose turn is over");
        ready(b, 100);
        ready_last(a); // b is first, and its slice is not over
        expect_thread(a, slice_defend(a),
                      "slice_defend against one of the same priority");
        slice_give(b, a);
        expect_thread(a, slice_defend(a),
                      "slice_defend of one that was given time, against one of "
                      "the same priority");
        ready_last(b);
        a->slice_left = 1000;
        slice_tick(a);
        expect_thread(NULL, slice_defend(a),
                      "slice_defend of one whose turn is over");
        expect_thread(a, slice_defend(a),
                      "slice_defend after that: a slice that is fresh");
        ready_last(b); // a is first
        ready(c, 101);
        expect_thread(NULL, slice_defend(a),
                      "slice_defend against one of a higher priority");
        expect_asked(0, &asked_preempted,
                     "calls of protocol_preempted for one that has not set "
                     "\"signal\"");

        utcb_write(a, UTCB_FLAGS, PREEMPT_SIGNAL);
        slice_defend(a);
        expect_asked(1, &asked_preempted,
                     "calls of protocol_preempted for one that has set "
                     "\"signal\" and is preempted by a higher priority");
        ready_remove(c);
        expect_thread(a, ready_first(),
                      "who is first of its ring after a has been preempted by "
                      "a higher priority: a, whose turn is not over");
        slice_defend(a);
        expect_asked(1, &asked_preempted,
                     "calls of protocol_preempted, when it goes on");
        a->slice_left = 1000;
        slice_tick(a);
        slice_defend(a);
        expect_asked(2, &asked_preempted,
                     "calls of protocol_preempted, when its turn is over");

        a->slice_left = 1000;
        slice_tick(a);
        slice_forget(a);
        expect_thread(NULL, slice_defend(NULL), "slice_defend of nobody");
        ready_last(b); // a, which is another one now, is first
        expect_thread(b, slice_defend(b),
                      "slice_defend of one that runs after one whose turn was "
                      "over, and which is no more");
}

static void
begin_delay(uint32_t flags, uint8_t sensitive, uint32_t delay)
{
        begin();
        ready(a, 100);
        ready(b, 120);
        a->sensitive = sensitive;
        a->delay = a->delay_left = delay;
        utcb_write(a, UTCB_FLAGS, flags);
}

// Priorities are numbers from 0 to 255, and so are the borders of favours.
// A thread a of priority 100 delays against b, of priority 120.
static void
borders_above_127(void)
{
        a->sensitive = 130;
        a->delay_left = 2500;
        expect_thread(a, slice_defend(a),
                      "slice_defend of one that delays up to priority 130, "
                      "against one of priority 120");
        slices_init();
        ready_remove(a);
        ready(a, 200);
        ready(c, 100);
        slice_give(a, b);
        expect_thread(b, slice_favoured(c),
                      "slice_favoured of one that was given time by one of "
                      "priority 200, before one of priority 100");
}

TEST(preemption_is_delayed)
{
        begin_delay(OTHER_FLAGS | PREEMPT_DELAY, 120, 2500);
        expect_thread(a, slice_defend(a), "slice_defend of one that delays");
        expect_hex(OTHER_FLAGS | PREEMPT_DELAY | PREEMPT_PENDING,
                   utcb_read(a, UTCB_FLAGS),
                   "the flags: \"pending\" is set, and nothing else");
        expect_thread(a, slice_favoured(b), "slice_favoured while it delays");
        for (uint32_t i = 1; i <= 2; i++) {
                slice_tick(a);
                expect_thread(a, slice_defend(a),
                              "slice_defend while some delay is left");
                expect_number(2500 - i * 1000, a->delay_left, "delay_left");
        }
        slice_tick(a);
        expect_thread(NULL, slice_defend(a),
                      "slice_defend when no delay is left");
        expect_number(2500, a->delay_left, "delay_left for the next time");
        expect_bool(false, slice_is_favoured(), "slice_is_favoured then");
        expect_asked(0, &asked_preempted,
                     "calls of protocol_preempted for one that has not set "
                     "\"signal\"");

        // At the end of its slice, and by one of its own priority.
        ready_remove(b);
        ready(b, 100);
        a->sensitive = 100;
        a->slice_left = 1000;
        utcb_write(a, UTCB_FLAGS, PREEMPT_DELAY | PREEMPT_SIGNAL);
        for (uint32_t i = 0; i <= 2; i++) {
                slice_tick(a);
                expect_thread(a, slice_defend(a),
                              "slice_defend of one whose turn is over, while "
                              "some delay is left");
                expect_number(2500 - i * 1000, a->delay_left,
                              "delay_left, %u ms after the end of its turn", i);
        }
        expect_asked(0, &asked_preempted,
                     "calls of protocol_preempted while it delays that");
        slice_tick(a);
        expect_thread(NULL, slice_defend(a),
                      "slice_defend of one whose turn is over, when no delay "
                      "is left");
        expect_asked(1, &asked_preempted,
                     "calls of protocol_preempted when no delay is left");

        // Less than a period is left: it lasts as long as one.
        ready_remove(b);
        ready(b, 120);
        a->sensitive = 120;
        a->slice_left = 10000;
        a->delay_left = 999;
        utcb_write(a, UTCB_FLAGS, PREEMPT_DELAY);
        expect_thread(a, slice_defend(a), "slice_defend of one that delays");
        slice_tick(a);
        expect_number(0, a->delay_left, "delay_left, of 999 us, after 1 ms");
        borders_above_127();
}

// One runs that delays nothing, with a slice that has just begun.
static void
expect_no_delay(struct thread *runs, const char *when)
{
        runs->delay = runs->delay_left = 3000;
        slice_tick(runs);
        expect_number(3000, runs->delay_left,
                      "delay_left of one that delays nothing, after %s", when);
        ready_last(runs); // another one is first
        expect_bool(true, slice_defend(runs) == runs,
                    "slice_defend lets one go on whose turn is not over, "
                    "after %s",
                    when);
}

TEST(a_delay_is_forgotten)
{
        begin_delay(PREEMPT_DELAY, 120, 5000);
        expect_thread(a, slice_defend(a), "slice_defend of one that delays");
        ready(c, 121);
        expect_thread(NULL, slice_favoured(c),
                      "slice_favoured before one above the sensitive priority");
        expect_thread(NULL, slice_defend(a),
                      "slice_defend against one above the sensitive priority");
        ready_remove(c);
        ready_remove(b);
        slice_tick(a);
        expect_number(5000, a->delay_left,
                      "delay_left after a tick in which nothing was delayed");

        ready(b, 120);
        expect_thread(a, slice_defend(a), "slice_defend of one that delays");
        ready(c, 121);
        ready(d, 121);
        slice_favoured(c);
        expect_no_delay(c, "one that delayed was preempted");
        ready_remove(c);
        ready_remove(d);
        expect_thread(a, slice_defend(a), "slice_defend of one that delays");
        slice_forget(a);
        ready(d, 120);
        expect_no_delay(b, "one that delayed is no more");

        a->delay_left = 5000;
        expect_thread(a, slice_defend(a), "slice_defend of one that delays");
        ready_remove(a);
        expect_no_delay(b, "one that delayed is not ready any more");
        ready_add(a);
        expect_thread(a, slice_defend(a), "slice_defend of one that delays");
        c->delay = c->delay_left = 3000;
        ready(c, 100);
        slice_give(a, c);
        slice_tick(c);
        expect_number(3000, c->delay_left,
                      "delay_left of one that was given time by one that "
                      "delayed, and delays nothing");
}

TEST(delays_are_refused)
{
        begin_delay(PREEMPT_DELAY, 119, 2500);
        expect_thread(NULL, slice_defend(a),
                      "slice_defend against one above the sensitive priority");
        expect_hex(PREEMPT_DELAY, utcb_read(a, UTCB_FLAGS), "the flags");
        a->sensitive = 120;
        a->delay = a->delay_left = 0;
        expect_thread(NULL, slice_defend(a), "slice_defend without a delay");
        expect_hex(PREEMPT_DELAY, utcb_read(a, UTCB_FLAGS), "the flags");
        a->delay = a->delay_left = 1000;
        utcb_write(a, UTCB_FLAGS, OTHER_FLAGS);
        expect_thread(NULL, slice_defend(a),
                      "slice_defend of one that does not ask for a delay");
        expect_hex(OTHER_FLAGS, utcb_read(a, UTCB_FLAGS), "the flags");
        expect_asked(0, &asked_preempted,
                     "calls of protocol_preempted for one that has not set "
                     "\"signal\"");
}
