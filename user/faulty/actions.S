// SPDX-License-Identifier: MIT
// The contracts are in actions.h. None of these comes to its RET.

        .text
        .globl read_null
read_null:
        movl 0, %eax
        ret

        .globl write_code
write_code:
        movl $0, write_code
        ret

        .globl read_kernel
read_kernel:
        movl 0xC0100000, %eax
        ret

        .globl write_kernel
write_kernel:
        movl $0, 0xC0100000
        ret

        .globl divide_by_zero
divide_by_zero:
        xorl %ecx, %ecx
        movl $1, %eax
        cltd
        divl %ecx
        ret

        .globl undefined_instruction
undefined_instruction:
        ud2
        ret

        .globl breakpoint
breakpoint:
        int3
        ret

        .globl halt
halt:
        hlt
        ret

        .globl disable_interrupts
disable_interrupts:
        cli
        ret

        .globl load_cr3
load_cr3:
        xorl %eax, %eax
        movl %eax, %cr3
        ret

        .globl read_port
read_port:
        inb $0x21, %al
        ret

        // The timer's vector, which only the timer may use.
        .globl other_gate
other_gate:
        int $0x20
        ret

        // The kernel's code segment is the first one in the table.
        .globl far_call
far_call:
        lcall $0x08, $0xC0100000
        ret

        .section .note.GNU-stack, "", @progbits
