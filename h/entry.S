// SPDX-License-Identifier: MIT
// Into ring 3 and out of it. Both work on the running context as on a stack.
//
//    enter_user          ESP ->  registers EDI ... EAX     popa
//                                DS ES FS GS, HANDLER, CODE      skipped
//    leave_user                  EIP CS EFLAGS ESP SS      iret
//    begins with ESP at HANDLER
//
// The contracts are in <h/internal/entry.h>, a drawing of the whole context in
// <h/internal/context.h>.

#include <h/internal/context.h>
#include <h/internal/entry.h>
#include <kernel/eflags.h>
#include <kernel/todo.h>

        .text

        .globl enter_user
        .type enter_user, @function
enter_user:
        // H4-BEGIN 4.2
        push %ebp
        push %ebx
        push %esi
        push %edi
        mov 20(%esp), %eax
        mov %esp, kernel_stack

        mov $USER_DATA, %ecx
        mov %ecx, %ds
        mov %ecx, %es
        mov %eax, %esp
        popa
        // The flags that this changes are loaded by IRET.
        add $CONTEXT_EIP - CONTEXT_DS, %esp
        iret
        // H4-STUB 4.2
        //| H4_TODO 4.2
        // H4-END 4.2
        .size enter_user, . - enter_user

        .globl leave_user
        .type leave_user, @function
leave_user:
        // H4-BEGIN 4.2
        push %gs
        push %fs
        push %es
        push %ds
        pusha

        mov $KERNEL_DATA, %eax
        mov %eax, %ds
        mov %eax, %es
        mov kernel_stack, %esp
        // Direction, which C code counts on, alignment check and all the rest.
        push $EFLAGS_FIXED
        popf
        pop %edi
        pop %esi
        pop %ebx
        pop %ebp
        ret

        // Where the stack ends of the C that has called enter_user.
        .lcomm kernel_stack, 4
        // H4-STUB 4.2
        //| H4_TODO 4.2
        // H4-END 4.2
        .size leave_user, . - leave_user

        .section .note.GNU-stack, "", @progbits
