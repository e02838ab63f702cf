// SPDX-License-Identifier: MIT
// Between entry.S, which leaves ring 3 and enters it, and the C around it.
#ifndef H_INTERNAL_ENTRY_H
#define H_INTERNAL_ENTRY_H

#include <kernel/descriptors.h>

// Vectors with a gate: exceptions, interrupt lines, and the one for system
// calls.
#define GATES 0x81
#define SYSTEM_CALL_GATE 0x80
// No gate: what SYSENTER leaves in H_HANDLER.
#define SYSENTER_VECTOR 0x81

// When vectors.S and sysenter.S have done their part, seven words lie in the
// context, from SS down to the vector, and ESP points to the last of them.
#define ENTRY_WORDS 7

#ifndef __ASSEMBLER__
#include <h/internal/context.h>

// Enters ring 3 with the registers of a context, and returns when ring 3 is
// left. All of them are in the context then, vector and error code too, DS and
// ES are KERNEL_DATA, and no flag of the program's is set in EFLAGS any more.
//
// ESP0 is context_stack(slot) already; the address space, FS, GS, and in the
// context CS, SS and EFLAGS are right. DS and ES are USER_DATA in ring 3,
// whatever the context says. (exercise 4.2)
void enter_user(struct context_slot *slot);

// Where ring 3 is left, after vectors.S has pushed code and vector behind what
// the processor has pushed: saves the other registers, and returns from
// enter_user. DS, ES, FS and GS are still the program's then, perhaps null:
// only what is reached through SS or CS can be reached.
//
// While h_run runs programs, ring 3 is left several times after one call of
// enter_user, which returns each time: nothing touches the 64 bytes below its
// argument in between, so that what it had there is there still. (exercise 4.2)
void leave_user(void);

// Where sysenter.S goes on: to leave_user, which context_enter sees to. While
// h_run runs programs, to run_sysenter. (vectors.S)
extern void (*sysenter_left)(void);

// Where the gates lead, one address for each vector, 0 where there is no gate
// or one to another task. From ring 0 each goes on where traps of the kernel's
// own go. (vectors.S)
extern const uint32_t gate_entries[GATES];

// Halts until an interrupt line is raised, and returns its vector. Interrupts
// are on until then, and off again. (vectors.S)
uint32_t wait_for_vector(void);

// Where SYSENTER arrives; the processor's stack is the word kernel_tss.esp0.
// sysenter_stepped is where it goes on when a single step has come in between.
// (sysenter.S)
void sysenter_entry(void);
void sysenter_stepped(void);

// Loads the table of gates and everything else by which ring 3 is left, for
// good (exercise 4.1):
//
//   GATES vectors   an interrupt gate of KERNEL_CODE to gate_entries[vector];
//                   not present where that is 0. By INT n, INT3 and INTO a
//                   program may use 3, 4 and SYSTEM_CALL_GATE, and no other
//   2, 8, 18        task gates to NMI_TSS, DOUBLE_FAULT_TSS, MACHINE_CHECK_TSS
//   kernel_tss      ss0: KERNEL_DATA; io_map: NO_IO_MAP. The rest stays: esp0
//                   is set whenever a context is entered
//   SYSENTER        to sysenter_entry, with KERNEL_CODE; its stack pointer is
//                   the address of kernel_tss.esp0
void gates_init(void);
#endif
#endif
