// SPDX-License-Identifier: MIT
// Well-formedness: what is true of the machine between any two operations of H,
// said in code and asked of the machine itself (dissertation 5.6).
#ifndef H_INTERNAL_WELLFORMED_H
#define H_INTERNAL_WELLFORMED_H

#include <kernel/entry.h>
#include <kernel/status.h>

// Environment pages are those of page_is_kernels(): the kernel's tables are among
// them, whatever their status.
enum invariant {
        INVARIANT_NONE,

        // Of the dissertation, in the order of 5.6. Behind each stands the page
        // that a violation of it names.
        CR3_IS_DIRECTORY,                 // the one in CR3
        REFERENCE_IS_DIRECTORY,           // the reference
        REFERENCE_MAPS_KERNEL_SPACE,      // the one that its user entry names
        REFERENCE_MAPS_ENVIRONMENT,       // the one that it does not map: what
                                          // the window's table maps does not
                                          // count, as it moves
        DIRECTORIES_AGREE_WITH_REFERENCE, // the directory that does not: one of
                                          // its entries for kernel space leads
                                          // to something else, or has other
                                          // rights
        ENVIRONMENT_ONLY_IN_REFERENCE,    // the one that is mapped, here and
        MAPPED_PAGES_ARE_INSTALLED,       // here
        TABLE_POINTERS_ARE_TABLES,        // the one that is pointed to, for
                                          // user space or for kernel space
        REGIONS_HOLD_NO_ENVIRONMENT,      // the one in the region: no page that
                                          // is not installed is in one either

        // What counts and rights rest on.
        USER_REACHES_NORMAL_PAGES, // the one that is mapped in user space, for
                                   // whomever, or for user code elsewhere,
                                   // where it is installed and no environment
        TABLES_ARE_NOT_SHARED,     // the page-table in two places, or in a
                                   // user's that is one of the kernel's
        COUNTS_ARE_EXACT,          // the one whose count is wrong

        // H's own bookkeeping.
        ENTRIES_ARE_EXACT,
        ENTRIES_HAVE_THEIR_FORM,
        TABLES_ARE_SEEN,
        CLIENT_ADDRESSES_ARE_ACCOUNTED,
        HANDLES_ARE_SOUND,
        NO_PAGE_IS_KEPT,
        TLB_AGREES,
        CONTEXTS_ARE_SOUND, // no page: where it does not hold, `address` is that
                            // of the slot
};

#define INVARIANTS 21

// What the invariant says, in a few words, with its section.
const char *invariant_text(enum invariant invariant);

// The first violation found. Where an entry of a page-directory is wrong
// (REFERENCE_MAPS_KERNEL_SPACE, DIRECTORIES_AGREE_WITH_REFERENCE,
// TABLE_POINTERS_ARE_TABLES, TABLES_ARE_NOT_SHARED), the address is the first one
// that this entry translates; for a table in two places, in either. Of a mapped
// page (ENVIRONMENT_ONLY_IN_REFERENCE, MAPPED_PAGES_ARE_INSTALLED,
// USER_REACHES_NORMAL_PAGES) it is the page's own, within a superpage too. With
// COUNTS_ARE_EXACT it is one at which the page is mapped, or 0.
struct violation {
        enum invariant invariant;
        struct paddr page;    // the page that it is about
        struct vaddr address; // where that page is mapped; 0 where that does
                              // not say more
};

// Are all invariants true? They are looked at from the structure upwards: where
// a table's own place is wrong, what it holds is not read. The window moves; the
// marks and counts of <kernel/status.h> change while it runs, and are
// afterwards as they were.
//
// found   out: left as it was when all is well
bool wellformed(struct violation *found);

// The part of it that h/wellformed.c states: the invariants down to
// COUNTS_ARE_EXACT. wellformed() asks it first.
bool wellformed_memory(struct violation *found);

// And the part that can be said of one page without looking at all others.
bool wellformed_page(struct paddr frame, struct violation *found);

// --- For those who state invariants (h/visit.c) ------------------------------

// One entry that maps memory: of a user page-table, of a page-directory, or of
// the client-controlled addresses.
struct visit {
        struct paddr directory; // of the reference for client addresses
        struct vaddr address;   // the first one that it maps
        uint32_t entry;
        struct paddr frame; // the first one that it reaches
        uint32_t pages;     // 1, or 1,024 of a superpage
};

// Calls `each` for every entry that maps memory in the user half of a
// page-directory, and for every one at a client-controlled address, as long as
// it answers true; always in the same order. Where a directory points to what is
// no page-table, nothing is visited behind that pointer. False where `each`
// answered false.
//
// `each` may change no table, and may not move the window.
bool visit_mappings(bool (*each)(const struct visit *visit, void *context),
                    void *context);

// Calls `each` for every present entry of a page-directory's user half, or, where
// `kernel` is set, of its kernel half, as long as it answers true. `each` may move
// the window.
bool visit_directory(struct paddr directory, bool kernel,
                     bool (*each)(struct paddr directory, unsigned index,
                                  pde_t entry, void *context),
                     void *context);

// The same for all page-directories, in the order of their pages.
bool visit_directories(bool (*each)(struct paddr directory, unsigned index,
                                    pde_t entry, void *context),
                       bool kernel, void *context);

// Takes the marks, which are the bits `unused` of <kernel/status.h>, from all
// pages.
void unmark_pages(void);

// The part of a slot of any kind that says whether it is in use.
struct slot_state {
        uint32_t generation;
        uint32_t last;
        uint32_t next_free;
};

// Are all free slots in the list that begins at `first`, none twice, and none in
// use? `state` is that of the slot at an index.
bool slots_are_sound(struct slot_state (*state)(uint32_t index), uint32_t count,
                     uint32_t first, struct violation *found);

// Each slot of an address space and of a kernel mapping is in use or free, and once;
// each address space has a directory of its own. (h/handle_books.c)
bool handles_are_sound(struct violation *found);

// What is true of fault contexts, from lab 4 on. (h/context_books.c)
bool contexts_are_sound(struct violation *found);

// Notes a violation. Answers false, so that a check can end with it.
bool violated(struct violation *found, enum invariant invariant,
              struct paddr page, struct vaddr address);

// Is there such a page, with this status? Beyond the array nothing is installed.
static inline bool
page_has_status(struct paddr frame, int status)
{
        const struct page *page = page_at(frame);

        return page ? page->status == status : status == STATUS_NOT_INSTALLED;
}

// Is it one that the kernel has for itself: environment, or one of its tables?
static inline bool
page_is_kernels(struct paddr frame)
{
        const struct page *page = page_at(frame);

        return page && (page->status == STATUS_ENVIRONMENT || page->pinned);
}

// Is this a page that the reference directory does not map although it is
// environment: the guard below the kernel's stack?
bool page_is_guard(struct paddr frame);

#endif
