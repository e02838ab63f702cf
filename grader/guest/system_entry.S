// SPDX-License-Identifier: MIT
// The timer's interrupts, counted before H hears of them: also those for which H waits
// when no program can run. What is declared here is in system_model.h.

        .text
        .globl system_tick
        .type system_tick, @function
// ESP is as the processor has left it, DS may be anything, and no register is to
// change.
system_tick:
        cmpl $0, %ss:jitter_runs
        jne jitter_interrupt
        .globl system_counts
system_counts:
        decl %ss:system_ticks_left
        jg 1f
        testb $3, 4(%esp) // the level of CS: at 0 somebody waits for interrupts
        jz 2f
1:      jmp *%ss:system_tick_inner
2:      movl $1, %ss:system_was_idle
        jmp stack_again
        .size system_tick, . - system_tick

        .bss
        .balign 4
        .globl system_ticks_left, system_was_idle, system_tick_inner
system_ticks_left:
        .skip 4
system_was_idle:
        .skip 4
system_tick_inner:
        .skip 4

        .section .note.GNU-stack, "", @progbits
