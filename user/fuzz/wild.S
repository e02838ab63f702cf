// SPDX-License-Identifier: MIT
// The contracts are in wild.h.

        .text

// Of the flags those that a program may set, but for TF.
        .macro WILD name, instruction:vararg
        .globl wild_\name
wild_\name:
        movl 4(%esp), %edi
        movl 28(%edi), %eax
        andl $0xCD5, %eax
        pushl %eax
        popfl
        movl (%edi), %eax
        movl 4(%edi), %ecx
        movl 8(%edi), %edx
        movl 12(%edi), %ebx
        movl 16(%edi), %ebp
        movl 20(%edi), %esi
        movl 32(%edi), %esp
        movl 24(%edi), %edi
        \instruction
        ud2
        .endm

        WILD jump, jmp *%eax
        WILD gate, int $0x80
        WILD sysenter, sysenter

        .section .note.GNU-stack, "", @progbits
