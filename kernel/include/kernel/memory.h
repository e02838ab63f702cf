// SPDX-License-Identifier: MIT
// Dividing physical memory, once, when the kernel starts: between what the
// kernel needs and what the client gets (dissertation 6.3).
#ifndef KERNEL_MEMORY_H
#define KERNEL_MEMORY_H

#include <kernel/environment.h>
#include <kernel/layout.h>
#include <kernel/regions.h>

// More regions than any machine has.
#define REGIONS_MAX 1024

struct region_table {
        size_t count;
        struct pfpage regions[REGIONS_MAX];
};

// What memory_init has found and decided.
extern struct memory_map memory_map;
extern struct environment environment;
extern struct region_table region_table;

// The reference page-directory, on which the kernel runs afterwards.
extern uint32_t reference_directory[];

// Reads the loader's memory map, plans the environment memory, builds the
// reference page-directory and runs on it, maps the environment memory at
// ENVIRONMENT_BASE, gives every page its status, and computes the initial
// regions. Panics where the machine cannot be used, and says why.
void memory_init(void);

// Where a page of the environment memory is mapped: as far from its beginning as
// in memory.
static inline struct vaddr
environment_at(uint32_t page)
{
        return vaddr(ENVIRONMENT_BASE +
                     (page - environment.pages.first) * PAGE_SIZE);
}

// The pages that a module of the boot loader occupies, the last one perhaps in
// part; none for a module of no bytes.
struct page_range module_pages(size_t index);

#endif
