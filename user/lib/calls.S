// SPDX-License-Identifier: MIT
// The two ways into the kernel.

        .section .text.call, "ax"
        .globl call
call:
        movl 4(%esp), %eax
        movl 8(%esp), %edx
        int $0x80
        ret

// SYSENTER saves nothing: neither where it came from nor the stack. So the caller
// says both in registers, which the C around this wants back.
        .section .text.call_fast, "ax"
        .globl call_fast
call_fast:
        movl 4(%esp), %eax
        movl 8(%esp), %edx
        pushl %ebp
        pushl %ebx
        movl $1f, %ebx
        movl %esp, %ebp
        sysenter
1:
        popl %ebx
        popl %ebp
        ret

        .section .note.GNU-stack, "", @progbits
