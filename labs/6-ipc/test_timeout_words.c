// SPDX-License-Identifier: MIT
// Tests of timeouts as programs say them: never, no time at all, periods, points in time.
// No program is needed.
#include "late.h"
#include <h4/crowd.h>

#define LOW 0x3FFu
#define POINT 0x8000u

static struct thread one;

static void
begin(void)
{
        system_begin_h();
        units_init();
        timeouts_init();
        one = (struct thread){ .id = id_make(CROWD_FIRST, 1) };
}

static void
end(void)
{
        timeout_remove(&one);
        expect_bool(false, timeouts_any(),
                    "timeouts_any, the only one taken off");
}

static void
expect_none(uint16_t word)
{
        expect_number(
                0, one.wake_place,
                "the time 0x%04x, after timeout_begin: wake_place, 0 where there is no timeout",
                word);
        expect_bool(false, timeouts_any(),
                    "the time 0x%04x, after timeout_begin: timeouts_any", word);
}

static void
period(uint16_t word)
{
        uint64_t length = (uint64_t)(word & LOW) << (word >> 10);
        uint64_t before = h_clock();
        trying("timeout_begin(0x%04x)", word);
        bool begun = timeout_begin(&one, word);
        trying_over();
        uint64_t after = h_clock();

        expect_bool(true, begun, "a period, 0x%04x: timeout_begin", word);
        expect_bool(true, timeouts_any(), "a period, 0x%04x: timeouts_any",
                    word);
        if (one.wake < before + length || one.wake > after + length)
                fail("a period, 0x%04x: it ends %u microseconds (modulo 2^32) "
                     "behind the time before the call, and lasts %u",
                     word, (uint32_t)(one.wake - before), (uint32_t)length);
        end();
}

TEST(periods_begin_now)
{
        begin();
        for (uint32_t exponent = 0; exponent < 32; exponent++) {
                period((uint16_t)(exponent << 10 | 1));
                period((uint16_t)(exponent << 10 | (1 + random_below(LOW))));
                period((uint16_t)(exponent << 10 | LOW));
        }
        late_begin(); // hours later
        for (uint32_t exponent = 0; exponent < 32; exponent += 5)
                period((uint16_t)(exponent << 10 | LOW));
        late_end();
        expect_bool(true, timeout_begin(&one, TIME_NEVER),
                    "never: timeout_begin");
        expect_none(TIME_NEVER);
}

// A point as a program would say it.
static uint16_t
point_word(uint64_t point, uint32_t exponent)
{
        return (uint16_t)(POINT | exponent << 11 |
                          (uint32_t)(point >> exponent & 0x7FF));
}

static void
point_ahead(uint32_t exponent, uint32_t steps)
{
        uint64_t point = ((h_clock() >> exponent) + steps) << exponent;
        uint16_t word = point_word(point, exponent);
        trying("timeout_begin(0x%04x)", word);
        bool begun = timeout_begin(&one, word);
        trying_over();

        if (h_clock() >= point) { // a slow machine: both would be right
                timeout_remove(&one);
                return;
        }
        expect_bool(true, begun,
                    "a point %u times 2^%u microseconds ahead, 0x%04x: "
                    "timeout_begin",
                    steps, exponent, word);
        if (one.wake_place == 0 || one.wake != point)
                fail("a point %u times 2^%u microseconds ahead, 0x%04x: the "
                     "thread's timeout ends at another time",
                     steps, exponent, word);
        end();
}

TEST(points_in_time_are_exact)
{
        begin();
        for (uint32_t exponent = 0; exponent < 16; exponent++) {
                point_ahead(exponent, 1022);
                point_ahead(exponent, 300 + random_below(700));
                if (exponent > 7)
                        point_ahead(exponent, 2);
        }
}

static void
point_passed(uint32_t exponent, uint32_t steps)
{
        uint64_t point = ((h_clock() >> exponent) - steps) << exponent;
        uint16_t word = point_word(point, exponent);
        trying("timeout_begin(0x%04x)", word);
        bool begun = timeout_begin(&one, word);
        trying_over();

        if ((h_clock() - point) >> exponent > LOW) { // a slow machine
                timeout_remove(&one);
                return;
        }
        expect_bool(false, begun,
                    "a point %u times 2^%u microseconds ago, 0x%04x: "
                    "timeout_begin",
                    steps, exponent, word);
        expect_none(word);
}

TEST(what_has_ended_is_refused)
{
        begin();
        for (uint32_t exponent = 1; exponent < 32; exponent++) {
                uint16_t word = (uint16_t)(exponent << 10);
                expect_bool(false, timeout_begin(&one, word),
                            "no time at all, 0x%04x: timeout_begin", word);
                expect_none(word);
        }
        for (uint32_t exponent = 0; exponent < 16; exponent++) {
                point_passed(exponent, 0);
                point_passed(exponent, 1);
                point_passed(exponent, random_below(700));
        }
}
