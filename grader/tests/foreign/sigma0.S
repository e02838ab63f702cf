// SPDX-License-Identifier: MIT
// The smallest sigma0 that root servers can live with, built of nothing but the numbers of
// L4 X.2 on IA-32. Each page is at its own address; nobody owns anything: whoever asks for
// a page gets it. Pages of no particular address come from 5 MB on, one after the other.
//
//     0xFFE. address, instruction   a page fault
//     0xFF8. ports, instruction     a port fault
//     0xFFA. flexpage, attributes   a request; the base 0xFFFFFC00 is any
//
// The page at 1 MB, the kernel's, is asked for by who wants to be refused.

        .set BR0, -64

        .text
        .globl _start
_start:
        movl $stack_end, %esp
        .byte 0xF0, 0x90 // LOCK NOP
        movl 0xE0(%eax), %ebx
        addl %eax, %ebx
        movl %ebx, ipc
        movl %gs:0, %edi
        movl $0, BR0(%edi)
        movl $0, %eax

// EAX: who is answered.
wait:   movl (%edi), %esi
        movl $0xFFFFFFFF, %edx
        movl $0x04000000, %ecx // nobody is waited for who does not wait
        call *ipc
        testl $0x8000, %esi
        jnz none
        movl %esi, %edx
        andl $0xFFF, %edx // two untyped words, no items
        cmpl $2, %edx
        jne none
        shrl $20, %esi
        cmpl $0xFFE, %esi
        je fault
        cmpl $0xFFA, %esi
        je request
        cmpl $0xFF8, %esi
        jne none

ports:  movl $8, 4(%edi)
        orl $7, %ebx
        movl %ebx, 8(%edi)
        jmp answer

fault:  andl $0xFFFFF000, %ebx
        orl $0xC0, %ebx
give:   movl %ebx, %ecx // the size says which bits of the address count
        andl $0xFFFFFC00, %ecx
        orl $8, %ecx
        movl %ecx, 4(%edi)
        orl $7, %ebx
        movl %ebx, 8(%edi)
answer: movl $0x80, (%edi) // one map item
        jmp wait

request:
        movl %ebx, %ecx
        andl $0x3F0, %ecx
        cmpl $0x20, %ecx
        je ports
        cmpl $0x001000C0, %ebx
        je refuse
        movl %ebx, %edx
        shrl $10, %edx
        cmpl $0x3FFFFF, %edx
        jne give
        // 2^size bytes, aligned to that.
        shrl $4, %ecx
        movl $1, %edx
        shll %cl, %edx
        movl next, %ebx
        leal -1(%ebx, %edx), %ebx
        negl %edx
        andl %edx, %ebx
        subl %ebx, %edx
        negl %edx
        movl %edx, next
        shll $4, %ecx
        orl %ecx, %ebx
        jmp give
refuse: movl $8, 4(%edi)
        movl $0, 8(%edi)
        jmp answer

none:   movl $0, %eax
        jmp wait

        .data
next:   .long 0x00500000

        .bss
        .balign 4
ipc:    .skip 4
        .skip 1024
stack_end:

        .section .note.GNU-stack, "", @progbits
