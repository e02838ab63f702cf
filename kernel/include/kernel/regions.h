// SPDX-License-Identifier: MIT
// The status of every page when the machine has started, and the memory that is
// left for the client: the initial regions. Source: dissertation 4.2, 4.3.1, 6.3.
#ifndef KERNEL_REGIONS_H
#define KERNEL_REGIONS_H

#include <kernel/memory_map.h>
#include <kernel/status.h>

// What is where when the kernel starts.
struct boot_pages {
        const struct memory_map *map;
        struct page_range image;       // the kernel image
        struct page_range environment; // what else the kernel needs
        const struct page_range *modules;
        size_t module_count;
        struct paddr directory;     // the reference page-directory
        const struct paddr *tables; // the kernel's own page-tables
        size_t table_count;
};

// Gives every page of an array its status at the start:
//
//   the reference page-directory   page-directory, pinned
//   the kernel's own page-tables   page-table, pinned, no entries counted
//   image and environment          environment, whatever the map says of them
//   usable to its last byte        normal(0); with the mark `module` where a
//                                  module has it or a part of it
//   all others                     not installed
//
// Where several lines fit, the first one holds. No bit of an entry that the line
// does not name is set. Of a module that ends beyond the array, the pages in the
// array count.
//
// pages   `count` entries, which may have held anything
// Errors, in the order in which they are looked for:
//         PAGE_NOT_INSTALLED, image or environment ends beyond the array;
//         PAGE_MISALIGNED, the address of a table, or of the directory, is not
//         that of a page;
//         PAGE_WRONG_STATUS, such a page lies neither in image nor in
//         environment.
// When it refuses, no entry has changed.
enum page_result status_boot(const struct boot_pages *boot, struct page *pages,
                             uint32_t count);

// The memory that the client gets: each normal page of the page array that has
// no module lies in one flexpage, and no other page lies in any. They are as
// few as possible, in ascending order.
//
// out     room for `capacity` flexpages; may be null where capacity is 0
// count   out: how many there are
// Errors: PAGE_CAPACITY, `out` has no room: *count is set to the number needed,
//         `out` is left as it was.
enum page_result initial_regions(struct pfpage *out, size_t capacity,
                                 size_t *count);

#endif
