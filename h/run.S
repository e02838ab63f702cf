// SPDX-License-Identifier: MIT
// The bound form of execution: out of ring 3 to the client's handler, and back by
// SYSEXIT. The drawing of the stack is in <h/internal/run.h>, that of a context in
// <h/internal/context.h>.
//
// While programs run this way, DS and ES are USER_DATA in the kernel too. It is the
// same memory, and nothing has to be loaded on the way back to ring 3.
//
// Source: Intel SDM volume 2, SYSEXIT, and STI: no interrupt is taken before the
// instruction behind it has been executed; System V ABI, i386 supplement, 2.2 (a
// call finds ESP + 4 at a multiple of 16).

#include <h/internal/context.h>
#include <h/internal/entry.h>
#include <h/internal/run.h>

#define EDI 0
#define ESI 4
#define EBP 8
#define EBX 16
#define EAX 28

        .text

// From sysenter.S, with ESP at the vector, and the registers as the program had
// them. What it had in DS, ES, FS and GS is not asked for: nothing of it is left
// behind when something else runs.
        .globl run_sysenter
        .type run_sysenter, @function
run_sysenter:
        sub $CONTEXT_HANDLER - CONTEXT_DS, %esp
        pusha

        mov $RUN_STACK - 12, %esp // nine words are pushed: 48 bytes in all
        push %ebp
        push %ebx
        push %edi
        push %esi
        push %ecx
        push %edx
        push %eax
        mov $USER_DATA, %eax
        mov %eax, %ds
        mov %eax, %es
        mov execution + EXECUTION_RUNNING, %ebx
        mov CONTEXT_GENERATION(%ebx), %esi
        mov CONTEXT_INDEX(%ebx), %edi
        push %esi
        push %edi
        xor %ebp, %ebp // here every backtrace ends
        call *run_handlers + HANDLERS_SYSTEM_CALL

        // C keeps ESI and EDI; the context may be no more. Two words, and two in
        // place of what has been pushed.
        sub $8, %esp
        push %esi
        push %edi
        call run_returned
        .size run_sysenter, . - run_sysenter

        .globl run_enter
        .type run_enter, @function
run_enter:
        mov 4(%esp), %eax
        mov $boot_stack_top - 12, %esp
        push %eax
        xor %ebp, %ebp
        call enter_user
        // Again and again: the words above RUN_STACK stay.
        .globl run_left
        .type run_left, @function
run_left:
        mov $USER_DATA, %eax
        mov %eax, %ds
        mov %eax, %es
        mov $RUN_STACK, %esp
        xor %ebp, %ebp
        call run_event
        .size run_left, . - run_left
        .size run_enter, . - run_enter

// The context is in EAX.
        .globl run_sysexit
        .type run_sysexit, @function
run_sysexit:
        mov no_segment, %fs
        mov CONTEXT_GS(%eax), %gs
        mov CONTEXT_EIP(%eax), %edx
        mov CONTEXT_ESP(%eax), %ecx
        mov EDI(%eax), %edi
        mov ESI(%eax), %esi
        mov EBP(%eax), %ebp
        mov EBX(%eax), %ebx
        mov EAX(%eax), %eax
        sti
        sysexit
        .size run_sysexit, . - run_sysexit

        .section .rodata, "a"
        .balign 4
no_segment:
        .long 0

        .section .note.GNU-stack, "", @progbits
