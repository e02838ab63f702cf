// SPDX-License-Identifier: MIT
// Tests of time slices: who is given the processor. No program is needed.
#include "slices.h"

TEST(slices_begin)
{
        begin();
        a->priority = 77;
        a->slice = a->slice_left = a->delay = a->delay_left = 99;
        a->quantum_left = 99;
        slice_begin(a);
        expect_number(SLICE_DEFAULT, a->slice, "slice of a new thread");
        expect_number(SLICE_DEFAULT, a->slice_left,
                      "slice_left of a new thread");
        expect_bool(true, a->quantum_left == QUANTUM_NEVER,
                    "a new thread has no limit of time");
        expect_number(0, a->delay, "delay of a new thread");
        expect_number(0, a->delay_left, "delay_left of a new thread");
        expect_bool(false, slice_is_favoured(), "slice_is_favoured");
        expect_thread(NULL, slice_favoured(a), "slice_favoured");

        ready(b, 100);
        ready(c, 100);
        slice_give(b, c);
        slices_init();
        expect_bool(false, slice_is_favoured(),
                    "slice_is_favoured after slices_init");
        slice_tick(c);
        expect_number(10000, b->slice_left,
                      "slice_left of one that gave before slices_init");
        c->slice_left = 1000;
        slice_tick(c);
        slices_init();
        expect_thread(c, slice_defend(c),
                      "slice_defend of one whose turn was over before "
                      "slices_init");
}

// Whatever has ended the favour: a has given its time to b, and c or b runs.
static void
expect_pays(struct thread *runs, const char *when)
{
        uint32_t left = runs->slice_left;

        slice_tick(runs);
        expect_number(10000, a->slice_left,
                      "slice_left of a giver whose favour has ended: %s", when);
        expect_number(left - PERIOD, runs->slice_left,
                      "slice_left of who runs then: %s", when);
}

TEST(whoever_is_given_time_is_favoured)
{
        begin();
        ready(a, 100);
        ready(b, 50);
        ready(c, 100);
        slice_give(a, b);
        expect_bool(true, slice_is_favoured(), "slice_is_favoured");
        expect_thread(b, slice_favoured(c),
                      "slice_favoured before one of the giver's priority");
        slice_defend(b);
        expect_bool(false, slice_is_favoured(),
                    "slice_is_favoured after an interrupt");
        expect_pays(b, "an interrupt");

        ready(d, 40);
        slice_give(a, b);
        slice_give(b, d);
        expect_thread(d, slice_favoured(c),
                      "slice_favoured of one that was given time by one that "
                      "was given it, before one of the first giver's priority");
        slice_defend(d);
        ready_remove(d);

        slice_give(a, b);
        ready_remove(c);
        ready(c, 101);
        expect_thread(NULL, slice_favoured(c),
                      "slice_favoured before one of a higher priority than the "
                      "giver");
        expect_bool(false, slice_is_favoured(), "slice_is_favoured after that");
        expect_pays(c, "somebody more urgent is ready");

        slice_give(a, b);
        ready_remove(b);
        expect_thread(NULL, slice_favoured(a),
                      "slice_favoured when that one is not ready any more");
        ready_add(b);

        slice_give(a, b);
        slice_forget(b);
        expect_thread(NULL, slice_favoured(a),
                      "slice_favoured when that one is no more");
        expect_pays(c, "who was favoured is no more");
        slice_give(a, b);
        slice_give(b, NULL);
        expect_bool(false, slice_is_favoured(),
                    "slice_is_favoured when that one has given up");
        expect_pays(c, "who was favoured has given up");
}

TEST(giving_up_begins_anew)
{
        begin();
        ready(a, 100);
        ready(b, 100);
        ready(c, 100);
        a->slice_left = 3000;
        a->delay = 5000;
        a->delay_left = 1000;
        utcb_write(a, UTCB_FLAGS,
                   OTHER_FLAGS | PREEMPT_DELAY | PREEMPT_PENDING);
        slice_give(a, NULL);
        expect_number(10000, a->slice_left, "slice_left after giving up");
        expect_number(5000, a->delay_left, "delay_left after giving up");
        expect_hex(OTHER_FLAGS | PREEMPT_DELAY, utcb_read(a, UTCB_FLAGS),
                   "the flags: \"pending\" is taken back, and nothing else");
        expect_thread(b, ready_first(), "who is first");
        ready_remove(b);
        expect_thread(c, ready_first(), "who is second");
        ready_remove(c);
        expect_thread(a, ready_first(), "who is last");
}

TEST(nobody_pays_for_nobody)
{
        begin();
        slice_tick(NULL);
        expect_thread(NULL, slice_defend(NULL), "slice_defend of nobody");
        slice_tick(a);
        expect_number(10000, a->slice_left,
                      "slice_left of one that is not ready");
        ready(b, 100);
        slice_give(b, c);
        slice_tick(NULL);
        expect_number(9000, b->slice_left,
                      "slice_left of a giver, when who ran is no more");
        expect_thread(NULL, slice_defend(a),
                      "slice_defend of one that is not ready");
        slice_tick(NULL);
        expect_number(
                9000, b->slice_left,
                "slice_left of who did not run when the machine was idle");
}

// Each tick is paid once, whoever gives what to whom.
TEST(each_period_is_paid_once)
{
        begin();
        uint64_t all = 0;
        for (uint32_t i = 0; i < THREADS; i++) {
                threads[i].quantum_left = 1000000;
                all += threads[i].quantum_left;
                ready(&threads[i], 100);
        }
        struct thread *runs = a;
        for (uint32_t i = 1; i <= 150; i++) {
                for (uint32_t times = random_below(4); times > 0; times--) {
                        struct thread *to = &threads[random_below(THREADS)];
                        if (to == runs)
                                to = NULL;
                        slice_give(runs, to);
                        runs = to ? to : ready_first();
                }
                slice_tick(runs);
                uint64_t left = 0;
                for (uint32_t j = 0; j < THREADS; j++)
                        left += threads[j].quantum_left;
                expect_number(i * PERIOD, (uint32_t)(all - left),
                              "microseconds that all have paid after %u "
                              "periods",
                              i);
                struct thread *stays = slice_defend(runs);
                runs = stays ? stays : ready_first();
        }
}
