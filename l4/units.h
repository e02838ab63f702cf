// SPDX-License-Identifier: MIT
// What the kernel keeps lies in the heap that H has set aside: one array of units, and
// one unit for each thread that there may be. In it there is all that another
// thread may make necessary, so that a thread for which there is a unit wants for
// nothing but pages. Where each part of a unit goes is its own affair: the space in a
// unit is not that of the thread in it.
#ifndef L4_UNITS_H
#define L4_UNITS_H

#include "mapdb.h"
#include "space.h"
#include "thread.h"

#define LEAF 32u                        // threads in one of the thread table
#define UTCBS (H_PAGE_SIZE / UTCB_SIZE) // in a page
// Mappings in a unit. There are twice as many as pages of memory.
#define UNIT_MAPPINGS 8u
// Pages of the pool that a unit has a word for.
#define UNIT_PAGES 2u

// A part of the thread table (table.c).
struct leaf {
        struct thread *threads[LEAF];
        uint32_t used;
        struct leaf *next_free;
};

// A page of UTCBs (utcb.c).
struct utcb_page {
        const struct space *space;
        uint32_t address;
        struct h_region page;
        struct h_kernel_mapping mapping;
        struct thread *threads[UTCBS];
        uint32_t used;
        struct utcb_page *next; // in its chain, or among the free ones
};

struct unit {
        struct thread thread;
        struct leaf leaf;
        struct space space;
        struct utcb_page utcb_page;
        struct utcb_page *utcb_chain;           // utcb.c
        struct thread *timeout;                 // timeout.c
        uint32_t free_pages[UNIT_PAGES];        // pool.c
        struct mapping mappings[UNIT_MAPPINGS]; // mapdb.c, as are both chains
        struct mapping *found[UNIT_MAPPINGS];
        struct mapping *tops[UNIT_MAPPINGS];
};

extern struct unit *units;
extern uint32_t unit_count;

// Finds the heap, which is full of zeros.
void units_init(void);

#endif
