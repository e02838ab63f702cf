// SPDX-License-Identifier: MIT
// Tests of exercise 4.7: the timer ends a program that would never end by itself.
#include "ring3.h"

#include <h/internal/interrupts.h>
#include <h4/spaces.h>

// In Bochs an instruction takes a tenth of a microsecond, and a round of the
// program is two of them.
#define ROUNDS_A_MICROSECOND 5u

static uint32_t
counts_until_it_is_ended(uint32_t period)
{
        static const uint8_t counts[] = { 0x41, 0xEB, 0xFD }; // inc %ecx, back
        trying("a program that counts, after h_set_period(%u)", period);
        struct left left = ring3_runs(counts, sizeof(counts), 0);

        trying_over();
        outb(PIC1, PIC_END_OF_LINE + LINE_TIMER);
        expect_number(H_VECTOR_IRQ, left.vector,
                      "a program that counts, after h_set_period(%u): the "
                      "vector by which it is ended",
                      period);
        return left.ecx;
}

TEST(timer_ends_programs)
{
        static const uint32_t periods[] = { H_PERIOD_LEAST, 400,
                                            H_PERIOD_DEFAULT };

        ring3_begin();
        lines.gates[H_VECTOR_IRQ] =
                ring3_gate(lines.gates[H_VECTOR_IRQ], H_VECTOR_IRQ);
        for (size_t i = 0; i < sizeof(periods) / sizeof(periods[0]); i++) {
                uint32_t period = periods[i];
                uint32_t most = ROUNDS_A_MICROSECOND * period;

                expect_h(H_OK, h_set_period(period), "h_set_period(%u)",
                         period);
                lines_mask((uint16_t)(ALL_LINES & ~(1u << LINE_TIMER)));
                // The first time the line may have been raised already.
                counts_until_it_is_ended(period);
                for (unsigned round = 0; round < 3; round++) {
                        uint32_t count = counts_until_it_is_ended(period);

                        if (time_is_exact() && (count > most + most / 50 ||
                                                count + most / 10 + 50 < most))
                                fail("h_set_period(%u): a program is ended "
                                     "after %u rounds of two instructions, and "
                                     "%u take so long",
                                     period, count, most);
                }
        }
        line_calm_device(LINE_TIMER);
        ring3_end();
}
