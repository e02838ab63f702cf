// SPDX-License-Identifier: MIT
// Pages for tests, from the physical memory between 4 MB and 8 MB, which every
// machine has and the kernel does not use. The harness maps it by a page-table
// of its own; no code of an exercise has a part in that.
//
// Each page has a copy of what it is expected to hold. A test makes pages,
// writes to them, says arena_watch(), calls the exercise, looks at what is to
// have changed, accepts that, and says arena_check(): any other word that has
// changed, in any page, fails the test.
#ifndef H4_ARENA_H
#define H4_ARENA_H

#include <kernel/entry.h>
#include <kernel/layout.h>
#include <kernel/paging.h>
#include <kernel/types.h>

// The arena's physical memory: a superpage. It may be mapped by a test too.
#define ARENA_FRAMES 0x00400000u

// Where the harness has it mapped: 4 MB, in another order.
#define ARENA_MAPPED 0xF8000000u

// As many pages as a test may have.
#define ARENA_PAGES 150u

// A page full of zeros. Its frame is anywhere in the arena.
//
// label   how messages name the page: "page-directory", "page-table"
struct pagemap_page arena_page(const char *label);

// A page that nobody has cleared: random words, about half of them present
// entries.
struct pagemap_page arena_dirty_page(const char *label);

// From now on every page is expected to hold what it holds now.
void arena_watch(void);

// Word `index` of `page` is expected to hold what it holds now.
void arena_accept(struct pagemap_page page, unsigned index);

// Looks whether every page holds what is expected, and fails the test where
// one does not; the message begins with `format`.
void arena_check(const char *format, ...) __attribute__((format(printf, 1, 2)));

// The same, but the processor may have set accessed and dirty bits.
void arena_check_used(const char *format, ...)
        __attribute__((format(printf, 1, 2)));

// Where the kernel can read and write a frame of installed memory below 8 MB;
// null for others and for the boot stack's guard page.
uint32_t *frame_mapped(struct paddr frame);

// A page of 1024 words behind which nothing is mapped: whoever reads beyond what
// ends there faults. It is none of those that are watched.
uint32_t *arena_edge(void);

// The page of the arena that has this frame, or null: its label.
const char *arena_label(struct paddr frame);

// A word that only this page of memory holds, for tests that touch memory:
// writes it to the page and returns it.
uint32_t frame_mark(struct pagemap_page page);

#endif
