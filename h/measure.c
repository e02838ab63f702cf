// SPDX-License-Identifier: MIT
// Measuring: how many instructions pass between two places. The contracts are in
// <h/h.h>.
#include <h/h.h>
#include <kernel/cpu.h>

static struct {
        uint64_t begin;
        bool running;
        struct h_measurement sum;
} measurements[H_MEASUREMENTS];

void
h_start_measurement(unsigned number)
{
        if (number >= H_MEASUREMENTS)
                return;

        // Last of all, so that little of this function is measured.
        measurements[number].running = true;
        measurements[number].begin = rdtsc();
}

void
h_stop_measurement(unsigned number)
{
        uint64_t end = rdtsc();
        if (number >= H_MEASUREMENTS || !measurements[number].running)
                return;

        measurements[number].running = false;
        measurements[number].sum.instructions +=
                end - measurements[number].begin;
        measurements[number].sum.times++;
}

struct h_measurement
h_read_measurement(unsigned number)
{
        if (number >= H_MEASUREMENTS)
                return (struct h_measurement){ 0 };
        return measurements[number].sum;
}
