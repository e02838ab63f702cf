// SPDX-License-Identifier: MIT
// Division of 64-bit integers, against this machine's own instruction.
#include <kernel/division.h>

#include "check.h"

static void
check_unsigned(uint64_t dividend, uint64_t divisor)
{
        uint64_t rest = 0;

        assert_true(__udivdi3(dividend, divisor) == dividend / divisor);
        assert_true(__umoddi3(dividend, divisor) == dividend % divisor);
        assert_true(__udivmoddi4(dividend, divisor, &rest) ==
                    dividend / divisor);
        assert_true(rest == dividend % divisor);
        assert_true(__udivmoddi4(dividend, divisor, NULL) ==
                    dividend / divisor);
}

static void
check_signed(int64_t dividend, int64_t divisor)
{
        int64_t rest = 0;

        // What this machine's instruction cannot do; see the test below.
        if (dividend == INT64_MIN && divisor == -1)
                return;
        assert_true(__divdi3(dividend, divisor) == dividend / divisor);
        assert_true(__moddi3(dividend, divisor) == dividend % divisor);
        assert_true(__divmoddi4(dividend, divisor, &rest) ==
                    dividend / divisor);
        assert_true(rest == dividend % divisor);
}

static void
check(uint64_t dividend, uint64_t divisor)
{
        check_unsigned(dividend, divisor);
        check_signed((int64_t)dividend, (int64_t)divisor);
}

// 2^0 to 2^63, each with what lies close to it.
static void
around_powers_of_two(void **state)
{
        (void)state;
        for (int i = 0; i < 64; i++)
                for (int j = 0; j < 64; j++)
                        for (uint64_t near_i = 0; near_i < 5; near_i++)
                                for (uint64_t near_j = 0; near_j < 5;
                                     near_j++) {
                                        uint64_t divisor =
                                                (1ull << j) + near_j - 2;
                                        if (divisor != 0)
                                                check((1ull << i) + near_i - 2,
                                                      divisor);
                                }
}

// Random numbers of random length, so that short ones are met too.
static uint64_t
number(struct random *random)
{
        uint64_t high = random_next(random);
        uint64_t low = random_next(random);
        return (high << 32 | low) >> random_below(random, 64);
}

static void
random_numbers(void **state)
{
        (void)state;
        struct random random = { 1 };

        for (unsigned round = 0; round < 1000000; round++) {
                uint64_t dividend = number(&random);
                uint64_t divisor = number(&random);
                if (divisor == 0)
                        continue;
                check(dividend, divisor);
                check(0 - dividend, divisor);
                check(dividend, 0 - divisor);
        }
}

// Its quotient, 2^63, is more than there is room for: it wraps, and no trap.
static void
the_most_negative_number_by_minus_1(void **state)
{
        (void)state;
        assert_true(__divdi3(INT64_MIN, -1) == INT64_MIN);
        assert_true(__moddi3(INT64_MIN, -1) == 0);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(around_powers_of_two),
                cmocka_unit_test(random_numbers),
                cmocka_unit_test(the_most_negative_number_by_minus_1),
        };
        return cmocka_run_group_tests_name("division", tests, NULL, NULL);
}
