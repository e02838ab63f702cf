// SPDX-License-Identifier: MIT
// Where a root program begins: nobody has given it a stack.

        .text
        .globl start
start:
        movl $stack_end, %esp
        call main
        ud2

// The address of the kernel interface page: what the kernel answers to an
// instruction that is none.
        .globl find_kip
find_kip:
        lock
        nop
        ret

// thread_switch(kip, to), by the code in the page: it changes no register.
        .globl thread_switch
thread_switch:
        movl 4(%esp), %ecx
        movl 8(%esp), %eax
        addl 0xF4(%ecx), %ecx
        jmp *%ecx

        .bss
        .balign 16
        .skip 4096
stack_end:

        .section .note.GNU-stack, "", @progbits
