// SPDX-License-Identifier: MIT
// The counter that H's measurements read, against the clock. The contract is in
// frequency.h.
#include "frequency.h"

#include <h/h.h>

#define NUMBER 7u // of H's measurements, the last one
#define MICROSECONDS 2000u

uint32_t
clock_khz(void)
{
        struct h_measurement before = h_read_measurement(NUMBER);
        uint64_t from = h_clock();
        uint64_t to = from;

        h_start_measurement(NUMBER);
        while (to - from < MICROSECONDS)
                to = h_clock();
        h_stop_measurement(NUMBER);
        uint64_t counted =
                h_read_measurement(NUMBER).instructions - before.instructions;
        // In 32 bits: there are fewer than 2^22 ticks in a thousandth of a second.
        return (uint32_t)counted / (uint32_t)(to - from) * 1000 +
               (uint32_t)counted % (uint32_t)(to - from) * 1000 /
                       (uint32_t)(to - from);
}
