// SPDX-License-Identifier: MIT
// The flags of the processor, bit by bit. The assembler reads this file too.
// Source: Intel SDM volume 1, 3.4.3.
#ifndef KERNEL_EFLAGS_H
#define KERNEL_EFLAGS_H

#include <kernel/layout.h>

#define EFLAGS_FIXED H4_U32(0x00000002) // bit 1, always set
#define EFLAGS_TF H4_U32(0x00000100)    // a trap after each instruction
#define EFLAGS_IF H4_U32(0x00000200)    // maskable interrupts are taken
#define EFLAGS_DF H4_U32(0x00000400)    // string instructions go downwards
#define EFLAGS_IOPL H4_U32(0x00003000)  // which rings may use all ports
#define EFLAGS_NT H4_U32(0x00004000)    // IRET goes back to another task
#define EFLAGS_RF H4_U32(0x00010000)    // no instruction breakpoint this time
#define EFLAGS_VM H4_U32(0x00020000)    // virtual-8086 mode
#define EFLAGS_AC H4_U32(0x00040000)    // ring 3: unaligned data traps
#define EFLAGS_ID H4_U32(0x00200000)    // can be changed where there is CPUID

#endif
