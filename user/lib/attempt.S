// SPDX-License-Identifier: MIT
// Code that may end in an exception. Whatever it has done to registers and stack,
// `recover` begins with nothing but the one word in memory.
#include <user/calls.h>

        .section .text.attempt, "ax"
        .globl attempt
attempt:
        pushl %ebp
        pushl %ebx
        pushl %esi
        pushl %edi
        movl %esp, attempt_stack
        movl $CALL_RECOVER, %eax
        movl $recover, %edx
        int $0x80
        call *20(%esp)
        movl $0xFFFFFFFF, %eax // ATTEMPT_FINE
        xorl %edx, %edx
recover:
        cld
        movl attempt_stack, %esp
        movl 24(%esp), %ecx
        movl %edx, (%ecx)
        movl %eax, %esi
        movl $CALL_RECOVER, %eax
        xorl %edx, %edx
        int $0x80
        movl %esi, %eax
        popl %edi
        popl %esi
        popl %ebx
        popl %ebp
        ret

        .section .bss.attempt_stack, "aw", @nobits
        .balign 4
attempt_stack:
        .skip 4

        .section .note.GNU-stack, "", @progbits
