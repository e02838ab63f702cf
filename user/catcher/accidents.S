// SPDX-License-Identifier: MIT
// The contract is in accidents.h.

        .macro ACCIDENT name
        .section .text.\name, "ax"
        .globl \name
\name:
        pushl %ebx
        movl $\name\()_over, %ebx
        .endm

        .macro OVER name
\name\()_over:
        popl %ebx
        ret
        .endm

        ACCIDENT divide_by_zero
        xorl %ecx, %ecx
        divl %ecx
        OVER divide_by_zero

        ACCIDENT breakpoint
        int3
        OVER breakpoint

        ACCIDENT overflow
        movb $127, %al
        incb %al
        into
        OVER overflow

        // 5 is not between 0 and 4. (BOUND %eax, bounds: assemblers differ about how
        // to write it.)
        ACCIDENT out_of_bounds
        movl $5, %eax
        .byte 0x62, 0x05
        .long bounds
        OVER out_of_bounds

        ACCIDENT undefined_instruction
        ud2
        OVER undefined_instruction

        ACCIDENT halt
        hlt
        OVER halt

        ACCIDENT disable_interrupts
        cli
        OVER disable_interrupts

        ACCIDENT closed_gate
        int $0x20
        OVER closed_gate

        // System calls are made by code of the kernel interface page alone.
        ACCIDENT call_from_nowhere
        int $0x80
        OVER call_from_nowhere

        ACCIDENT load_kernel_segment
        movl $0x10, %eax
        movl %eax, %fs
        OVER load_kernel_segment

        .section .rodata.bounds, "a"
        .balign 4
bounds:
        .long 0, 4

        .section .note.GNU-stack, "", @progbits
