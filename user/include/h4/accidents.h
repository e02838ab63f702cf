// SPDX-License-Identifier: MIT
// Instructions that raise exceptions, with registers that are known. Whoever handles one
// lets it go on at accident_over, and what is in the registers then is what the
// function gives back.
#ifndef USER_H4_ACCIDENTS_H
#define USER_H4_ACCIDENTS_H

#include <h4/answers.h>

#define ACCIDENT(name)                                                         \
        void accident_##name(struct registers *all);                           \
        extern const char accident_##name##_ip[]

ACCIDENT(undefined_instruction);
ACCIDENT(breakpoint);
ACCIDENT(overflow);
ACCIDENT(out_of_bounds);
ACCIDENT(halt);
ACCIDENT(disable_interrupts);
ACCIDENT(closed_gate);
ACCIDENT(port);
ACCIDENT(call_from_nowhere);

extern const char accident_over[];

// The flags when it went on.
extern L4_Word_t accident_flags;

#endif
