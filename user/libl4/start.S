// SPDX-License-Identifier: MIT
// Where a program begins that the kernel starts: with registers that mean nothing, and
// without a stack. The kernel has filled the variables that begin as 0.

        .text
        .globl start
start:
        movl $__l4_stack_end, %esp
        xorl %ebp, %ebp
        call __l4_touch
        call main
1:
        call __l4_end
        jmp 1b

        .section .bss.__l4_stack, "aw", @nobits
        .balign 4096
        .skip 8192
__l4_stack_end:

        .section .note.GNU-stack, "", @progbits
