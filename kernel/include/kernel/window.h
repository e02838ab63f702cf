// SPDX-License-Identifier: MIT
// The window: one virtual page, WINDOW_BASE, that can be moved to any physical
// frame. The kernel has no mapping of all memory; what it does not own it
// reaches through here, a frame at a time.
#ifndef KERNEL_WINDOW_H
#define KERNEL_WINDOW_H

#include <kernel/types.h>

// Moves the window to `frame` and returns where it can be read and written. The
// pointer is good until the next call.
//
// frame   any physical address, page-aligned
void *window_map(struct paddr frame);

// The page-table that the window's page belongs to, for those who build a
// page-directory.
struct paddr window_table(void);

// Copies `size` bytes from physical memory, however they lie to page borders.
void window_read(void *to, struct paddr from, size_t size);

#endif
