// SPDX-License-Identifier: MIT
// The clock, and times as words of 16 bits: how long, or until when.
//
//      15 14       10 9          0
//     +--+-----------+------------+
//     | 0| exponent e| mantissa m |    a period: m * 2^e microseconds
//     +--+-------+---+------------+
//     | 1| exp. e| c | mantissa m |    a point: the clock's bits from e on are m,
//     +--+-------+---+------------+    and the one above is c
//
// A word of zeros: never. A mantissa of 0 with another exponent: no time at all.
#ifndef USER_L4_TIME_H
#define USER_L4_TIME_H

#include <l4/types.h>

// Microseconds since the machine was started.
typedef union {
        L4_Word64_t raw;
        struct {
                L4_Word_t low;
                L4_Word_t high;
        } X;
} L4_Clock_t;

typedef union {
        L4_Word16_t raw;
        struct {
                L4_Word16_t m : 10;
                L4_Word16_t e : 5;
                L4_Word16_t a : 1;
        } period;
        struct {
                L4_Word16_t m : 10;
                L4_Word16_t c : 1;
                L4_Word16_t e : 4;
                L4_Word16_t a : 1;
        } point;
} L4_Time_t;

#define L4_Never ((L4_Time_t){ .raw = 0 })
#define L4_ZeroTime ((L4_Time_t){ .raw = 0x0400 })

// The most that a period and a point can say, in microseconds.
#define __L4_LONGEST_PERIOD ((L4_Word64_t)1023 << 31)
#define __L4_FURTHEST_POINT ((L4_Word64_t)1023 << 15)

static inline L4_Clock_t
L4_ClockAddUsec(L4_Clock_t c, L4_Word64_t microseconds)
{
        return (L4_Clock_t){ .raw = c.raw + microseconds };
}

static inline L4_Clock_t
L4_ClockSubUsec(L4_Clock_t c, L4_Word64_t microseconds)
{
        return (L4_Clock_t){ .raw = c.raw - microseconds };
}

static inline L4_Bool_t
L4_IsClockEarlier(L4_Clock_t a, L4_Clock_t b)
{
        return a.raw < b.raw;
}

static inline L4_Bool_t
L4_IsClockLater(L4_Clock_t a, L4_Clock_t b)
{
        return a.raw > b.raw;
}

static inline L4_Bool_t
L4_IsClockEqual(L4_Clock_t a, L4_Clock_t b)
{
        return a.raw == b.raw;
}

static inline L4_Bool_t
L4_IsClockNotEqual(L4_Clock_t a, L4_Clock_t b)
{
        return a.raw != b.raw;
}

// So many microseconds, rounded down to ten significant bits. 0 is L4_ZeroTime; more
// than a period can say is L4_Never.
static inline L4_Time_t
L4_TimePeriod(L4_Word64_t microseconds)
{
        L4_Word_t exponent = 0;

        if (microseconds == 0)
                return L4_ZeroTime;
        if (microseconds > __L4_LONGEST_PERIOD)
                return L4_Never;
        while (microseconds >> exponent > 1023)
                exponent++;
        return (L4_Time_t){ .raw = (L4_Word16_t)(exponent << 10 |
                                                 microseconds >> exponent) };
}

// A point in time for one who reads the clock at `now`: with the smallest exponent
// that reaches it, rounded up. What has passed is `now`, what is too far away is the
// furthest that can be said, some 33 seconds ahead.
static inline L4_Time_t
__L4_PointFrom(L4_Word64_t now, L4_Word64_t at)
{
        L4_Word64_t last = (now + __L4_FURTHEST_POINT) >> 15 << 15;
        L4_Word64_t mantissa;
        L4_Word_t exponent = 0;

        if (at < now)
                at = now;
        if (at > last)
                at = last;
        for (;; exponent++) {
                L4_Word64_t unit = (L4_Word64_t)1 << exponent;
                mantissa = (at + unit - 1) >> exponent;
                if ((mantissa << exponent) - now <= 1023 * unit ||
                    exponent == 15)
                        break;
        }
        // Bit 10 of what is called mantissa here is c.
        return (L4_Time_t){ .raw = (L4_Word16_t)(1u << 15 | exponent << 11 |
                                                 (mantissa & 0x7FF)) };
}

// The same for the caller (it reads the clock).
L4_Time_t L4_TimePoint(L4_Clock_t at);

#endif
