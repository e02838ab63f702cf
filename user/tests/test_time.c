// SPDX-License-Identifier: MIT
// Times as the library writes them are the times that the kernel reads: l4/time.c.
#include "check.h"

#include "../../l4/timeout.h"

#include <l4/time.h>

#define TIMES 200000

static uint64_t
random_64(struct random *random)
{
        uint64_t high = random_next(random);

        return high << 32 | random_next(random);
}

// Of any size.
static uint64_t
random_number(struct random *random, uint32_t most_bits)
{
        uint32_t bits = 1 + random_below(random, most_bits);

        return random_64(random) >> (64 - bits);
}

static void
short_periods_are_exact(void **state)
{
        (void)state;
        for (uint64_t n = 1; n <= 1023; n++)
                assert_int_equal(time_period(L4_TimePeriod(n).raw), n);
}

static void
no_time_and_no_end_have_words_of_their_own(void **state)
{
        (void)state;
        assert_int_equal(L4_TimePeriod(0).raw, L4_ZeroTime.raw);
        assert_true(time_is_zero(L4_TimePeriod(0).raw));
        assert_int_equal(L4_Never.raw, TIME_NEVER);
        assert_int_equal(L4_ZeroTime.raw, TIME_ZERO);
        assert_int_equal(L4_TimePeriod(__L4_LONGEST_PERIOD).raw, 0x7FFF);
        assert_int_equal(L4_TimePeriod(__L4_LONGEST_PERIOD + 1).raw, 0);
        assert_int_equal(L4_TimePeriod(UINT64_MAX).raw, 0);
}

static void
periods_are_rounded_down_to_ten_bits(void **state)
{
        (void)state;
        struct random random = { 1 };

        for (int i = 0; i < TIMES; i++) {
                uint64_t n = random_number(&random, 41);
                if (n > __L4_LONGEST_PERIOD)
                        continue;
                uint64_t read = time_period(L4_TimePeriod(n).raw);
                if (n == 0)
                        continue;
                assert_true(read <= n && n - read <= n / 512);
                assert_int_equal(L4_TimePeriod(n).raw, time_word(n));
        }
}

static uint16_t
point(uint64_t now, uint64_t at)
{
        return __L4_PointFrom(now, at).raw;
}

// Whoever reads it from `now` until then, reads the same: not before `at`, and after it
// by less than a 512th of the way.
static void
expect_point(uint64_t now, uint64_t at, struct random *random)
{
        uint16_t word = point(now, at);
        uint64_t end = time_end(word, now);

        assert_true(end >= at);
        assert_true(end - at <= (at - now) / 512);
        for (int i = 0; i < 4; i++) {
                uint64_t later = now + random_64(random) % (end - now + 1);
                assert_int_equal(time_end(word, later), end);
        }
        assert_int_equal(time_end(word, end), end);
        // Then it has passed, for as long as a server may be late.
        assert_int_equal(time_end(word, end + 1), end + 1);
        assert_int_equal(time_end(word, end + (end - now)), end + (end - now));
}

static void
points_are_read_as_they_were_meant(void **state)
{
        (void)state;
        struct random random = { 2 };

        for (int i = 0; i < TIMES; i++) {
                uint64_t now = random_number(&random, 50);
                uint64_t at = now + random_number(&random, 25);
                if (at - now < __L4_FURTHEST_POINT - 0x8000)
                        expect_point(now, at, &random);
        }
}

static void
near_points_are_exact(void **state)
{
        (void)state;
        for (uint64_t now = 0; now < 5000; now += 7)
                for (uint64_t ahead = 0; ahead <= 1023; ahead++)
                        assert_int_equal(time_end(point(now, now + ahead), now),
                                         now + ahead);
}

static void
what_has_passed_is_over_at_once(void **state)
{
        (void)state;
        struct random random = { 3 };

        for (int i = 0; i < TIMES; i++) {
                uint64_t now = random_number(&random, 50);
                uint64_t at = random_64(&random) % (now + 1);
                uint16_t word = point(now, at);
                assert_int_equal(time_end(word, now), now);
                assert_int_equal(time_end(word, now + 1), now + 1);
        }
}

static void
what_is_too_far_away_is_the_furthest_point(void **state)
{
        (void)state;
        struct random random = { 4 };

        for (int i = 0; i < TIMES; i++) {
                uint64_t now = random_number(&random, 50);
                uint64_t at = now + __L4_FURTHEST_POINT - 0x8000 +
                              random_number(&random, 50);
                uint64_t end = time_end(point(now, at), now);
                assert_true(end - now <= __L4_FURTHEST_POINT);
                assert_true(end - now > __L4_FURTHEST_POINT - 0x10000);
        }
}

static void
clocks_are_compared_and_moved(void **state)
{
        (void)state;
        L4_Clock_t a = { .raw = 0xFFFFFFFF };
        L4_Clock_t b = L4_ClockAddUsec(a, 1);

        assert_int_equal(b.X.high, 1);
        assert_int_equal(b.X.low, 0);
        assert_true(L4_IsClockEarlier(a, b) && L4_IsClockLater(b, a));
        assert_true(L4_IsClockEqual(L4_ClockSubUsec(b, 1), a));
        assert_true(L4_IsClockNotEqual(a, b));
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(short_periods_are_exact),
                cmocka_unit_test(no_time_and_no_end_have_words_of_their_own),
                cmocka_unit_test(periods_are_rounded_down_to_ten_bits),
                cmocka_unit_test(points_are_read_as_they_were_meant),
                cmocka_unit_test(near_points_are_exact),
                cmocka_unit_test(what_has_passed_is_over_at_once),
                cmocka_unit_test(what_is_too_far_away_is_the_furthest_point),
                cmocka_unit_test(clocks_are_compared_and_moved),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
