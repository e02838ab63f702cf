// SPDX-License-Identifier: MIT
// Where the gates lead. From ring 3 the processor has taken ESP from ESP0,
// which points into the running context, and has pushed there SS, ESP, EFLAGS,
// CS, EIP and for some exceptions an error code. Here the error code, where
// there is none, and the vector are put below that; then it goes on at
// leave_user.
//
// Interrupts are off, TF, NT, RF and VM are clear. DS, ES, FS and GS are the
// program's, and may be null: until they are loaded, memory is reached through
// SS and CS only.
//
// In ring 0 nothing is to happen, and what does is the kernel's own affair
// (kernel/traps.S). Two things are expected: the interrupt for which
// wait_for_vector waits, and a single step over SYSENTER (sysenter.S).
//
// Source: Intel SDM volume 3, 6.12.1 (stacks, flags), 6.13 (error codes);
// volume 2, STI (interrupts are taken one instruction behind it).

#include <h/internal/context.h>
#include <h/internal/entry.h>
#include <kernel/eflags.h>

// What is an exception for the kernel's own gates where ours have a vector
// more: general protection, by the gate of that vector.
#define GENERAL_PROTECTION 13
#define BY_GATE 2

        .text

// From ring 0, with the stack as the processor has left it.
.macro FROM_RING_0 vector
        .if \vector == SYSTEM_CALL_GATE
        push $\vector * 8 + BY_GATE
        jmp *%cs:trap_entries + 4 * GENERAL_PROTECTION
        .else
        .if \vector == 1
        cmpl $sysenter_entry, (%esp)
        je single_step
        .endif
        .if \vector >= IRQ_BASE
        cmpl $waited, (%esp)
        jne 2f
        mov $\vector, %eax
        jmp wake
2:
        .endif
        jmp *%cs:trap_entries + 4 * \vector
        .endif
.endm

        .altmacro
.macro VECTOR_ENTRY vector
vector_\vector:
        .set with_code, 0
        .if \vector < EXCEPTIONS
        .set with_code, (WITH_ERROR_CODE >> \vector) & 1
        .endif
        testb $3, 4 + 4 * with_code(%esp)
        jz 1f
        .if !with_code
        push $0
        .endif
        push $\vector
        .if \vector == SYSTEM_CALL_GATE
        orl $CONTEXT_CALL, CONTEXT_FLAGS - CONTEXT_END + 4 * ENTRY_WORDS(%esp)
        .endif
        jmp leave_user
1:
        FROM_RING_0 \vector
.endm

        .set vector, 0
        .rept VECTORS
        VECTOR_ENTRY %vector
        .set vector, vector + 1
        .endr
        .set vector, SYSTEM_CALL_GATE
        VECTOR_ENTRY %vector

// The program was being stepped when it came here by SYSENTER, and no
// instruction in ring 0 has been executed yet.
        .type single_step, @function
single_step:
        movl $sysenter_stepped, (%esp)
        andl $~EFLAGS_TF, 8(%esp)
        iret
        .size single_step, . - single_step

// An interrupt behind the HLT below: it goes on with interrupts off. EAX holds
// the vector.
        .type wake, @function
wake:
        andl $~EFLAGS_IF, 8(%esp)
        iret
        .size wake, . - wake

// No interrupt is taken between STI and HLT.
        .globl wait_for_vector
        .type wait_for_vector, @function
wait_for_vector:
        sti
        hlt
waited: ret
        .size wait_for_vector, . - wait_for_vector

        .data
        .balign 4
        .globl sysenter_left
sysenter_left:
        .long leave_user

        .section .rodata, "a"
        .globl gate_entries
        .balign 4
gate_entries:
.macro GATE_ENTRY vector
        // Non-maskable interrupt, double fault and machine check change tasks.
        .if \vector == 2 || \vector == 8 || \vector == 18
        .long 0
        .else
        .if \vector < VECTORS || \vector == SYSTEM_CALL_GATE
        .long vector_\vector
        .else
        .long 0
        .endif
        .endif
.endm
        .set vector, 0
        .rept GATES
        GATE_ENTRY %vector
        .set vector, vector + 1
        .endr

        .section .note.GNU-stack, "", @progbits
