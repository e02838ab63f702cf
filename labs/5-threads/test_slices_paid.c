// SPDX-License-Identifier: MIT
// Tests of time slices and total quanta: who pays, and how much. No program is needed.
#include "slices.h"

TEST(slices_are_paid)
{
        static const uint32_t slices[] = { 10000, 1000, 300,  1500,
                                           999,   1001, 66000 };
        static const uint32_t due[] = { 10, 1, 1, 2, 1, 2, 66 };

        begin();
        ready(a, 100);
        ready(b, 100);
        for (uint32_t i = 0; i < sizeof(slices) / sizeof(slices[0]); i++)
                for (uint32_t round = 0; round < 2; round++) {
                        a->slice = slices[i];
                        if (round == 0)
                                a->slice_left = slices[i];
                        uint32_t ticks = 0;
                        trying("slice_tick of a slice of %u us, again and "
                               "again",
                               slices[i]);
                        while (ready_first() == a && ticks < 80) {
                                slice_tick(a);
                                ticks++;
                        }
                        trying_over();
                        expect_number(due[i], ticks,
                                      "periods that a slice of %u us lasts",
                                      slices[i]);
                        expect_number(slices[i], a->slice_left,
                                      "slice_left at the beginning of the next "
                                      "slice");
                        slice_defend(a); // whose turn is over
                        ready_last(b);
                }
        a->slice = a->slice_left = SLICE_NEVER;
        for (uint32_t i = 0; i < 30; i++)
                slice_tick(a);
        expect_thread(a, ready_first(),
                      "who is first after a slice that never "
                      "ends");
        expect_number(10000, b->slice_left, "slice_left of who did not run");
}

// Times that 32 bits do not hold, or only without a sign.
static void
long_ones_are_paid(void)
{
        static const uint64_t quanta[] = { 0x80000000, 0xFFFFFFFF, 0x100000000,
                                           0x1000003E8, 0x8000000000 };

        a->slice = a->slice_left = 0x80000000;
        for (uint32_t i = 0; i < sizeof(quanta) / sizeof(quanta[0]); i++) {
                a->quantum_left = quanta[i];
                slice_tick(a);
                uint64_t due = quanta[i] - 1000;
                expect_hex((uint32_t)(due >> 32),
                           (uint32_t)(a->quantum_left >> 32),
                           "quantum %u of some that are long, after one "
                           "period: the upper half of quantum_left",
                           i);
                expect_hex((uint32_t)due, (uint32_t)a->quantum_left,
                           "quantum %u of some that are long, after one "
                           "period: the lower half of quantum_left",
                           i);
                expect_bool(true, ready_is(a),
                            "quantum %u of some that are long: it goes on", i);
                expect_number(0x80000000 - 1000 * (i + 1), a->slice_left,
                              "slice_left of a slice of 2^31 us");
        }
}

TEST(quanta_are_paid)
{
        static const uint32_t quanta[] = { 2000, 300, 1000, 2500, 999, 1001 };
        static const uint32_t due[] = { 2, 1, 1, 3, 1, 2 };

        begin();
        for (uint32_t i = 0; i < sizeof(quanta) / sizeof(quanta[0]); i++) {
                a->stopped = 0;
                a->slice_left = 10000;
                a->quantum_left = quanta[i];
                ready(a, 100);
                uint32_t ticks = 0;
                trying("slice_tick of a total quantum of %u us, again and "
                       "again",
                       quanta[i]);
                while (ready_is(a) && ticks < 20) {
                        slice_tick(a);
                        ticks++;
                }
                trying_over();
                expect_number(due[i], ticks,
                              "periods that a total quantum of %u us lasts",
                              quanta[i]);
                expect_number(STOPPED_QUANTUM, a->stopped,
                              "why the thread is stopped");
                expect_number(0, (uint32_t)a->quantum_left, "quantum_left");
                expect_asked(i + 1, &asked_used_up,
                             "calls of protocol_used_up, one for each total "
                             "quantum that has ended");
        }
        a->stopped = 0;
        a->slice_left = a->quantum_left = 1000;
        ready(a, 100);
        ready(b, 100);
        trying("slice_tick where slice and total quantum end at once");
        slice_tick(a);
        trying_over();
        expect_bool(false, ready_is(a),
                    "ready_is of one whose slice and quantum have ended at "
                    "once");
        expect_thread(b, ready_first(), "who is first then");
        expect_number(10000, a->slice_left, "slice_left of who is stopped so");
        ready_remove(b);
        a->stopped = 0;
        a->quantum_left = QUANTUM_NEVER;
        a->slice_left = 10000;
        ready(a, 100);
        for (uint32_t i = 0; i < 20; i++)
                slice_tick(a);
        expect_bool(true, ready_is(a) && a->quantum_left == QUANTUM_NEVER,
                    "a thread without a limit of time goes on");
        long_ones_are_paid();
}

TEST(whoever_gives_pays)
{
        begin();
        ready(a, 100);
        ready(b, 100);
        ready(c, 50);
        b->delay = b->delay_left = 3000;
        slice_give(a, b);
        slice_tick(b);
        expect_number(9000, a->slice_left, "slice_left of who gave");
        expect_number(3000, b->delay_left,
                      "delay_left of who was given time, and delays nothing");
        expect_number(10000, b->slice_left, "slice_left of who was given time");
        expect_thread(b, slice_defend(b), "slice_defend of who was given time");
        slice_tick(b);
        expect_number(9000, a->slice_left,
                      "slice_left of who gave, one period later");
        expect_number(9000, b->slice_left,
                      "slice_left of who was given time, one period later");

        slice_give(a, b);
        slice_give(b, c);
        slice_tick(c);
        expect_number(8000, a->slice_left, "slice_left of the first giver");
        expect_number(9000, b->slice_left, "slice_left of the second giver");
        expect_number(10000, c->slice_left, "slice_left of who ran");

        slice_give(a, b);
        ready_remove(a);
        slice_tick(b);
        expect_number(8000, a->slice_left,
                      "slice_left of a giver that is not ready any more");
        expect_number(8000, b->slice_left, "slice_left of who ran for it");
        ready_add(a);

        slice_give(a, b);
        a->state = THREAD_RECEIVING;
        slice_tick(b);
        expect_number(8000, a->slice_left,
                      "slice_left of a giver that looks for a sender");
        expect_number(7000, b->slice_left, "slice_left of who ran for it");
        a->state = THREAD_READY;

        slice_give(a, b);
        slice_forget(a);
        slice_tick(b);
        expect_number(8000, a->slice_left,
                      "slice_left of a giver that is no more");
        expect_number(6000, b->slice_left, "slice_left of who ran for it");
}
