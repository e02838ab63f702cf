// SPDX-License-Identifier: MIT
// Address spaces: a free page becomes a page-directory, and an address space
// comes apart into the pages that it is made of.
//
//        page-directory                        the reference directory
//     0  +-----------------+                   +-----------------+
//        | user space:     |                   | nothing         |
//        | its own         |                   |                 |
//   768  +-----------------+                   +-----------------+
//        | kernel space    | --> the same <--- | kernel space    |
//  1023  +-----------------+   page-tables     +-----------------+
//
// The contracts are in <h/h.h>.
#include <h/h.h>
#include <h/internal/convert.h>
#include <h/internal/handles.h>
#include <h/internal/pagemap_page.h>
#include <h/internal/paranoid.h>
#include <h/internal/user_space.h>
#include <kernel/status.h>
#include <kernel/string.h>
#include <kernel/todo.h>

enum h_error
h_alloc_pagemap(struct h_pagemap_page page, struct h_pagemap *out)
{
        H_OPERATION();
        // H4-BEGIN 3.3
        struct paddr frame;
        enum h_error error = pagemap_page_check(page, &frame);
        if (error != H_OK)
                return error;
        if (!pagemap_slot_left())
                return H_HANDLES_USED;

        page_make_directory(frame);
        pde_t *directory =
                pagemap_page_attach(frame, kernel_vaddr(page.mapped)).mapped;
        memcpy(directory, h_state.reference_entries, PAGE_SIZE);
        *out = pagemap_slot_take();
        pagemap_slot(*out)->directory = frame;
        return H_OK;
        // H4-STUB 3.3
        //| H4_TODO("3.3", page, out);
        // H4-END 3.3
}

// H4-BEGIN 3.3
static size_t
count_tables(const pde_t *directory)
{
        size_t tables = 0;

        for (unsigned i = 0; i < USER_ENTRIES; i++)
                if (pde_is_table(directory[i]))
                        tables++;
        return tables;
}

// Removes all mappings of a directory on which the processor does not run. The
// page-tables that come back go to `freed`.
static void
remove_all(pde_t *directory, struct h_region *freed)
{
        for (uint32_t i = 0; i < USER_ENTRIES; i++) {
                if (!entry_is_present(directory[i]))
                        continue;

                struct vaddr first = vaddr(i * SUPERPAGE_SIZE);
                struct user_row row =
                        user_row(directory, vfpage_make(first, SUPERPAGE_LOG2));
                uint32_t present = user_row_uncount(row);
                if (row.superpage)
                        continue;
                table_uncount_entries(row.table, present);
                *freed++ = user_table_release(directory, first);
        }
}
// H4-STUB 3.3
// H4-END 3.3

enum h_error
h_free_pagemap(struct h_pagemap pagemap, struct h_region *freed,
               size_t capacity, size_t *count)
{
        H_OPERATION();
        // H4-BEGIN 3.3
        struct pagemap_slot *slot = pagemap_slot(pagemap);
        if (!slot)
                return H_BAD_HANDLE;
        struct paddr frame = slot->directory;
        pde_t *directory = directory_of(slot);
        *count = 1 + count_tables(directory);
        if (*count > capacity)
                return H_CAPACITY;

        // No translation of user space is global: the processor forgets those
        // of a directory when it leaves it, and there are none of any other.
        if (machine_directory().value == frame.value)
                machine_load(h_state.reference);
        freed[0] = client_page(frame);
        remove_all(directory, &freed[1]);
        pagemap_page_detach(frame);
        page_free_directory(frame);
        pagemap_slot_free(slot);
        return H_OK;
        // H4-STUB 3.3
        //| H4_TODO("3.3", pagemap, freed, capacity, count);
        // H4-END 3.3
}
