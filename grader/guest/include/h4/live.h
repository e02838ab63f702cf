// SPDX-License-Identifier: MIT
// A live address space, and memory really touched in it.
#ifndef H4_LIVE_H
#define H4_LIVE_H

#include <h4/arena.h>
#include <kernel/types.h>

// Makes a page-directory with the kernel's mappings, loads it into CR3 and
// forgets all translations. User space is empty in it.
struct pagemap_page live_begin(void);

// Goes back to the kernel's own page-directory and forgets all translations.
void live_end(void);

// Loads a page-directory into CR3, as it is.
void live_load(struct paddr directory);

// Forgets one translation, and all of them, without the exercises.
void live_invalidate(struct vaddr address);
void live_flush(void);

// What came of touching a word of memory in ring 0.
struct touch {
        bool faulted;
        uint32_t vector;
        uint32_t error; // of a page fault: its error code, see <kernel/fault.h>
        uint32_t address; // of a page fault: CR2
        uint32_t value;   // read
};

struct touch touch_read(struct vaddr address);
struct touch touch_write(struct vaddr address, uint32_t value);

// Each touches memory and fails the test unless the outcome is the one named.
// `when` says when, in the lab's terms: "after remove_table_entries".
void expect_reads(struct vaddr address, uint32_t value, const char *when);
void expect_no_access(struct vaddr address, const char *when);
void expect_read_only(struct vaddr address, const char *when);

// Writes a word and looks whether it arrives in `page`.
void expect_writes(struct vaddr address, struct pagemap_page page,
                   const char *when);

#endif
