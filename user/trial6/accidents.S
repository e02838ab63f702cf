// SPDX-License-Identifier: MIT
// The contracts are in <h4/accidents.h>.

        .text

// void accident_NAME(struct registers *all): `name`_ip is where EIP is in the message.
        .macro BEGIN name
        .globl accident_\name
accident_\name:
        pushl %ebp
        pushl %ebx
        pushl %esi
        pushl %edi
        movl 20(%esp), %edi
        movl (%edi), %eax
        movl 4(%edi), %ecx
        movl 8(%edi), %edx
        movl 12(%edi), %ebx
        movl 16(%edi), %ebp
        movl 20(%edi), %esi
        movl 24(%edi), %edi
        .endm

        .macro FAULT name, instruction:vararg
        BEGIN \name
        .globl accident_\name\()_ip
accident_\name\()_ip:
        \instruction
        jmp accident_over
        .endm

// One that is told of behind its instruction.
        .macro TRAP name, instruction:vararg
        BEGIN \name
        \instruction
        .globl accident_\name\()_ip
accident_\name\()_ip:
        jmp accident_over
        .endm

        FAULT undefined_instruction, ud2
        TRAP breakpoint, int3
        FAULT halt, hlt
        FAULT disable_interrupts, cli
        FAULT closed_gate, int $0x20
        FAULT port, outb %al, $0x80
        FAULT call_from_nowhere, int $0x80

// Too much for a byte with a sign: the flag OF, and no register is changed.
        BEGIN overflow
        pushl %eax
        movb $0x7F, %al
        addb $1, %al
        popl %eax
        into
        .globl accident_overflow_ip
accident_overflow_ip:
        jmp accident_over

        BEGIN out_of_bounds
        .globl accident_out_of_bounds_ip
accident_out_of_bounds_ip:
        bound %eax, limits
        jmp accident_over

        .globl accident_over
accident_over:
        pushl %edi
        pushfl
        popl accident_flags
        movl 24(%esp), %edi
        movl %eax, (%edi)
        movl %ecx, 4(%edi)
        movl %edx, 8(%edi)
        movl %ebx, 12(%edi)
        movl %ebp, 16(%edi)
        movl %esi, 20(%edi)
        popl 24(%edi)
        cld
        popl %edi
        popl %esi
        popl %ebx
        popl %ebp
        ret

        .section .rodata
        .balign 4
limits:
        .long 1, 2

        .bss
        .balign 4
        .globl accident_flags
accident_flags:
        .skip 4

        .section .note.GNU-stack, "", @progbits
