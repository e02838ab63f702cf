// SPDX-License-Identifier: MIT
// What lies under the mapping database here: page-tables that are arrays, and that can run
// out; and what lies above: some spaces.
#ifndef L4_TESTS_MACHINE_H
#define L4_TESTS_MACHINE_H

#include <l4/mapdb.h>
#include <setjmp.h>

#define SPACES 5u
#define SLOTS 4u // superpages of user space in which something may be mapped
#define PAGES (1u << (H_SUPERPAGE_LOG2 - H_PAGE_LOG2))
#define PLACES (SPACES * SLOTS * PAGES)

// Superpages of memory that there are.
#define FRAMES 3u

extern struct space machine_spaces[SPACES];

// Nothing is mapped, the database is empty. There is room for four times as many mappings as
// units, and for so many page-tables.
void machine_begin(unsigned units_wanted, unsigned tables);

// Where slot and page are in a space; where a superpage of memory is.
uint32_t machine_address(unsigned slot, unsigned page);
uint32_t machine_frame(unsigned number);

// A place: one page of one space.
unsigned place_of(const struct space *space, uint32_t at);
const struct space *place_space(unsigned place);
uint32_t place_address(unsigned place);

// How many page-tables are left, and which superpages could not be split since this was last
// set: the first places of their slots.
extern unsigned machine_tables;
extern bool machine_unsplit[PLACES];

// Does it need a page-table to map a page there?
bool machine_needs_table(unsigned place);

// Is anything mapped in the slot?
bool machine_any(unsigned place);

// A program reads (H_R) and writes (H_R | H_W) there.
void machine_touch(unsigned place, unsigned used);

// A page of the kernel's own is mapped there. False: there is something already.
#define KERNELS_FRAME 0x7FFFF000u
bool machine_keep(unsigned place);

// A test has failed: back to where it is caught, with these words. Null: the program ends.
extern jmp_buf *machine_catch;
extern char machine_message[256];
_Noreturn void machine_stop(const char *format, ...)
        __attribute__((format(printf, 1, 2)));

#endif
