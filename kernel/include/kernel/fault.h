// SPDX-License-Identifier: MIT
// Traps in kernel mode. Nothing here is meant to happen: unless an observer
// takes it, a trap is reported in words and the machine stops. This path is
// used by no exercise, and uses none.
// Source: Intel SDM volume 3, chapter 6.
#ifndef KERNEL_FAULT_H
#define KERNEL_FAULT_H

#include <kernel/types.h>

#define TRAP_NMI 2
#define TRAP_BREAKPOINT 3 // INT3
#define TRAP_OVERFLOW 4   // INTO
#define TRAP_DEVICE_NOT_AVAILABLE 7
#define TRAP_DOUBLE_FAULT 8
#define TRAP_GENERAL_PROTECTION 13
#define TRAP_PAGE_FAULT 14
#define TRAP_MACHINE_CHECK 18

// The error code of a page fault.
#define FAULT_PRESENT 0x01u  // a right was missing, not the page
#define FAULT_WRITE 0x02u    // it was a write
#define FAULT_USER 0x04u     // ring 3 did it
#define FAULT_RESERVED 0x08u // an entry has a reserved bit set
#define FAULT_FETCH 0x10u    // an instruction was fetched (with PAE only)

// The interrupted program, as traps.S leaves it on the stack.
struct trap_frame {
        uint32_t cr2; // as it was when the trap came
        uint32_t gs, fs, es, ds;
        uint32_t edi, esi, ebp, unused, ebx, edx, ecx, eax;
        uint32_t vector;
        uint32_t error; // 0 where the vector has none
        uint32_t eip, cs, eflags;
        uint32_t esp, ss; // only from ring 3 and for those with a task
};

// Is it one of the vectors for which the processor changes tasks: double fault,
// NMI, machine check?
bool trap_is_task(uint32_t vector);

// The stack pointer of the interrupted program.
uint32_t trap_stack_pointer(const struct trap_frame *frame);

// Who is asked first when a trap comes; null for nobody. If it answers true,
// the program goes on from the frame, which it may have changed. Where the
// processor has changed tasks (trap_is_task) the program cannot go on, and the
// answer does not count; the observer runs on a stack of that task's and on the
// boot page-directory.
void trap_set_observer(bool (*observer)(struct trap_frame *frame));

// Where every trap arrives. Called by traps.S.
void trap_dispatch(struct trap_frame *frame);

// What the processor's manual calls the vector.
const char *trap_name(uint32_t vector);

// What lies at a virtual address, in words: "the guard page below the kernel's
// stack".
const char *address_in_words(struct vaddr address);

#endif
