// SPDX-License-Identifier: MIT
// The loop that is measured, with as little in it as there can be. Ipc keeps EDI and
// the stack pointer, so everything else is on the stack.
//
//         20(%esp)  partner       28(%esp)  times
//         24(%esp)  tag           32(%esp)  where Ipc is

        .section .text.exchange, "ax"
        .globl exchange
exchange:
        pushl %ebp
        pushl %ebx
        pushl %esi
        pushl %edi
        movl %gs:0, %edi
        .balign 16
exchange_message: // a message takes from here to here, in the other thread
        movl 20(%esp), %eax
        movl %eax, %edx // the answer is to come from there, too
        movl 24(%esp), %esi
        xorl %ecx, %ecx // no timeouts
        call *32(%esp)
        decl 28(%esp)
        jnz exchange_message
        movl %esi, %eax
        popl %edi
        popl %esi
        popl %ebx
        popl %ebp
        ret

        .section .note.GNU-stack, "", @progbits
