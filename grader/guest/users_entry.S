// SPDX-License-Identifier: MIT
// Calls a function that may come back with anything in the registers: what it
// has left in them is noted, and then they are made right again. Nothing is
// taken for granted but CS and SS.
//
// struct users_left (users_model.h) says what is noted.

#define KERNEL_DATA 0x10
#define USER_DATA 0x23
#define REGISTERS_BELOW_EIP 24 // behind what POPA takes
#define EFLAGS_FIXED 0x2

#define LEFT_EAX 0
#define LEFT_EBX 4
#define LEFT_ESI 8
#define LEFT_EDI 12
#define LEFT_EBP 16
#define LEFT_ESP 20
#define LEFT_EFLAGS 24
#define LEFT_CS 28
#define LEFT_DS 32
#define LEFT_ES 36
#define LEFT_SS 40
#define LEFT_EBP_DUE 44
#define LEFT_ESP_DUE 48
#define LEFT_WORDS 52

#define WORDS 16
#define WORD 0x5EED0000
#define IN_EBX 0xB0B0B0B1
#define IN_ESI 0xB0B0B0B2
#define IN_EDI 0xB0B0B0B3

        .text

// void users_call_noting(const void *function, const uint32_t arguments[5])
        .globl users_call_noting
        .type users_call_noting, @function
users_call_noting:
        push %ebp
        mov %esp, %ebp
        push %ebx
        push %esi
        push %edi
        mov 8(%ebp), %ecx
        mov 12(%ebp), %edx

        // Words that are none of the function's affair, then the arguments.
        .set word, 0
        .rept WORDS
        push $WORD + word
        .set word, word + 1
        .endr
        push 16(%edx)
        push 12(%edx)
        push 8(%edx)
        push 4(%edx)
        push (%edx)
        mov %esp, users_left + LEFT_ESP_DUE
        mov %ebp, users_left + LEFT_EBP_DUE
        mov $IN_EBX, %ebx
        mov $IN_ESI, %esi
        mov $IN_EDI, %edi
        call *%ecx
        cmpl $0, %ss:users_again
        jne 1f

        mov %eax, %ss:users_left + LEFT_EAX
        mov %ebx, %ss:users_left + LEFT_EBX
        mov %esi, %ss:users_left + LEFT_ESI
        mov %edi, %ss:users_left + LEFT_EDI
        mov %ebp, %ss:users_left + LEFT_EBP
        mov %esp, %ss:users_left + LEFT_ESP
        mov %ss:users_left + LEFT_EBP_DUE, %ebp
        mov %ss:users_left + LEFT_ESP_DUE, %esp
        pushf
        pop %ss:users_left + LEFT_EFLAGS
        push $EFLAGS_FIXED
        popf
        movw %cs, %ss:users_left + LEFT_CS
        movw %ds, %ss:users_left + LEFT_DS
        movw %es, %ss:users_left + LEFT_ES
        movw %ss, %ss:users_left + LEFT_SS
        mov $KERNEL_DATA, %eax
        mov %eax, %ds
        mov %eax, %es

        add $20, %esp
        .set word, 0
        .rept WORDS
        pop users_left + LEFT_WORDS + 4 * word
        .set word, word + 1
        .endr
        pop %edi
        pop %esi
        pop %ebx
        pop %ebp
        ret

        // Into ring 3 once more, as h_run goes there: the stack of the function
        // that has returned is not touched, and it returns again.
1:      mov $USER_DATA, %eax
        mov %eax, %ds
        mov %eax, %es
        mov %ss:users_again, %esp
        movl $0, %ss:users_again
        popa
        add $REGISTERS_BELOW_EIP, %esp
        iret
        .size users_call_noting, . - users_call_noting

        .section .note.GNU-stack, "", @progbits
