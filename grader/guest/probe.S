// SPDX-License-Identifier: MIT
// The two instructions by which a test touches memory. A fault at one of them
// goes on behind it, see probe.c.
        .text

// uint32_t probe_read(uint32_t address)
        .globl probe_read, probe_read_at, probe_read_behind
        .type probe_read, @function
probe_read:
        push    %ebp
        mov     %esp, %ebp
        mov     8(%ebp), %ecx
        xor     %eax, %eax
probe_read_at:
        mov     (%ecx), %eax
probe_read_behind:
        pop     %ebp
        ret
        .size probe_read, . - probe_read

// void probe_write(uint32_t address, uint32_t value)
        .globl probe_write, probe_write_at, probe_write_behind
        .type probe_write, @function
probe_write:
        push    %ebp
        mov     %esp, %ebp
        mov     8(%ebp), %ecx
        mov     12(%ebp), %eax
probe_write_at:
        mov     %eax, (%ecx)
probe_write_behind:
        pop     %ebp
        ret
        .size probe_write, . - probe_write

        .section .note.GNU-stack, "", @progbits
