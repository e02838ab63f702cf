// SPDX-License-Identifier: MIT
// L4_Word_t ask(enum question question, L4_Word_t argument): the door to the stage, which
// nothing but the stage in labs/8-speed/fuzz has.
        .text
        .globl ask
ask:
        movl $0x46555A5A, %eax
        movl 4(%esp), %ecx
        movl 8(%esp), %edx
        int $0x80
        ret

        .section .note.GNU-stack, "", @progbits
