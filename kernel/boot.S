// SPDX-License-Identifier: MIT
// The first instructions. GRUB leaves the processor in protected mode, paging
// off, with flat segments, the magic number in %eax and the physical address of
// its information in %ebx. The kernel is linked for addresses above 3 GB and
// lies at 1 MB, so until paging is on nothing may be used by its own name.
//
//   linear                      physical
//   0xC0000000 .. 0xC03FFFFF -> 0 .. 4 MB   where the kernel belongs
//   0x00000000 .. 0x003FFFFF -> 0 .. 4 MB   where it is still executing
//
// Both come from boot_directory (image.c); image_protect() takes the second
// away again. Source: Multiboot Specification 0.6.96, 3.1 and 3.2.

#include <kernel/layout.h>

#define HEADER_MAGIC 0x1BADB002
#define HEADER_FLAGS 0x3 // modules on page borders; tell the size of memory

#define CR0_PAGING 0x80000000
#define CR4_SUPERPAGES 0x10

#define PHYSICAL(symbol) ((symbol) - KERNEL_BASE)

        .section .multiboot, "a"
        .balign 4
        .long HEADER_MAGIC
        .long HEADER_FLAGS
        .long -(HEADER_MAGIC + HEADER_FLAGS)

        .text
        .globl boot_entry
        .type boot_entry, @function
boot_entry:
        cli
        cld
        mov %eax, %esi

        mov $PHYSICAL(boot_directory), %ecx
        mov %ecx, %cr3
        mov %cr4, %ecx
        or $CR4_SUPERPAGES, %ecx
        mov %ecx, %cr4
        mov %cr0, %ecx
        or $CR0_PAGING, %ecx
        mov %ecx, %cr0

        // A jump to an absolute address, out of the identity mapping.
        mov $boot_high, %ecx
        jmp *%ecx
        .size boot_entry, . - boot_entry

        .type boot_high, @function
boot_high:
        mov $boot_stack_top, %esp
        push $0
        popf

        // Here every backtrace ends: no caller, no frame.
        xor %ebp, %ebp
        push %ebp
        push %ebp

        call image_protect
        push %ebx
        push %esi
        call kernel_main
1:      cli
        hlt
        jmp 1b
        .size boot_high, . - boot_high

        .section .note.GNU-stack, "", @progbits
