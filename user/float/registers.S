// SPDX-License-Identifier: MIT
// The contracts are in registers.h.
#include <user/calls.h>

#define X87 0
#define XMM 64
#define CONTROL 192
#define MXCSR 196

        .text
        .globl hold
hold:
        pushl %ebx
        pushl %esi
        pushl %edi
        movl 16(%esp), %esi
        movl 20(%esp), %edi
        movl 24(%esp), %ecx

        fninit
        fldcw CONTROL(%esi)
        ldmxcsr MXCSR(%esi)
        .irp n, 0, 1, 2, 3, 4, 5, 6, 7
        fildll (X87 + 8 * \n)(%esi)
        movups (XMM + 16 * \n)(%esi), %xmm\n
        .endr

        // Long enough for the timer to come, or for nothing at all.
1:
        decl %ecx
        jnz 1b
        movl $CALL_YIELD, %eax
        int $0x80

        .irp n, 7, 6, 5, 4, 3, 2, 1, 0
        fistpll (X87 + 8 * \n)(%edi)
        movups %xmm\n, (XMM + 16 * \n)(%edi)
        .endr
        movl $0, CONTROL(%edi)
        fnstcw CONTROL(%edi)
        stmxcsr MXCSR(%edi)
        fninit
        ldmxcsr usual_mxcsr
        popl %edi
        popl %esi
        popl %ebx
        ret

#define BEGINNING_MXCSR 28
#define BEGINNING_XMM 32

        .globl look
look:
        movl 4(%esp), %eax
        fnstenv (%eax)
        fldcw (%eax) // FNSTENV has masked all exceptions
        stmxcsr BEGINNING_MXCSR(%eax)
        .irp n, 0, 1, 2, 3, 4, 5, 6, 7
        movups %xmm\n, (BEGINNING_XMM + 16 * \n)(%eax)
        .endr
        ret

        .section .rodata
        .balign 4
usual_mxcsr:
        .long 0x1F80

        .section .note.GNU-stack, "", @progbits
