// SPDX-License-Identifier: MIT
// Entries, written and judged by the harness's own code.
//
// What the hardware reads is compared bit by bit. What it ignores (bit 11, the
// dirty and global bits of an entry that points to a page-table, all of an
// entry that is not present) is the exercise's own business.
#ifndef H4_ENTRIES_H
#define H4_ENTRIES_H

#include <h4/arena.h>
#include <kernel/entry.h>

#define READ_ONLY ((struct access){ .perms = PERM_R })
#define READ_WRITE ((struct access){ .perms = PERM_R | PERM_W })
#define USER_READ ((struct access){ .perms = PERM_R, .user = true })
#define USER_WRITE ((struct access){ .perms = PERM_R | PERM_W, .user = true })

// Bits that the processor sets by itself.
#define ENTRY_USED (ENTRY_ACCESSED | ENTRY_DIRTY)

// A flexpage, from an address that is aligned to its size. Nil: 0, 0.
static inline struct fpage
raw_range(uint32_t first, unsigned log2_size)
{
        return (struct fpage){ first | log2_size };
}

static inline struct vfpage
raw_pages(uint32_t first, unsigned log2_size)
{
        return (struct vfpage){ raw_range(first, log2_size) };
}

uint32_t raw_page(struct paddr frame, struct access access);
uint32_t raw_superpage(struct paddr frame, struct access access);
uint32_t raw_table(struct pagemap_page table);

// Any access that allows something, at random.
struct access random_access(void);

// Any access, in words: "read, write; user; global".
struct words {
        char text[96];
};
struct words access_words(struct access access);
struct words entry_words(uint32_t entry);

// Fails the test unless entry `index` of the page-table `table` maps the page
// to `frame` with `access`, and its accessed and dirty bits are `used`. Accepts
// the entry for arena_check.
void expect_page(struct pagemap_page table, unsigned index, struct paddr frame,
                 struct access access, uint32_t used, const char *after);

// The same for a superpage's entry of a page-directory.
void expect_superpage(struct pagemap_page directory, unsigned index,
                      struct paddr frame, struct access access, uint32_t used,
                      const char *after);

// Entry `index` of `directory` points to `table`, lets all through that the
// page-table's entries allow, and is fresh.
void expect_table(struct pagemap_page directory, unsigned index,
                  struct pagemap_page table, const char *after);

// Entry `index` of the table or directory `page` is not present.
void expect_absent(struct pagemap_page page, unsigned index, const char *after);

// Judges an entry that stands nowhere, as pte_make and its kin give it back.
// `superpage`: it is for a page-directory.
void expect_entry(uint32_t entry, bool superpage, struct paddr frame,
                  struct access access, const char *what);

#endif
