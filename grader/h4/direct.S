// SPDX-License-Identifier: MIT
// A boot sector that does of GRUB's work what a kernel needs, in a tenth of its
// instructions: see direct.py, which writes what is read here.
//
//   0x07C00   this sector
//   0x10000   the page of information: multiboot's, what is to be copied where, and
//             the strings; the memory map is put into it here
//   0x11000   what is to be copied: the kernel's segments and the boot modules
//
// All such disks have the same sector: what differs comes behind it.
//
// It is for machines whose kernel is known to be sound in where it lies; nothing is
// checked but that the disk can be read.

#define INFORMATION 0x10000
#define CHUNK 64                // sectors that are read at a time
#define CHUNK_PARAGRAPHS (CHUNK * 512 / 16)

        .code16
        .globl _start
_start:
        ljmp $0, $begin
begin:
        xor %ax, %ax
        mov %ax, %ds
        mov %ax, %ss
        mov $0x7C00, %sp
        cld
        sti

        mov $0x2401, %ax        // address line 20 is on
        int $0x15

        mov $(INFORMATION / 16), %ax
        mov %ax, %es
read:
        mov $0x42, %ah          // %dl is the drive, as the BIOS left it
        mov $packet, %si
        push %dx
        int $0x13
        pop %dx
        jc stop
        addw $CHUNK_PARAGRAPHS, packet + 6
        addl $CHUNK, packet + 8
        decw %es:CHUNKS_AT      // in the page, which came with the first
        jnz read

        xor %ebx, %ebx
        mov %es:MAP_AT, %di     // where the map is to be, in the page
        mov %di, %bp
next:
        mov $0xE820, %eax
        mov $20, %ecx
        mov $0x534D4150, %edx   // "SMAP"
        movl $20, %es:(%di)
        add $4, %di
        int $0x15
        jc stop
        add $20, %di
        test %ebx, %ebx
        jnz next
        sub %bp, %di
        mov %di, %es:LENGTH_AT

        cli
        lgdt descriptors
        mov %cr0, %eax
        or $1, %al
        mov %eax, %cr0
        ljmp $8, $flat
stop:
        hlt
        jmp stop

        .code32
flat:
        mov $16, %ax
        mov %ax, %ds
        mov %ax, %es
        mov %ax, %fs
        mov %ax, %gs
        mov %ax, %ss
        mov $(INFORMATION + COPIES_AT), %ebx
copy:
        mov (%ebx), %edi        // to, from, words; 0 ends them
        mov 4(%ebx), %esi
        mov 8(%ebx), %ecx
        add $12, %ebx
        test %edi, %edi
        jz enter
        test %esi, %esi
        jz zeros
        rep movsl
        jmp copy
zeros:
        xor %eax, %eax
        rep stosl
        jmp copy
enter:
        mov $0x2BADB002, %eax
        mov %esi, %ecx          // behind the last of the copies: the entry
        mov $INFORMATION, %ebx
        jmp *%ecx

        .balign 8
table:
        .quad 0
        .quad 0x00CF9A000000FFFF
        .quad 0x00CF92000000FFFF
descriptors:
        .word descriptors - table - 1
        .long table

        .org 0x1E0
packet:
        .byte 16, 0
        .word CHUNK
        .word 0, INFORMATION / 16
        .quad 1                 // the sector
        .org 0x1FE
        .word 0xAA55
