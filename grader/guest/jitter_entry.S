// SPDX-License-Identifier: MIT
// The instructions of schedules that are counted one by one. The contracts are in
// jitter.h.

#include <kernel/descriptors.h>

#define PIT_COUNTER_0 0x40
#define PIT_CONTROL 0x43
#define ONCE 0x30 // counter 0, two bytes, mode 0
#define FURTHEST 4000
#define MSR_TIME_STAMP 0x10
#define EIP_ABOVE 40 // PUSHA, DS, ES

// Waits, so that the instruction number `behind` behind this RDTSC finds the time-stamp
// counter's low word at `until`. Each counts as one, whatever it does. Where that is past,
// or too far off, it does not wait. Changes EAX, EDX and `until`.
.macro WAIT until, behind
        rdtsc
        sub %eax, \until
        sub $\behind + 2, \until
        cmp $FURTHEST, \until
        ja 2f
        shr $1, \until
        jnc 1f
        nop
1:      dec \until
        jns 1b
2:
.endm

        .text

        .globl jitter_set
        .type jitter_set, @function
jitter_set:
        push %ebx
        mov 8(%esp), %ecx
        mov 12(%esp), %ebx
        WAIT %ebx, 12
        mov $ONCE, %al
        out %al, $PIT_CONTROL
        mov %cl, %al
        out %al, $PIT_COUNTER_0
        mov %ch, %al
        out %al, $PIT_COUNTER_0
        pop %ebx
        ret
        .size jitter_set, . - jitter_set

        .globl jitter_zero
        .type jitter_zero, @function
jitter_zero:
        push %ebx
        mov 8(%esp), %ebx
        mov $MSR_TIME_STAMP, %ecx
        WAIT %ebx, 9
        xor %eax, %eax
        xor %edx, %edx
        wrmsr
        pop %ebx
        ret
        .size jitter_zero, . - jitter_zero

// Below what the processor has pushed there are 14 words that nobody needs yet: in a
// context they are the registers that leave_user fills (<h/internal/context.h>).
        .globl jitter_interrupt
        .type jitter_interrupt, @function
jitter_interrupt:
        pusha
        push %ds
        push %es
        mov $KERNEL_DATA, %eax
        mov %eax, %ds
        mov %eax, %es
        cld
        mov %esp, %ebx
        mov $stack_end - 16, %esp
        mov EIP_ABOVE(%ebx), %eax
        mov %eax, (%esp)
        call jitter_tick
        mov %ebx, %esp
        pop %es
        pop %ds
        popa
        jmp system_counts
        .size jitter_interrupt, . - jitter_interrupt

        .bss
        .balign 16
        .skip 2048
stack_end:

        .section .note.GNU-stack, "", @progbits
