// SPDX-License-Identifier: MIT
// What the grader is told of a test's machine when it looks at the memory of the
// emulator, by itself, where a test ends. It reads these records, and those of the kernel
// that they lead to, by the debug information of outside.c and system_l4.c.
//
// Where what it finds differs from what the kernel says, the kernel is wrong.
#ifndef OUTSIDE_H
#define OUTSIDE_H

#include <h/internal/context.h>
#include <h/internal/state.h>
#include <kernel/memory.h>
#include <kernel/status.h>

enum outside_kind {
        OUTSIDE_NONE,   // no machine but the kernel's own
        OUTSIDE_SPACES, // <h4/spaces.h>
        OUTSIDE_USERS,  // <h4/users.h>: address spaces, but no page array
        OUTSIDE_SYSTEM, // <h4/system.h>
};

// The machine of the running test, as its fixture has made it: where things are can
// not change any more.
struct outside_machine {
        uint32_t kind;
        struct page_array array;
        struct paddr reference;
        struct page_range environment;
        struct pagemap_slot *pagemaps;
        uint32_t pagemap_count;
        uint32_t client_pages;
        const char *program; // that is loaded, by name; null: there is none
};

extern struct outside_machine outside_machine;

// Where the kernel keeps what is to be looked at: addresses for the linker to fill in,
// null for what a stage does not have yet.
struct outside_places {
        struct outside_machine *machine;
        struct page_array *array;
        struct environment *environment;
        struct region_table *regions;
        struct h_state *state;
        struct execution *execution;
};

extern const struct outside_places outside_places;

// A fixture has made its machine; the globals of the kernel say where.
void outside_begin(enum outside_kind kind);

// The test is over.
void outside_over(void);

#endif
