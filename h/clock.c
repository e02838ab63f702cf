// SPDX-License-Identifier: MIT
// The time since the machine was started: the time-stamp counter, which began
// at 0 then, divided by how fast it goes. How fast, the interval timer's
// counter 2 tells once.
//
// Source: Intel 8254 data sheet (mode 0); IBM PC/AT Technical Reference (port
// B); Intel SDM volume 3, 17.17 (time-stamp counter).
#include <h/internal/interrupts.h>
#include <kernel/cpu.h>
#include <kernel/panic.h>
#include <kernel/pit.h>

// How long it is compared: 3.4 ms.
#define COMPARED 4096u

#define MICROSECONDS 1000000u // in a second

// Microseconds a tick of the time-stamp counter, in units of 2^-32; 0: not known yet.
// It is asked once, however often all begins anew: no machine changes it.
static uint32_t per_tick;

static uint64_t last;

// The ticks in which counter 2 counts down from COMPARED. In mode 0 its output
// is low from the control word on, and rises when it is through.
static uint64_t
compare(void)
{
        uint8_t before = inb(PORT_B);

        outb(PORT_B, (before & (uint8_t)~PORT_B_SPEAKER) | PORT_B_GATE_2);
        outb(PIT_CONTROL, PIT_SELECT_2 | PIT_TWO_BYTES | PIT_ONCE);
        outb(PIT_COUNTER_2, COMPARED & 0xFF);
        outb(PIT_COUNTER_2, COMPARED >> 8);

        uint64_t begin = rdtsc();
        while ((inb(PORT_B) & PORT_B_OUTPUT_2) == 0)
                ;
        uint64_t ticks = rdtsc() - begin;

        outb(PORT_B, before);
        return ticks;
}

static void
learn_speed(void)
{
        uint64_t microseconds = (uint64_t)COMPARED * MICROSECONDS;
        uint64_t ticks = compare() * PIT_FREQUENCY;

        if (ticks <= microseconds)
                panic("the time-stamp counter is slower than one tick a "
                      "microsecond");
        per_tick = (uint32_t)((microseconds << 32) / ticks);
}

void
clock_init(void)
{
        if (per_tick == 0)
                learn_speed();
        last = 0;
}

uint64_t
h_clock(void)
{
        uint64_t ticks = rdtsc();
        uint64_t now = ((ticks & UINT32_MAX) * per_tick >> 32) +
                       (ticks >> 32) * per_tick;

        // Also where a machine's counter does what it should not.
        if (now > last)
                last = now;
        return last;
}
