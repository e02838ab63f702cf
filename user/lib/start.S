// SPDX-License-Identifier: MIT
// Where a program begins: ESP is the end of its stack, EAX says which of several
// instances it is. All other registers are 0.

        .text
        .globl start
start:
        pushl %eax
        call main
        pushl %eax
        call exit

        .section .note.GNU-stack, "", @progbits
