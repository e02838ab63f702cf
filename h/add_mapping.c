// SPDX-License-Identifier: MIT
// Mapping memory for user code: by superpages, by entries of a page-table that is
// there, or by entries of one that the client supplies.
//
// Everything is looked at before anything is written; the counts are the last
// thing that can refuse, and the first that changes. The contract is in <h/h.h>.
#include <h/h.h>
#include <h/internal/check.h>
#include <h/internal/handles.h>
#include <h/internal/pagemap_page.h>
#include <h/internal/paranoid.h>
#include <h/internal/regions.h>
#include <h/internal/user_space.h>
#include <kernel/status.h>
#include <kernel/todo.h>

// H4-BEGIN 3.4
// What is to be mapped, and where.
struct target {
        pde_t *directory;
        struct vfpage pages;
        struct pfpage frames;
};

static struct vaddr
first_address(struct target target)
{
        return vaddr(fpage_first(target.pages.range));
}

static struct paddr
first_frame(struct target target)
{
        return paddr(fpage_first(target.frames.range));
}

// Of less than 4 MB.
static uint32_t
page_count(struct target target)
{
        return 1u << (fpage_log2(target.pages.range) - PAGE_LOG2);
}

// Looks at everything that hangs on nothing but the arguments themselves.
static enum h_error
check_arguments(struct h_pagemap pagemap, struct h_vfpage pages,
                struct h_region region, unsigned rights, struct target *target)
{
        const struct pagemap_slot *slot = pagemap_slot(pagemap);
        if (!slot)
                return H_BAD_HANDLE;
        if (!vfpage_valid(pages))
                return H_BAD_FLEXPAGE;
        struct pfpage frames;
        enum h_error error = region_check(region, &frames);
        if (error != H_OK)
                return error;
        if (h_vfpage_log2(pages) != fpage_log2(frames.range))
                return H_BAD_SIZE;
        if (!in_user_space(kernel_vfpage(pages)))
                return H_BAD_ADDRESS;
        if (!rights_allow(rights))
                return H_NO_RIGHTS;

        *target = (struct target){
                .directory = directory_of(slot),
                .pages = kernel_vfpage(pages),
                .frames = frames,
        };
        return H_OK;
}

// Is every 4 MB of the range free? A page-table that is there has at least one
// entry, so that a page is mapped.
static enum h_error
check_superpages(struct target target)
{
        const pde_t *first =
                &target.directory[pde_index(first_address(target))];
        unsigned log2_size = fpage_log2(target.pages.range);

        for (uint32_t i = 0; i < 1u << (log2_size - SUPERPAGE_LOG2); i++)
                if (entry_is_present(first[i]))
                        return H_MAPPED;
        return H_OK;
}

// Is the range free in the page-table that is there?
static enum h_error
check_entries(struct target target, struct paddr table)
{
        const pte_t *first =
                &table_seen(table)[pte_index(first_address(target))];

        for (uint32_t i = 0; i < page_count(target); i++)
                if (entry_is_present(first[i]))
                        return H_MAPPED;
        return H_OK;
}

// Finds the page-table for less than 4 MB: the one that is there, or the page that
// can become it, and with it the address at which it is to be seen.
static enum h_error
check_table(struct target target, const struct h_pagemap_page *supplied,
            struct paddr *table, struct vaddr *seen)
{
        enum paging_result result =
                find_pt(target.directory, first_address(target), table);
        if (result == PAGING_WRONG_LEVEL)
                return H_SUPERPAGE;
        if (result == PAGING_OK)
                return check_entries(target, *table);
        if (!supplied)
                return H_TABLE_NEEDED;
        const struct h_pagemap_page page = *supplied;
        enum h_error error = pagemap_page_check(page, table);
        if (error != H_OK)
                return error;
        if (fpage_contains(target.frames.range, table->value))
                return H_TABLE_INSIDE;
        *seen = kernel_vaddr(page.mapped);
        return H_OK;
}

// Counts the mapping. Pages that are not normal are refused here, where every
// page is looked at anyhow; should there be another error as well, theirs goes
// before it.
static enum h_error
count_mapping(struct target target, enum h_error error)
{
        struct paddr refused;

        if (error == H_OK &&
            region_count_mapping(target.frames, &refused) == PAGE_OK)
                return H_OK;
        if (!region_is_normal(target.frames))
                return H_NOT_NORMAL;
        return error != H_OK ? error : H_COUNT_FULL;
}

// Maps less than 4 MB by the page-table `table`, which is made first where it is to
// be seen at an address.
static void
map_pages(struct target target, struct paddr table, struct vaddr seen,
          unsigned rights)
{
        if (seen.value != 0) {
                page_make_table(table);
                install_pagetable(target.directory, first_address(target),
                                  pagemap_page_attach(table, seen));
        }
        table_count_entries(table, page_count(target));
        add_table_entries(table_seen(table), target.pages, first_frame(target),
                          user_access(rights));
}
// H4-STUB 3.4
// H4-END 3.4

enum h_error
h_add_mapping(const struct h_pagemap_page *table, struct h_pagemap pagemap,
              struct h_vfpage pages, struct h_region region, unsigned rights,
              bool *table_used)
{
        H_OPERATION();
        // H4-BEGIN 3.4
        struct target target;
        enum h_error error =
                check_arguments(pagemap, pages, region, rights, &target);
        if (error != H_OK)
                return error;

        bool large = h_vfpage_log2(pages) >= SUPERPAGE_LOG2;
        struct paddr frame;
        struct vaddr seen = vaddr(0);
        error = large ? check_superpages(target)
                      : check_table(target, table, &frame, &seen);
        error = count_mapping(target, error);
        if (error != H_OK)
                return error;

        if (large)
                add_dir_entries(target.directory, target.pages,
                                first_frame(target), user_access(rights));
        else
                map_pages(target, frame, seen, rights);
        *table_used = seen.value != 0;
        return H_OK;
        // H4-STUB 3.4
        //| H4_TODO("3.4", table, pagemap, pages, region, rights, table_used);
        // H4-END 3.4
}
