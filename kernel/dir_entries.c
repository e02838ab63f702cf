// SPDX-License-Identifier: MIT
// Superpages: entries of a page-directory that map 4 MB at once.
//
// Such an entry stands where a page-table could stand, and one directory may
// hold both kinds side by side. A flexpage of 4 MB or more is so many entries
// of the directory; the largest one is all 1,024 of them.
//
// The contracts are in <kernel/paging.h>.
#include <kernel/layout.h>
#include <kernel/paging.h>
#include <kernel/tlb.h>
#include <kernel/todo.h>

// H4-BEGIN 1.7
// The entries of a range: the first one, and how many.
struct span {
        pde_t *first;
        unsigned count;
};

// Is this a range that consists of whole superpages?
static enum paging_result
check_pages(struct vfpage pages)
{
        if (fpage_is_nil(pages.range))
                return PAGING_NIL;
        if (fpage_log2(pages.range) < SUPERPAGE_LOG2)
                return PAGING_SIZE;
        return PAGING_OK;
}

static struct span
span_of(pde_t *directory, struct vfpage pages)
{
        struct vaddr first = vaddr(fpage_first(pages.range));
        return (struct span){
                .first = &directory[pde_index(first)],
                .count = 1u << (fpage_log2(pages.range) - SUPERPAGE_LOG2),
        };
}
// H4-STUB 1.7
// H4-END 1.7

enum paging_result
add_dir_entries(pde_t *directory, struct vfpage pages, struct paddr frames,
                struct access access)
{
        // H4-BEGIN 1.7
        enum paging_result result = check_pages(pages);
        if (result != PAGING_OK)
                return result;

        unsigned log2_size = fpage_log2(pages.range);
        if (fpage_first(pfpage_make(frames, log2_size).range) != frames.value)
                return PAGING_MISALIGNED;
        pde_t entry;
        result = pde_make_superpage(frames, access, &entry);
        if (result != PAGING_OK)
                return result;
        struct span span = span_of(directory, pages);
        for (unsigned i = 0; i < span.count; i++)
                if (entry_is_present(span.first[i]))
                        return PAGING_IN_USE;

        // The TLB never remembers that a page was not present.
        for (unsigned i = 0; i < span.count; i++)
                span.first[i] = entry + i * SUPERPAGE_SIZE;
        return PAGING_OK;
        // H4-STUB 1.7
        //| H4_TODO("1.7", directory, pages, frames, access);
        // H4-END 1.7
}

enum paging_result
modify_dir_entries(pde_t *directory, struct vfpage pages, struct access access)
{
        // H4-BEGIN 1.7
        enum paging_result result = check_pages(pages);
        if (result != PAGING_OK)
                return result;

        pde_t rights;
        result = pde_make_superpage(paddr(0), access, &rights);
        if (result != PAGING_OK)
                return result;
        struct span span = span_of(directory, pages);
        for (unsigned i = 0; i < span.count; i++) {
                if (!entry_is_present(span.first[i]))
                        return PAGING_NOT_MAPPED;
                if (pde_is_table(span.first[i]))
                        return PAGING_WRONG_LEVEL;
        }

        pde_t kept = ENTRY_SUPERPAGE_FRAME | ENTRY_ACCESSED | ENTRY_DIRTY;
        for (unsigned i = 0; i < span.count; i++)
                span.first[i] = (span.first[i] & kept) | rights;
        tlb_invalidate(pages);
        return PAGING_OK;
        // H4-STUB 1.7
        //| H4_TODO("1.7", directory, pages, access);
        // H4-END 1.7
}

enum paging_result
remove_dir_entries(pde_t *directory, struct vfpage pages)
{
        // H4-BEGIN 1.7
        enum paging_result result = check_pages(pages);
        if (result != PAGING_OK)
                return result;

        struct span span = span_of(directory, pages);
        for (unsigned i = 0; i < span.count; i++)
                if (pde_is_table(span.first[i]))
                        return PAGING_WRONG_LEVEL;

        for (unsigned i = 0; i < span.count; i++)
                span.first[i] = 0;
        tlb_invalidate(pages);
        return PAGING_OK;
        // H4-STUB 1.7
        //| H4_TODO("1.7", directory, pages);
        // H4-END 1.7
}
