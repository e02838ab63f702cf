// SPDX-License-Identifier: MIT
// Leaving the kernel's stack, and coming back to it. The contracts are in
// <h4/kept_stack.h>.

#include <kernel/descriptors.h>

#define STACK_BYTES 0x4000 // of the kernel's stack

        .text
        .globl call_keeping_stack, stack_again
        .type call_keeping_stack, @function
        .type stack_again, @function
call_keeping_stack:
        push %ebp
        push %ebx
        push %esi
        push %edi
        mov 20(%esp), %eax
        mov %esp, kept_at
        mov %esp, %esi
        mov $kept_stack, %edi
        mov $boot_stack_top, %ecx
        sub %esi, %ecx
        shr $2, %ecx
        cld
        rep movsl
        call *%eax
        .size call_keeping_stack, . - call_keeping_stack

// Without a word on the stack: it is the one that is written.
stack_again:
        mov $KERNEL_DATA, %eax
        mov %eax, %ds
        mov %eax, %es
        cld
        mov kept_at, %edi
        mov %edi, %esp
        mov $kept_stack, %esi
        mov $boot_stack_top, %ecx
        sub %edi, %ecx
        shr $2, %ecx
        rep movsl
        pop %edi
        pop %esi
        pop %ebx
        pop %ebp
        ret
        .size stack_again, . - stack_again

        .bss
        .balign 4
kept_stack:
        .skip STACK_BYTES
kept_at:
        .skip 4

        .section .note.GNU-stack, "", @progbits
