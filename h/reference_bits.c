// SPDX-License-Identifier: MIT
// Which pages have been read or written: the processor marks the entries, and
// whoever wants to know takes the marks away. The contract is in <h/h.h>.
#include <h/h.h>
#include <h/internal/paranoid.h>
#include <h/internal/user_space.h>
#include <kernel/tlb.h>

// Takes the marks of a row's entries. What is not present has none that count.
static uint32_t
take_marks(struct user_row row)
{
        const uint32_t marks = ENTRY_ACCESSED | ENTRY_DIRTY;
        uint32_t taken = 0;

        for (uint32_t i = 0; i < row.count; i++)
                if (entry_is_present(row.first[i])) {
                        taken |= row.first[i] & marks;
                        row.first[i] &= ~marks;
                }
        return taken;
}

enum h_error
h_take_reference_bits(struct h_pagemap pagemap, struct h_vfpage pages,
                      bool *accessed, bool *dirty)
{
        H_OPERATION();
        struct user_range range;
        enum h_error error = user_range_check(pagemap, pages, &range);
        if (error != H_OK)
                return error;
        if (user_range_in_superpage(range))
                return H_SUPERPAGE;

        uint32_t marks = 0;
        for (uint32_t at = fpage_first(range.pages.range);
             at <= fpage_last(range.pages.range); at += SUPERPAGE_SIZE)
                marks |= take_marks(user_row(
                        range.directory, user_part(range.pages, vaddr(at))));
        // The processor marks an entry when it reads it into the TLB, and not
        // while it is there. What bore no mark is not there.
        if (marks != 0)
                tlb_invalidate(range.pages);
        *accessed = (marks & ENTRY_ACCESSED) != 0;
        *dirty = (marks & ENTRY_DIRTY) != 0;
        return H_OK;
}
