// SPDX-License-Identifier: MIT
// Times as programs say them. The contracts are in timeout.h. Source: L4 X.2, clock and
// time.
#include "timeout.h"

#define MANTISSA_BITS 10u
#define MANTISSA 0x3FFu
#define POINT 0x8000u

static unsigned
period_exponent(uint16_t word)
{
        return word >> MANTISSA_BITS & 0x1F;
}

bool
time_is_zero(uint16_t word)
{
        return (word & POINT) == 0 && word != TIME_NEVER &&
               (word & MANTISSA) == 0;
}

uint64_t
time_period(uint16_t word)
{
        if (word == TIME_NEVER || (word & POINT) != 0)
                return UINT64_MAX;
        return (uint64_t)(word & MANTISSA) << period_exponent(word);
}

// A point names eleven bits of the clock. Of the times that have these bits it is the
// next one, or one that has just been.
static uint64_t
point_end(uint16_t word, uint64_t now)
{
        unsigned exponent = word >> (MANTISSA_BITS + 1) & 0xF;
        unsigned half = word >> MANTISSA_BITS & 1;
        uint64_t round = now >> (exponent + MANTISSA_BITS);

        if ((round & 1) != half)
                round++;
        uint64_t point = round << (exponent + MANTISSA_BITS) |
                         (uint64_t)(word & MANTISSA) << exponent;
        uint64_t furthest = (uint64_t)MANTISSA << exponent;
        return point < now || point - now > furthest ? now : point;
}

uint64_t
time_end(uint16_t word, uint64_t now)
{
        if ((word & POINT) != 0)
                return point_end(word, now);

        uint64_t period = time_period(word);
        return period == UINT64_MAX ? UINT64_MAX : now + period;
}

uint16_t
time_word(uint64_t microseconds)
{
        unsigned exponent = 0;

        if (microseconds == UINT64_MAX)
                return TIME_NEVER;
        while (microseconds >> exponent > MANTISSA)
                exponent++;
        if (microseconds == 0)
                return TIME_ZERO;
        return (uint16_t)(exponent << MANTISSA_BITS | microseconds >> exponent);
}
