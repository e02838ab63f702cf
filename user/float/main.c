// SPDX-License-Identifier: MIT
// Has something in every register of the x87 unit and of SSE, while another
// instance of it has something else there. Neither sees the other's.
#include "registers.h"

#include <stdbool.h>
#include <stddef.h>
#include <user/string.h>
#include <user/system.h>

#define TIMES 20u
#define TURNS 20000u

_Static_assert(offsetof(struct registers, xmm) == 64 &&
                       offsetof(struct registers, control) == 192 &&
                       offsetof(struct registers, mxcsr) == 196 &&
                       offsetof(struct beginning, mxcsr) == 28 &&
                       offsetof(struct beginning, xmm) == 32,
               "registers.S knows these offsets");

// After FNINIT: this control word, and nothing on the stack of registers.
#define USUAL_CONTROL 0x037Fu
#define ALL_EMPTY 0xFFFFu
#define USUAL_MXCSR 0x1F80u
#define LOWER_HALF 0xFFFFu

// Is nothing of anybody's in the registers?
static bool
nothing_there(const struct beginning *found)
{
        static const uint32_t zeros[8][4];

        return (found->environment[0] & LOWER_HALF) == USUAL_CONTROL &&
               (found->environment[2] & LOWER_HALF) == ALL_EMPTY &&
               found->mxcsr == USUAL_MXCSR &&
               memcmp(found->xmm, zeros, sizeof(zeros)) == 0;
}

// Something in each register that no other instance and no other time has.
static void
fill(struct registers *out, uint32_t instance, uint32_t time)
{
        uint32_t value = instance * 1000000 + time * 1000;

        memset(out, 0, sizeof(*out));
        for (uint32_t i = 0; i < 8; i++) {
                out->x87[i] = -((int64_t)(value + i) << 24);
                for (uint32_t part = 0; part < 4; part++)
                        out->xmm[i][part] = value + 8 + 4 * i + part;
        }
        // How to round: upward, downward, or to nearest.
        out->control = USUAL_CONTROL | (instance & 3) << 10;
        out->mxcsr = USUAL_MXCSR | (instance & 3) << 13;
}

// The sum of 1/n!, with the x87 unit. It is 2.7182818...
static bool
finds_e(void)
{
        double sum = 1;
        double term = 1;

        for (int n = 1; n < 20; n++) {
                term /= n;
                sum += term;
        }
        return (uint32_t)(sum * 10000000) == 27182818;
}

uint32_t
main(uint32_t instance)
{
        struct beginning beginning;
        struct registers in, out;
        uint32_t kept = 0;

        look(&beginning);
        if (!nothing_there(&beginning)) {
                print("There is something in my registers already.\n");
                return 1;
        }
        for (uint32_t time = 0; time < TIMES; time++) {
                fill(&in, instance, time);
                memset(&out, 0, sizeof(out));
                hold(&in, &out, TURNS);
                if (memcmp(&in, &out, sizeof(in)) == 0)
                        kept++;
        }
        print_number(kept);
        print(" of ");
        print_number(TIMES);
        print(" times all floating-point registers were mine alone.\n");
        return kept == TIMES && finds_e() ? 0 : 1;
}
