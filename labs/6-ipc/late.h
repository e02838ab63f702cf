// SPDX-License-Identifier: MIT
// A machine that has been on for long: its clock needs more than 32 bits. Where the
// time-stamp counter cannot be set, as some emulators have it, the clock stays as it is.
#ifndef LAB6_LATE_H
#define LAB6_LATE_H

#include <h/h.h>
#include <h/internal/interrupts.h>
#include <kernel/cpu.h>

#define LATE_MSR 0x10u          // the time-stamp counter's
#define LATE_TICKS (1ull << 45) // 2^32 microseconds and more, up to 8 GHz

static inline void
late_set(uint64_t ticks)
{
        __asm__ volatile("wrmsr"
                         :
                         : "c"(LATE_MSR), "a"((uint32_t)ticks),
                           "d"((uint32_t)(ticks >> 32)));
}

static inline void
late_begin(void)
{
        late_set(rdtsc() + LATE_TICKS);
}

// As before.
static inline void
late_end(void)
{
        uint64_t now = rdtsc();

        if (now >= LATE_TICKS)
                late_set(now - LATE_TICKS);
        clock_init();
}

#endif
