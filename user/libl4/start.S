// SPDX-License-Identifier: MIT
// Where a program begins, with registers that mean nothing but for ESP: it is 0 if nobody
// has given the program a stack. The kernel gives none. Who has loaded the program has
// filled the variables that begin as 0.

        .text
        .globl start
start:
        testl %esp, %esp
        jnz 1f
        movl $__l4_stack_end, %esp
1:
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
