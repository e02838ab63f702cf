// SPDX-License-Identifier: MIT
// What a program may not do, in the fewest instructions. In assembly, as a compiler
// may do with such code what it likes.
#ifndef FAULTY_ACTIONS_H
#define FAULTY_ACTIONS_H

void read_null(void);
void write_code(void); // at write_code itself
void read_kernel(void);
void write_kernel(void);
void divide_by_zero(void);
void undefined_instruction(void);
void breakpoint(void);
void halt(void);
void disable_interrupts(void);
void load_cr3(void);
void read_port(void);
void other_gate(void);
void far_call(void);

// The kernel's image, seen from there.
#define KERNEL_ADDRESS 0xC0100000

#endif
