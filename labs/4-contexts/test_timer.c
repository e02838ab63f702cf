// SPDX-License-Identifier: MIT
// Tests of exercise 4.7: the timer, what it counts from and how.
#include "counting.h"

#include <h/internal/interrupts.h>
#include <h4/spaces.h>

// Counts are one byte, the high one being 0.
#define PIT_LOW_BYTE 0x10u

// Reads the counter over and over, until it has gone round a few times. Elsewhere
// than in Bochs a moment can pass in between that nobody sees, so once may fail.
static void
expect_rounds(uint32_t microseconds, const char *when)
{
        uint32_t due = count_of(microseconds);
        // Once at least, where counter 2 does not go round before.
        uint32_t rounds =
                due < TURN / 9 ? 8 * due + due / 2 : due + (TURN - due) / 8;

        for (unsigned attempt = 0; attempt < 10; attempt++) {
                struct sample a = sample(), b;

                do
                        b = sample();
                while (between(a, b) < rounds);
                if (fits_period(microseconds, a, b))
                        return;
        }
        fail("the timer, %s, does not count down from %u, which is what %u "
             "microseconds make",
             when, due, microseconds);
}

static void
expect_how(const char *when)
{
        outb(PIT_CONTROL, HOLD_STATUS_0);
        expect_hex(PIT_TWO_BYTES | PIT_PERIODIC,
                   inb(PIT_COUNTER_0) & STATUS_COUNTS,
                   "%s: how counter 0 counts (two bytes 0x30, mode 2 0x04, "
                   "binary 0x00)",
                   when);
}

// Sets a period, and looks what the counter has begun from.
static void
sets(uint32_t microseconds)
{
        uint32_t due = count_of(microseconds);
        struct sample before = sample();

        expect_h(H_OK, h_set_period(microseconds), "h_set_period(%u)",
                 microseconds);
        // The count is loaded at the next tick.
        struct sample now = sample();
        while (between(before, now) < 4)
                now = sample();

        // It has gone down from `most` at most.
        uint32_t most = now.timer + between(before, now);
        if (now.timer > due || most < least_of(microseconds))
                fail("h_set_period(%u): %u counts later at most the counter "
                     "is at %u, and %u is what the period makes",
                     microseconds, between(before, now), now.timer, due);
}

static const uint32_t periods[] = {
        H_PERIOD_LEAST, 101,   250,   999,   H_PERIOD_DEFAULT, 1001,
        2500,           10000, 32767, 49999, H_PERIOD_MOST,
};
#define PERIODS (sizeof(periods) / sizeof(periods[0]))

TEST(period_is_what_the_timer_counts)
{
        timer_begin();
        for (size_t i = 0; i < PERIODS; i++) {
                sets(periods[i]);
                expect_how("after h_set_period");
        }
        timer_end();
}

TEST(timer_begins_again_and_again)
{
        // Some of them would be rounded up to the nearest count.
        static const uint32_t few[] = { H_PERIOD_LEAST, 101,  250,   999,
                                        1000,           2500, 10000, 49999 };

        timer_begin();
        for (size_t i = 0; i < sizeof(few) / sizeof(few[0]); i++) {
                sets(few[i]);
                expect_rounds(few[i], "after h_set_period");
        }
        timer_end();
}

// The line itself, in ring 0: ten interrupts in ten periods.
TEST(timer_raises_its_line_each_period)
{
        const uint32_t period = 300, count = count_of(period);

        timer_begin();
        sets(period);
        lines_mask(ALL_LINES & ~(1u << LINE_TIMER));
        struct sample first = { 0 }, now = { 0 };
        for (unsigned i = 0; i < 12; i++) {
                expect_number(H_VECTOR_IRQ, wait_for_vector(),
                              "the vector of the timer");
                outb(PIC1, PIC_END_OF_LINE + LINE_TIMER);
                now = sample();
                if (i == 1)
                        first = now;
        }
        uint32_t passed = between(first, now);
        // Elsewhere than in Bochs the machine is late now and then.
        uint32_t slack = time_is_exact() ? count / 10 : 5 * count;
        if (passed + slack < 10 * count ||
            (time_is_exact() && passed > 10 * count + slack))
                fail("h_set_period(%u): ten interrupts come in %u counts of "
                     "the timer, and %u are due",
                     period, passed, 10 * count);
        timer_end();
}

TEST(timer_starts_with_the_default)
{
        timer_begin();
        outb(PIT_CONTROL, PIT_LOW_BYTE | PIT_ONCE);
        timer_init();
        expect_how("after timer_init");
        expect_rounds(H_PERIOD_DEFAULT, "after timer_init");

        sets(H_PERIOD_LEAST);
        timer_init();
        expect_rounds(H_PERIOD_DEFAULT, "after timer_init, another period "
                                        "having been set before it");
        timer_end();
}

// A period that is refused does not even disturb the one that goes on.
TEST(periods_that_the_timer_cannot_have)
{
        static const uint32_t refused[] = {
                0,
                1,
                H_PERIOD_LEAST - 1,
                H_PERIOD_MOST + 1,
                54925,
                65536,
                66536,
                100000,
                0x80000000,
                0x800003E8,
                UINT32_MAX,
        };
        const uint32_t period = 777;

        timer_begin();
        sets(period);
        for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
                unsigned attempt = 0;
                struct sample a, b;

                do {
                        a = sample();
                        expect_h(H_BAD_PERIOD, h_set_period(refused[i]),
                                 "h_set_period(%u)", refused[i]);
                        b = sample();
                } while (!fits_period(period, a, b) && ++attempt < 10);
                if (attempt == 10)
                        fail("after h_set_period(%u), which refused: the timer "
                             "has been disturbed",
                             refused[i]);
        }
        expect_how("after periods that were refused");
        expect_rounds(period, "after periods that were refused");
        timer_end();
}

TEST(timer_leaves_other_devices_alone)
{
        timer_begin();
        for (unsigned i = 0; i < 24; i++) {
                uint32_t period =
                        H_PERIOD_LEAST +
                        random_below(i < 20 ? 1000
                                            : H_PERIOD_MOST - H_PERIOD_LEAST);
                uint16_t masks = (uint16_t)random_word();
                struct sample before = sample();
                uint8_t speaker = inb(PORT_B) & 0x0F;

                lines_mask(masks);
                sets(period);
                expect_hex(masks, lines_masked(),
                           "after h_set_period(%u): the masks of lines 15 to 0",
                           period);
                expect_hex(speaker, inb(PORT_B) & 0x0F,
                           "after h_set_period(%u): the system's port B",
                           period);
                expect_hex(0, read_eflags() & EFLAGS_IF,
                           "after h_set_period(%u): the interrupt flag",
                           period);
                if (time_is_exact() && between(before, sample()) > 1000)
                        fail("after h_set_period(%u): counter 2 has not gone "
                             "on as it was, or the call has taken long",
                             period);
                if (i % 4 == 0)
                        expect_rounds(period, "after periods at random");
        }
        timer_end();
}
