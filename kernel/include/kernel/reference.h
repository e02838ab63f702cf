// SPDX-License-Identifier: MIT
// The reference page-directory: every kernel mapping, and nothing in user
// space. Each page-directory starts as its copy and shares its page-tables, so
// that one update is seen in every address space (dissertation 6.7).
#ifndef KERNEL_REFERENCE_H
#define KERNEL_REFERENCE_H

#include <kernel/paging.h>
#include <kernel/result.h>
#include <kernel/types.h>

// What the reference directory is made from. All its tables are mapped.
//
// The first 4 MB of physical memory appear at KERNEL_BASE in pages of 4 KB,
// global and for the kernel alone: executable and not writable from
// `read_only_first` up to and not including `read_only_end` (code and
// constants), readable and writable elsewhere; the page `guard` is not mapped.
struct reference_plan {
        struct pagemap_page directory;
        struct pagemap_page image_table;
        struct paddr read_only_first; // page-aligned, below IMAGE_LIMIT
        struct paddr read_only_end;   // page-aligned, up to IMAGE_LIMIT
        struct paddr guard;           // page-aligned, below IMAGE_LIMIT

        // The page-table of the window, in use already: it is left as it is
        // and stands at WINDOW_BASE. As it and the image's never hold anything
        // but the kernel, their directory entries do not allow user access.
        struct paddr window_table;

        // Page-tables for the client-controlled addresses, one for each 4 MB
        // from CLIENT_BASE on, empty at first. A mapping there may be open to
        // user code, so their directory entries allow it.
        const struct pagemap_page *client_tables;
        size_t client_table_count;
};

// Builds the reference directory. Afterwards it maps what the plan says and
// nothing else; the tables may have held anything before, all but the window's.
//
// Errors, in the order in which they are looked for:
//         PAGING_MISALIGNED, an address of the plan that is not page-aligned,
//         physical or virtual;
//         PAGING_RANGE, read_only_end < read_only_first, or one of the image's
//         addresses is not below IMAGE_LIMIT (read_only_end may be equal);
//         PAGING_SIZE, more client tables than fit below CLIENT_LIMIT;
//         PAGING_IN_USE, one frame is named for two uses.
// When it refuses, no page of the plan has changed.
enum paging_result reference_build(const struct reference_plan *plan);

#endif
