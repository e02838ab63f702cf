// SPDX-License-Identifier: MIT
// Which interrupts a schedule has, and how the timer is made to bring them. The
// contracts and a drawing are in jitter.h.
//
// Source: Intel 8254 data sheet (mode 2: a count is loaded one clock after it was
// written, and counts down to 1).
#include "jitter.h"

#include "harness.h"

#include <h/internal/interrupts.h>
#include <kernel/cpu.h>
#include <kernel/pit.h>

#include "system_model.h"

#pragma weak clock_init

#define PER_MICROSECOND 10u   // instructions
#define CLOCKS 1193181u       // of the counter, a second
#define MICROSECONDS 1000000u // a second
#define SECOND 10000000u      // instructions in one

#define PERIOD 1000u // microseconds: how often H has the timer come
#define ENTRY 60u   // microseconds that L4 takes from an interrupt to a program
#define MARGIN 250u // instructions in which all is worked out
#define LOADED 1u   // clocks from writing a count to its beginning

// How close together interrupts come: at the ordinary rate, each moved within its
// time; at rates that differ by three powers of ten; or several at once, and then a
// while none.
enum pace {
        MOVED,
        SCATTERED,
        CROWDED,
        PACES
};

static struct {
        bool asked;
        uint32_t seed;
        uint32_t state; // of the random numbers
        enum pace pace;

        // Low words of the time-stamp counter: at a second's beginning, by the
        // counter's clock, and when the last whole period ended.
        uint32_t second;
        uint32_t period;

        bool has_some;  // interrupts were set, whether they have come or not
        uint32_t ticks; // so far
        uint32_t digest;
} jitter;

_Static_assert(SECOND == MICROSECONDS * PER_MICROSECOND, "a second");

uint32_t jitter_runs;

static uint32_t
now(void)
{
        return (uint32_t)rdtsc();
}

// xorshift, as random.c, but a row of its own: the test's own data stays the same.
uint32_t
jitter_below(uint32_t limit)
{
        jitter.state ^= jitter.state << 13;
        jitter.state ^= jitter.state >> 17;
        jitter.state ^= jitter.state << 5;
        return (uint32_t)(((uint64_t)jitter.state * limit) >> 32);
}

static void
mix(uint32_t *hash, uint32_t word)
{
        for (unsigned i = 0; i < 4; i++)
                *hash = (*hash ^ (word >> 8 * i & 0xFF)) * 16777619u;
}

void
jitter_prepare(uint32_t seed)
{
        jitter.asked = true;
        jitter.seed = seed;

        // A whole second from the start, when the counter's clock and
        // microseconds meet.
        uint64_t second = rdtsc() / SECOND * SECOND + SECOND;
        while (second - rdtsc() > 1000)
                ;
        jitter_zero((uint32_t)second);
        jitter.second = 0;
        if (clock_init)
                clock_init();
}

bool
jitter_asked(void)
{
        return jitter.asked;
}

void
jitter_test_begins(const char *name)
{
        if (!jitter.asked)
                return;
        uint32_t hash = 2166136261u;
        mix(&hash, jitter.seed);
        for (; *name; name++)
                hash = (hash ^ (uint8_t)*name) * 16777619u;
        jitter.state = hash ? hash : 1;
        for (unsigned i = 0; i < 8; i++)
                jitter_below(1);
        jitter.pace = (enum pace)jitter_below(PACES);
        jitter.has_some = false;
        jitter.ticks = 0;
        jitter.digest = 2166136261u;
}

// The second in which `when` is.
static uint32_t
into_second(uint32_t when)
{
        while (when - jitter.second >= SECOND)
                jitter.second += SECOND;
        return when - jitter.second;
}

void
jitter_align(void)
{
        if (!jitter.asked)
                return;
        uint32_t into = into_second(now());
        into = (into / PER_MICROSECOND + 20) * PER_MICROSECOND;
        jitter_zero(jitter.second + into);
        jitter.second = -into;
        // H's clock does not go back.
        if (clock_init)
                clock_init();
}

// The counter's clock, so many microseconds after a second's beginning.
static uint32_t
clock_at(uint32_t microseconds)
{
        uint64_t product = (uint64_t)microseconds * CLOCKS;
        uint32_t quotient, rest;
        __asm__("divl %4"
                : "=a"(quotient), "=d"(rest)
                : "a"((uint32_t)product), "d"((uint32_t)(product >> 32)),
                  "rm"(MICROSECONDS)
                : "cc");
        return quotient;
}

static void
set(uint32_t delay)
{
        uint32_t when = now() + MARGIN + jitter_below(PER_MICROSECOND);
        uint32_t from = into_second(when) / PER_MICROSECOND;

        jitter.has_some = true;
        jitter_set(clock_at(from + delay) - clock_at(from) - LOADED, when);
}

static uint32_t
draw(void)
{
        switch (jitter.pace) {
        case MOVED:
                return 2 + jitter_below(2 * PERIOD);
        case SCATTERED:
                return ENTRY + jitter_below(16u << jitter_below(8));
        default:
                return ENTRY + (jitter_below(4) ? jitter_below(40)
                                                : jitter_below(4 * PERIOD));
        }
}

void
jitter_start(void)
{
        if (!jitter.asked)
                return;
        jitter.period = now();
        jitter_runs = 1;
        set(draw());
}

void
jitter_once(uint32_t most)
{
        set(2 + jitter_below(most));
}

void
jitter_next(uint32_t count)
{
        // The counter has taken the count before, one clock after it was written.
        uint32_t begin = now();
        while (now() - begin < 3 * PER_MICROSECOND)
                ;
        outb(PIT_COUNTER_0, count & 0xFF);
        outb(PIT_COUNTER_0, (uint8_t)(count >> 8));
}

void
jitter_stop(void)
{
        jitter_runs = 0;
}

void
jitter_note(uint32_t where)
{
        jitter.ticks++;
        mix(&jitter.digest, where);
        mix(&jitter.digest, now());
}

void
jitter_tick(uint32_t where)
{
        uint32_t at = now();

        jitter_note(where);
        // What tests are limited by is periods, whatever comes within them.
        if (at - jitter.period < PERIOD * PER_MICROSECOND)
                system_ticks_left++;
        else
                jitter.period += PERIOD * PER_MICROSECOND;
        set(draw());
}

void
jitter_test_over(void)
{
        if (jitter.asked && jitter.has_some)
                protocol_line("# schedule %u %u 0x%08x", jitter.pace,
                              jitter.ticks, jitter.digest);
}
