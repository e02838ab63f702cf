// SPDX-License-Identifier: MIT
// System calls that are instructions no program can carry out.
#ifndef L4_INSTRUCTION_H
#define L4_INSTRUCTION_H

#include "thread.h"

// Has the instruction that raised this vector asked the kernel for something? Then it
// has been answered, and the thread goes on.
//
//   LOCK NOP                    KernelInterface: EAX is where the kernel interface
//                               page is, ECX the API's version, EDX its flags, ESI
//                               the kernel's ID
//   INT3, no exception handler  asks a debugger, of which there is none; before
//                               CMP $13, %al: for a character of the console, in AL
//   any that raises vector 13   a thread gets its space's ports when it first needs
//   with code 0                 them, and tries again: who has none is switched to
//                               faster
bool instruction_is_call(struct thread *thread, uint8_t vector, uint32_t code);

// The ports that the thread's instruction uses, an IN, OUT, INS or OUTS, as the smallest
// flexpage that has all of them; FPAGE_NIL: it is another one.
uint32_t instruction_ports(const struct thread *thread);

#endif
