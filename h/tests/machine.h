// SPDX-License-Identifier: MIT
// A model of the machine below H: physical memory is an array; CR3, the TLB and
// the walk of the page tables are as on IA-32, and as unkind as they may be. The
// TLB forgets nothing that it is not told to forget.
//
// The memory, 10 MB of it, as the boot loader would name it:
//
//   0x00010000   4 pages     in the first 4 MB, which the kernel sees anyhow
//   0x00100000  60 pages     the kernel image; two modules; the rest is free
//   0x00800000  2,048 pages  a region of two superpages
//   0x01000000  448 pages    free; at the end the environment
//
// Source: Intel SDM volume 3, 4.3, 4.8 and 4.10.
#ifndef H_TESTS_MACHINE_H
#define H_TESTS_MACHINE_H

#include <setjmp.h>

#include <h/internal/machine.h>
#include <kernel/layout.h>
#include <kernel/memory.h>

#define MACHINE_PAGES 0x11C0u
#define MACHINE_MODULES 2

extern unsigned char machine_ram[MACHINE_PAGES * PAGE_SIZE];

// The machine when memory_init has returned: memory divided, the reference
// directory loaded, every page with its status. Pages of the client's that were
// written to since the last time are filled with `filling` and numbers that look
// like page-table entries; all others with zeros.
void machine_reset(uint32_t filling);

// The words of a frame, past all page tables. What a test writes there, it says
// with machine_touch, so that machine_reset cleans it.
uint32_t *machine_frame(struct paddr frame);
void machine_touch(struct paddr frame);
bool machine_touched(struct paddr frame);

// What a program in ring 3 does: reads or writes the word at `address`, which is
// aligned to 4 bytes, by what the TLB says. False: a page fault.
bool machine_user_read(struct vaddr address, uint32_t *word);
bool machine_user_write(struct vaddr address, uint32_t word);

// Is there a translation in the TLB that the page tables do not have? Where it
// is, and what it says.
bool machine_stale(struct vaddr *address, uint32_t *entry);

// Writes the program that is the first module to its place (loader.c).
void machine_write_program(void);

// Whether the window really moves, so that a pointer into it shows another frame
// once it has moved on. That is slow, as the host's own page tables do it. To be
// followed by machine_reset.
void machine_move_window(bool move);

// What went wrong in the machine: a fault in the kernel, a panic. Where `catch`
// is set, it is jumped to; otherwise the program ends.
extern jmp_buf *machine_catch;
extern char machine_message[512];
_Noreturn void machine_stop(const char *text, ...)
        __attribute__((format(printf, 1, 2)));

// The last access to a port, and what the next one reads.
struct machine_port {
        uint16_t port;
        unsigned bytes;
        bool out;
        uint32_t value;
        unsigned accesses;
};

extern struct machine_port machine_port;

// What was printed, as far as there is room.
extern char machine_printed[4096];

#endif
