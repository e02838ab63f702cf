// SPDX-License-Identifier: MIT
// Instructions that end in an exception (accidents.S). While one is under way EBX is the
// address where the function would go on.
#ifndef CATCHER_ACCIDENTS_H
#define CATCHER_ACCIDENTS_H

void divide_by_zero(void);
void breakpoint(void);
void overflow(void);
void out_of_bounds(void);
void undefined_instruction(void);
void halt(void);
void disable_interrupts(void);
void closed_gate(void);
void call_from_nowhere(void);
void load_kernel_segment(void);

#endif
