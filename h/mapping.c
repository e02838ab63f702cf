// SPDX-License-Identifier: MIT
// Changing, ending and reading user mappings.
//
//    range      |------------------------------|        8 MB
//    entries    [     superpage ][p p - p - - p]        superpage, page-table
//    parts      |-------4 MB----|------4 MB----|
//
// What a range holds was perhaps mapped piece by piece, and in other pieces than
// these. The contracts are in <h/h.h>.
#include <h/h.h>
#include <h/internal/check.h>
#include <h/internal/handles.h>
#include <h/internal/paranoid.h>
#include <h/internal/user_space.h>
#include <kernel/paging.h>
#include <kernel/status.h>
#include <kernel/todo.h>

// H4-BEGIN 3.5
static uint32_t
first_of(struct vfpage pages)
{
        return fpage_first(pages.range);
}

static uint32_t
last_of(struct vfpage pages)
{
        return fpage_last(pages.range);
}

static bool
all_mapped(struct user_range range)
{
        for (uint32_t at = first_of(range.pages); at <= last_of(range.pages);
             at += SUPERPAGE_SIZE) {
                struct user_row row = user_row(
                        range.directory, user_part(range.pages, vaddr(at)));
                if (!row.first || user_row_present(row) < row.count)
                        return false;
        }
        return true;
}

// Gives other rights to a part, all of which is mapped.
static void
modify_part(pde_t *directory, struct vfpage part, struct access access)
{
        struct vaddr first = vaddr(first_of(part));
        struct paddr table;
        if (find_pt(directory, first, &table) != PAGING_OK) {
                modify_dir_entries(directory, part, access);
                return;
        }

        pte_t *entries = table_seen(table);
        if (fpage_log2(part.range) < SUPERPAGE_LOG2) {
                modify_table_entries(entries, part, access);
                return;
        }
        // All of a page-table, which is one flexpage too many.
        const unsigned half = SUPERPAGE_LOG2 - 1;
        modify_table_entries(entries, vfpage_make(first, half), access);
        first.value += 1u << half;
        modify_table_entries(entries, vfpage_make(first, half), access);
}
// H4-STUB 3.5
// H4-END 3.5

enum h_error
h_modify_mapping(struct h_pagemap pagemap, struct h_vfpage pages,
                 unsigned rights)
{
        H_OPERATION();
        // H4-BEGIN 3.5
        struct user_range range;
        enum h_error error = user_range_check(pagemap, pages, &range);
        if (error != H_OK)
                return error;
        if (!rights_allow(rights))
                return H_NO_RIGHTS;
        if (user_range_in_superpage(range))
                return H_SUPERPAGE;
        if (!all_mapped(range))
                return H_NOT_MAPPED;

        for (uint32_t at = first_of(range.pages); at <= last_of(range.pages);
             at += SUPERPAGE_SIZE)
                modify_part(range.directory, user_part(range.pages, vaddr(at)),
                            user_access(rights));
        return H_OK;
        // H4-STUB 3.5
        //| H4_TODO("3.5", pagemap, pages, rights);
        // H4-END 3.5
}

// H4-BEGIN 3.5
// How many page-tables have entries in the range and nowhere else.
static size_t
count_emptied(struct user_range range)
{
        size_t emptied = 0;

        for (uint32_t at = first_of(range.pages); at <= last_of(range.pages);
             at += SUPERPAGE_SIZE) {
                struct user_row row = user_row(
                        range.directory, user_part(range.pages, vaddr(at)));
                if (row.first && !row.superpage &&
                    user_row_present(row) == page_at(row.table)->entries)
                        emptied++;
        }
        return emptied;
}

// Unmaps a part. Is its page-table empty now? Then it has come back, as `freed`.
static bool
remove_part(pde_t *directory, struct vfpage part, struct h_region *freed)
{
        struct user_row row = user_row(directory, part);
        if (!row.first)
                return false;
        uint32_t present = user_row_uncount(row);
        if (row.superpage) {
                remove_dir_entries(directory, part);
                return false;
        }

        table_uncount_entries(row.table, present);
        if (page_at(row.table)->entries > 0) {
                remove_table_entries(table_seen(row.table), part);
                return false;
        }
        *freed = user_table_release(directory, vaddr(first_of(part)));
        return true;
}
// H4-STUB 3.5
// H4-END 3.5

enum h_error
h_remove_mapping(struct h_pagemap pagemap, struct h_vfpage pages,
                 struct h_region *freed, size_t capacity, size_t *count)
{
        H_OPERATION();
        // H4-BEGIN 3.5
        struct user_range range;
        enum h_error error = user_range_check(pagemap, pages, &range);
        if (error != H_OK)
                return error;
        if (user_range_in_superpage(range))
                return H_SUPERPAGE;
        *count = count_emptied(range);
        if (*count > capacity)
                return H_CAPACITY;

        for (uint32_t at = first_of(range.pages); at <= last_of(range.pages);
             at += SUPERPAGE_SIZE) {
                struct h_region table;
                if (remove_part(range.directory,
                                user_part(range.pages, vaddr(at)), &table))
                        *freed++ = table;
        }
        return H_OK;
        // H4-STUB 3.5
        //| H4_TODO("3.5", pagemap, pages, freed, capacity, count);
        // H4-END 3.5
}

enum h_error
h_read_mapping(struct h_pagemap pagemap, struct h_vaddr address,
               struct h_mapping_info *out)
{
        H_OPERATION();
        // H4-BEGIN 3.5
        const struct pagemap_slot *slot = pagemap_slot(pagemap);
        if (!slot)
                return H_BAD_HANDLE;
        if (address.value >= H_KERNEL_SPACE)
                return H_BAD_ADDRESS;
        unsigned log2_size;
        const uint32_t *entry =
                user_entry(slot, kernel_vaddr(address), &log2_size);
        if (!entry)
                return H_NOT_MAPPED;

        uint32_t frame =
                log2_size == PAGE_LOG2 ? ENTRY_FRAME : ENTRY_SUPERPAGE_FRAME;
        *out = (struct h_mapping_info){
                .physical = { *entry & frame },
                .log2_size = log2_size,
                .rights = client_rights(entry_access(*entry).perms),
                .accessed = (*entry & ENTRY_ACCESSED) != 0,
                .dirty = (*entry & ENTRY_DIRTY) != 0,
        };
        return H_OK;
        // H4-STUB 3.5
        //| H4_TODO("3.5", pagemap, address, out);
        // H4-END 3.5
}
