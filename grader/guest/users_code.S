// SPDX-License-Identifier: MIT
// Code for ring 3, in pieces that run wherever they are copied to. What each is
// for is said in <h4/users.h>; the addresses are those of its drawing.

#define SAID 0x40001000
#define LOADED 0x40001100
#define ZERO 0x400011F8
#define NOTHING 0x40002000
#define KERNEL_DATA 0x10

        .section .rodata, "a"

// struct user_code \name, and the code itself up to END.
.macro CODE name
        .balign 4
        .globl \name
\name:  .long 8f, 9f - 8f
8:
.endm

.macro END
9:
.endm

        CODE user_say
        mov %eax, SAID + 0
        mov %ecx, SAID + 4
        mov %edx, SAID + 8
        mov %ebx, SAID + 12
        mov %esp, SAID + 16
        mov %ebp, SAID + 20
        mov %esi, SAID + 24
        mov %edi, SAID + 28
        movw %cs, SAID + 32
        movw %ds, SAID + 36
        movw %es, SAID + 40
        movw %ss, SAID + 44
        movw %fs, SAID + 48
        movw %gs, SAID + 52
        mov $SAID + 60, %esp
        pushf
        mov SAID + 16, %esp
        END

        CODE user_load
        mov $LOADED, %esp
        popa
        popf
        mov %ss:LOADED + 36, %esp
        movw %ss:LOADED + 40, %fs
        movw %ss:LOADED + 44, %gs
        movw %ss:LOADED + 48, %es
        movw %ss:LOADED + 52, %ds
        END

        CODE user_int80
        int $0x80
        END

        CODE user_sysenter
        sysenter
        END

        CODE user_hlt
        hlt
        END

        CODE user_ud2
        ud2
        END

        CODE user_int3
        int3
        END

        CODE user_divide
        divl %ss:ZERO
        END

        CODE user_bad_ss
        movw %ss:ZERO + 4, %ss // the harness puts KERNEL_DATA there
        END

        CODE user_fault
        cmpl $0, %ss:NOTHING
        END

        CODE user_loop
        jmp .
        END

        .section .note.GNU-stack, "", @progbits
