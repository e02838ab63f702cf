// SPDX-License-Identifier: MIT
// Where traps enter the kernel. The processor has pushed, from ring 3 only, SS
// and ESP, then EFLAGS, CS, EIP and for some exceptions an error code; the rest
// of a struct trap_frame (fault.h) is pushed here, its highest field first.

#include <kernel/descriptors.h>

// Exceptions with an error code: 8, 10 to 14, 17, 21, 29, 30.
#define WITH_ERROR_CODE 0x60227D00

        .text

        .altmacro
.macro TRAP_ENTRY vector
trap_entry_\vector:
        .if \vector >= EXCEPTIONS || !((WITH_ERROR_CODE >> \vector) & 1)
        push $0
        .endif
        push $\vector
        jmp trap_common
.endm

        .set vector, 0
        .rept VECTORS
        TRAP_ENTRY %vector
        .set vector, vector + 1
        .endr

        .type trap_common, @function
trap_common:
        pusha
        push %ds
        push %es
        push %fs
        push %gs
        mov %cr2, %eax
        push %eax

        mov $KERNEL_DATA, %eax
        mov %eax, %ds
        mov %eax, %es
        mov %eax, %fs
        mov %eax, %gs
        cld

        // C code counts on a stack that is aligned to 16 bytes.
        mov %esp, %ebx
        and $~15, %esp
        sub $12, %esp
        push %ebx
        call trap_dispatch
        mov %ebx, %esp

        add $4, %esp
        pop %gs
        pop %fs
        pop %es
        pop %ds
        popa
        add $8, %esp
        iret
        .size trap_common, . - trap_common

        .section .rodata, "a"
        .globl trap_entries
        .balign 4
trap_entries:
.macro TRAP_ADDRESS vector
        .long trap_entry_\vector
.endm
        .set vector, 0
        .rept VECTORS
        TRAP_ADDRESS %vector
        .set vector, vector + 1
        .endr

        .section .note.GNU-stack, "", @progbits
