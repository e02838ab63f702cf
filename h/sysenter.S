// SPDX-License-Identifier: MIT
// The other way to call the kernel. SYSENTER saves nothing: it loads CS, SS,
// EIP and ESP with what is set up for it, and clears IF, VM and RF. By
// convention the program has left in EBX where to go on, and in EBP its stack
// pointer. Here the words are pushed that a gate would have pushed.
//
// NT, AC, DF and TF are as the program had them. With NT an IRET in the kernel
// would go back to another task; with TF a single step is due before the first
// instruction here, in ring 0. vectors.S takes it, clears TF and goes on at
// sysenter_stepped: the context gets its TF back, and a note that the step is
// still to be told.
//
// Source: Intel SDM volume 2, SYSENTER; volume 3, 5.8.7 and 17.3.1.4.

#include <h/internal/context.h>
#include <h/internal/entry.h>
#include <kernel/eflags.h>

        .text

        .globl sysenter_entry
        .type sysenter_entry, @function
sysenter_entry:
        mov (%esp), %esp // from &kernel_tss.esp0 to what that says
        push $USER_DATA
        push %ebp
        pushf
        orl $EFLAGS_IF, (%esp)
called:
        push $EFLAGS_FIXED
        popf
        push $USER_CODE
        push %ebx
        push $0
        push $SYSENTER_VECTOR
        orl $CONTEXT_CALL + CONTEXT_SYSENTER, \
                CONTEXT_FLAGS - CONTEXT_END + 4 * ENTRY_WORDS(%esp)
        jmp *%ss:sysenter_left
        .size sysenter_entry, . - sysenter_entry

        .globl sysenter_stepped
        .type sysenter_stepped, @function
sysenter_stepped:
        // Of the single step EFLAGS was pushed there: see kernel/task.S.
        movl $0, %ss:kernel_tss
        mov (%esp), %esp
        push $USER_DATA
        push %ebp
        pushf
        // Three words have been pushed; from here on flags may change.
        orl $EFLAGS_IF + EFLAGS_TF, (%esp)
        orl $CONTEXT_DEBUG, CONTEXT_FLAGS - CONTEXT_END + 4 * 3(%esp)
        jmp called
        .size sysenter_stepped, . - sysenter_stepped

        .section .note.GNU-stack, "", @progbits
