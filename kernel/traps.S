// SPDX-License-Identifier: MIT
// Where traps enter the kernel. The processor has pushed, from ring 3 only, SS
// and ESP, then EFLAGS, CS, EIP and for some exceptions an error code; the rest
// of a struct trap_frame (fault.h) is pushed here, its highest field first.
//
// The .cfi_ directives tell a debugger where everything is, so that it can go
// on to the interrupted function. They count from that one's ESP (the canonical
// frame address, CFA), which is right for traps from ring 0: EFLAGS, CS and EIP
// lie directly below it. Source: DWARF 5, 6.4; numbers of registers: System V
// ABI, i386 supplement, 2.4.2.

#include <kernel/descriptors.h>

// Up to the interrupted stack: EIP, CS, EFLAGS; with the error code and vector;
// a whole struct trap_frame.
#define BY_PROCESSOR 12
#define AT_COMMON 20
#define WHOLE_FRAME 72

#define DWARF_EIP 8
#define DWARF_EFLAGS 9

        .cfi_sections .debug_frame

// `size` bytes lie on the stack, from EFLAGS down.
.macro TRAP_CFI size
        .cfi_startproc
        .cfi_signal_frame
        .cfi_def_cfa %esp, \size
        .cfi_offset DWARF_EFLAGS, -4
        .cfi_offset DWARF_EIP, -12
.endm

        .text

        .altmacro
.macro TRAP_ENTRY vector
trap_entry_\vector:
        .if \vector >= EXCEPTIONS || !((WITH_ERROR_CODE >> \vector) & 1)
        TRAP_CFI BY_PROCESSOR
        push $0
        .cfi_adjust_cfa_offset 4
        .else
        TRAP_CFI BY_PROCESSOR + 4
        .endif
        push $\vector
        .cfi_adjust_cfa_offset 4
        jmp trap_common
        .cfi_endproc
.endm

        .set vector, 0
        .rept VECTORS
        TRAP_ENTRY %vector
        .set vector, vector + 1
        .endr

        .type trap_common, @function
trap_common:
        TRAP_CFI AT_COMMON
        pusha
        .cfi_adjust_cfa_offset 32
        .cfi_offset %eax, -24
        .cfi_offset %ecx, -28
        .cfi_offset %edx, -32
        .cfi_offset %ebx, -36
        .cfi_offset %ebp, -44
        .cfi_offset %esi, -48
        .cfi_offset %edi, -52
        push %ds
        .cfi_adjust_cfa_offset 4
        push %es
        .cfi_adjust_cfa_offset 4
        push %fs
        .cfi_adjust_cfa_offset 4
        push %gs
        .cfi_adjust_cfa_offset 4
        mov %cr2, %eax
        push %eax
        .cfi_adjust_cfa_offset 4

        mov $KERNEL_DATA, %eax
        mov %eax, %ds
        mov %eax, %es
        mov %eax, %fs
        mov %eax, %gs
        cld

        // C code counts on a stack that is aligned to 16 bytes. The first of
        // the two words is for the debugger: C code may change its arguments,
        // and where it never returns, what it does with EBX is its affair.
        mov %esp, %ebx
        .cfi_def_cfa %ebx, WHOLE_FRAME
        and $~15, %esp
        sub $8, %esp
        push %ebx
        push %ebx
        // The word at ESP + 4 points to the frame, and the CFA lies behind that:
        // DW_CFA_def_cfa_expression, 5 bytes long; DW_OP_breg4 (ESP) 4;
        // DW_OP_deref; DW_OP_plus_uconst.
        .cfi_escape 0x0F, 5, 0x74, 4, 0x06, 0x23, WHOLE_FRAME
        call trap_dispatch
        mov %ebx, %esp
        .cfi_def_cfa %esp, WHOLE_FRAME

        add $4, %esp
        .cfi_adjust_cfa_offset -4
        pop %gs
        .cfi_adjust_cfa_offset -4
        pop %fs
        .cfi_adjust_cfa_offset -4
        pop %es
        .cfi_adjust_cfa_offset -4
        pop %ds
        .cfi_adjust_cfa_offset -4
        popa
        .cfi_adjust_cfa_offset -32
        .cfi_restore %eax
        .cfi_restore %ecx
        .cfi_restore %edx
        .cfi_restore %ebx
        .cfi_restore %ebp
        .cfi_restore %esi
        .cfi_restore %edi
        add $8, %esp
        .cfi_adjust_cfa_offset -8
        iret
        .cfi_endproc
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
