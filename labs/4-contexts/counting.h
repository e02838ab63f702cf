// SPDX-License-Identifier: MIT
// What the tests of the timer share. Counter 2 goes as fast as counter 0, and one
// command holds fast what both say: so the two can be compared exactly, whatever
// else the machine has to do.
#ifndef COUNTING_H
#define COUNTING_H

#include "lines.h"

// Read-back commands: what counters 0 and 2 say; how counter 0 counts.
#define HOLD_BOTH 0xDAu
#define HOLD_STATUS_0 0xE2u
#define STATUS_COUNTS 0x3Fu // without the output and "not loaded yet"

#define TURN 0x10000u // counter 2 begins again

struct sample {
        uint32_t timer, clock;
};

static uint8_t port_b;

static inline uint32_t
read_counter(uint16_t port)
{
        uint32_t low = inb(port);

        return low | (uint32_t)inb(port) << 8;
}

static inline struct sample
sample(void)
{
        struct sample now;

        outb(PIT_CONTROL, HOLD_BOTH);
        now.timer = read_counter(PIT_COUNTER_0);
        now.clock = read_counter(PIT_COUNTER_2);
        return now;
}

// Counts from `a` to `b`, less than a turn of counter 2 later.
static inline uint32_t
between(struct sample a, struct sample b)
{
        return (a.clock - b.clock) % TURN;
}

static inline void
timer_begin(void)
{
        lines_begin();
        port_b = inb(PORT_B);
        outb(PORT_B, (port_b & (uint8_t)~PORT_B_SPEAKER) | PORT_B_GATE_2);
        outb(PIT_CONTROL, PIT_SELECT_2 | PIT_TWO_BYTES | PIT_PERIODIC);
        outb(PIT_COUNTER_2, 0);
        outb(PIT_COUNTER_2, 0);
        while (sample().clock < 2)
                ; // it has begun
}

static inline void
timer_end(void)
{
        line_calm_device(LINE_TIMER);
        outb(PORT_B, port_b);
        lines_end();
}

// The count that the period makes.
static inline uint32_t
count_of(uint32_t microseconds)
{
        return (uint32_t)((uint64_t)microseconds * PIT_FREQUENCY / 1000000);
}

// To one in a thousand, and rounded down.
static inline uint32_t
least_of(uint32_t microseconds)
{
        return (uint32_t)((uint64_t)microseconds * PIT_FREQUENCY * 999 /
                          1000000000);
}

// Does counter 0 go round in `count` counts?
static inline bool
fits(uint32_t count, struct sample a, struct sample b)
{
        uint32_t slack = time_is_exact() ? 0 : 3;
        uint32_t passed = between(a, b) % count;
        uint32_t due = (a.timer % count + count - passed) % count;
        uint32_t off = (b.timer % count + count - due) % count;

        return a.timer <= count && b.timer <= count &&
               (off <= slack || count - off <= slack);
}

// Does it go round in what the period makes?
static inline bool
fits_period(uint32_t microseconds, struct sample a, struct sample b)
{
        for (uint32_t count = least_of(microseconds);
             count <= count_of(microseconds); count++)
                if (fits(count, a, b))
                        return true;
        return false;
}

#endif
