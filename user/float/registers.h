// SPDX-License-Identifier: MIT
// All registers of the floating-point unit and of SSE, at once. registers.S knows
// where the members are.
#ifndef FLOAT_REGISTERS_H
#define FLOAT_REGISTERS_H

#include <stdint.h>

struct registers {
        int64_t x87[8];     // whole numbers, from the bottom of the stack on
        uint32_t xmm[8][4]; // XMM0 to XMM7
        uint32_t control;   // of the x87 unit: precision, rounding
        uint32_t mxcsr;     // the same of SSE
};

// Loads all of them, computes on with other registers for `turns` turns, lets
// others run, and says what is in them afterwards. They are as at the beginning of
// a program then.
void hold(const struct registers *in, struct registers *out, uint32_t turns);

// What is there when a program begins. FNSTENV writes control word, status, tags,
// and four words about the last instruction.
struct beginning {
        uint32_t environment[7];
        uint32_t mxcsr;
        uint32_t xmm[8][4];
};

void look(struct beginning *out);

#endif
