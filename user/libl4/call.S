// SPDX-License-Identifier: MIT
// A system call with all registers.

// void __l4_call(struct __l4_registers *registers, L4_Word_t call): puts them in
// place, CALLs, and puts back what is in them then. They lie in the order in which
// they are named here.
        .section .text.__l4_call, "ax"
        .globl __l4_call
__l4_call:
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
        call *24(%esp)

        // One register is needed to find them again.
        pushl %edi
        movl 24(%esp), %edi
        movl %eax, (%edi)
        movl %ecx, 4(%edi)
        movl %edx, 8(%edi)
        movl %ebx, 12(%edi)
        movl %ebp, 16(%edi)
        movl %esi, 20(%edi)
        popl 24(%edi)
        popl %edi
        popl %esi
        popl %ebx
        popl %ebp
        ret

        .section .note.GNU-stack, "", @progbits
