// SPDX-License-Identifier: MIT
// Entries of one page-table: mapping, changing and unmapping pages of 4 KB.
//
// A flexpage smaller than 4 MB is aligned to its size, so all its pages belong
// to one page-table, where their entries stand side by side.
//
// The contracts are in <kernel/paging.h>.
#include <kernel/layout.h>
#include <kernel/paging.h>
#include <kernel/tlb.h>
#include <kernel/todo.h>

// H4-BEGIN 1.6
// The entries of a range: the first one, and how many.
struct span {
        pte_t *first;
        unsigned count;
};

// Is this a range that one page-table translates only a part of?
static enum paging_result
check_pages(struct vfpage pages)
{
        if (fpage_is_nil(pages.range))
                return PAGING_NIL;
        if (fpage_log2(pages.range) >= SUPERPAGE_LOG2)
                return PAGING_SIZE;
        return PAGING_OK;
}

static struct span
span_of(pte_t *table, struct vfpage pages)
{
        struct vaddr first = vaddr(fpage_first(pages.range));
        return (struct span){
                .first = &table[pte_index(first)],
                .count = 1u << (fpage_log2(pages.range) - PAGE_LOG2),
        };
}
// H4-STUB 1.6
// H4-END 1.6

enum paging_result
add_table_entries(pte_t *table, struct vfpage pages, struct paddr frames,
                  struct access access)
{
        // H4-BEGIN 1.6
        enum paging_result result = check_pages(pages);
        if (result != PAGING_OK)
                return result;

        uint32_t size = 1u << fpage_log2(pages.range);
        if (frames.value & (size - 1))
                return PAGING_MISALIGNED;
        pte_t entry;
        result = pte_make(frames, access, &entry);
        if (result != PAGING_OK)
                return result;
        struct span span = span_of(table, pages);
        for (unsigned i = 0; i < span.count; i++)
                if (entry_is_present(span.first[i]))
                        return PAGING_IN_USE;

        // The TLB never remembers that a page was not present.
        for (unsigned i = 0; i < span.count; i++)
                span.first[i] = entry + i * PAGE_SIZE;
        return PAGING_OK;
        // H4-STUB 1.6
        //| H4_TODO("1.6", table, pages, frames, access);
        // H4-END 1.6
}

enum paging_result
modify_table_entries(pte_t *table, struct vfpage pages, struct access access)
{
        // H4-BEGIN 1.6
        enum paging_result result = check_pages(pages);
        if (result != PAGING_OK)
                return result;

        pte_t rights;
        result = pte_make(paddr(0), access, &rights);
        if (result != PAGING_OK)
                return result;
        struct span span = span_of(table, pages);
        for (unsigned i = 0; i < span.count; i++)
                if (!entry_is_present(span.first[i]))
                        return PAGING_NOT_MAPPED;

        pte_t kept = ENTRY_FRAME | ENTRY_ACCESSED | ENTRY_DIRTY;
        for (unsigned i = 0; i < span.count; i++)
                span.first[i] = (span.first[i] & kept) | rights;
        tlb_invalidate(pages);
        return PAGING_OK;
        // H4-STUB 1.6
        //| H4_TODO("1.6", table, pages, access);
        // H4-END 1.6
}

enum paging_result
remove_table_entries(pte_t *table, struct vfpage pages)
{
        // H4-BEGIN 1.6
        enum paging_result result = check_pages(pages);
        if (result != PAGING_OK)
                return result;

        struct span span = span_of(table, pages);
        for (unsigned i = 0; i < span.count; i++)
                span.first[i] = 0;
        tlb_invalidate(pages);
        return PAGING_OK;
        // H4-STUB 1.6
        //| H4_TODO("1.6", table, pages);
        // H4-END 1.6
}
