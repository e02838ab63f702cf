// SPDX-License-Identifier: MIT
// The software page walk: what the hardware would find.
#ifndef KERNEL_WALK_H
#define KERNEL_WALK_H

#include <kernel/entry.h>
#include <kernel/result.h>
#include <kernel/types.h>

// A translation. What the hardware allows is what both levels allow.
struct translation {
        struct paddr physical; // of the address itself, not of its page
        unsigned log2_size;    // of the page: 12 or 22
        uint32_t perms;        // as asked for, see entry_access; PERM_W only
                               // where both levels allow writing
        bool user;             // ring 3 may use it: both levels say so
        bool global;
        bool accessed; // of the entry that maps the page
        bool dirty;
};

// Translates `address` by the page-directory in the frame `directory`, which
// need not be the current one, and none of whose tables need be mapped: the
// walk reads them through the window. It changes no table, not even an accessed
// bit.
//
// found   out: left as it was on an error
// Errors: PAGING_MISALIGNED, `directory` is not page-aligned;
//         PAGING_NOT_MAPPED.
// Source: Intel SDM volume 3, 4.3 and 4.6; dissertation 2.2.1.
enum paging_result page_walk(struct paddr directory, struct vaddr address,
                             struct translation *found);

#endif
