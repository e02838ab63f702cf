// SPDX-License-Identifier: MIT
#include <kernel/division.h>
#include <kernel/types.h>

static uint32_t
high(uint64_t value)
{
        return (uint32_t)(value >> 32);
}

static uint32_t
low(uint64_t value)
{
        return (uint32_t)value;
}

// Divides 64 bits by 32. The instruction's quotient has 32 bits: `top`, the
// dividend's high half, has to be less than the divisor.
static uint32_t
divide_word(uint32_t top, uint32_t bottom, uint32_t divisor,
            uint32_t *remainder)
{
        uint32_t quotient;

        __asm__("divl %4"
                : "=a"(quotient), "=d"(*remainder)
                : "0"(bottom), "1"(top), "rm"(divisor)
                : "cc");
        return quotient;
}

// By a divisor of one word: as on paper, word by word. The divisor 0 traps.
static uint64_t
divide_by_word(uint64_t dividend, uint32_t divisor, uint64_t *remainder)
{
        uint32_t rest;
        uint32_t first = divide_word(0, high(dividend), divisor, &rest);
        uint32_t second = divide_word(rest, low(dividend), divisor, &rest);

        *remainder = rest;
        return (uint64_t)first << 32 | second;
}

// By a divisor of two words: bit by bit. The quotient has 32 bits at most.
static uint64_t
divide_by_two_words(uint64_t dividend, uint64_t divisor, uint64_t *remainder)
{
        int shift = __builtin_clz(high(divisor)) + 1;
        uint64_t quotient = 0;

        for (int bit = shift - 1; bit >= 0; bit--) {
                uint64_t part = divisor << bit;
                quotient <<= 1;
                if (part <= dividend) {
                        dividend -= part;
                        quotient |= 1;
                }
        }
        *remainder = dividend;
        return quotient;
}

static uint64_t
divide(uint64_t dividend, uint64_t divisor, uint64_t *remainder)
{
        if (high(divisor) == 0)
                return divide_by_word(dividend, low(divisor), remainder);
        return divide_by_two_words(dividend, divisor, remainder);
}

static uint64_t
magnitude(int64_t value)
{
        return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

static int64_t
with_sign(uint64_t magnitude, bool negative)
{
        return (int64_t)(negative ? 0 - magnitude : magnitude);
}

uint64_t
__udivmoddi4(uint64_t dividend, uint64_t divisor, uint64_t *remainder)
{
        uint64_t rest;
        uint64_t quotient = divide(dividend, divisor, &rest);

        if (remainder)
                *remainder = rest;
        return quotient;
}

uint64_t
__udivdi3(uint64_t dividend, uint64_t divisor)
{
        uint64_t rest;

        return divide(dividend, divisor, &rest);
}

uint64_t
__umoddi3(uint64_t dividend, uint64_t divisor)
{
        uint64_t rest;

        divide(dividend, divisor, &rest);
        return rest;
}

int64_t
__divmoddi4(int64_t dividend, int64_t divisor, int64_t *remainder)
{
        uint64_t rest;
        uint64_t quotient =
                divide(magnitude(dividend), magnitude(divisor), &rest);

        if (remainder)
                *remainder = with_sign(rest, dividend < 0);
        return with_sign(quotient, (dividend < 0) != (divisor < 0));
}

int64_t
__divdi3(int64_t dividend, int64_t divisor)
{
        return __divmoddi4(dividend, divisor, 0);
}

int64_t
__moddi3(int64_t dividend, int64_t divisor)
{
        int64_t rest;

        __divmoddi4(dividend, divisor, &rest);
        return rest;
}
