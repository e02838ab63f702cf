// SPDX-License-Identifier: MIT
// What tests of single cases are told in: superpages have their real size there, 1,024 pages.
// All rights, where nothing else is said.
#ifndef L4_TESTS_CASES_H
#define L4_TESTS_CASES_H

#include "machine.h"

#define ALL (H_R | H_W | H_X)
#define FRAME machine_frame(0)
#define ROW 2048u // mappings in a row

// Shorter names, for what is said often.
uint32_t at(unsigned slot, unsigned page);
struct space *space(unsigned number);

// Nothing is mapped; there is room for many mappings, and for so many page-tables.
void begin(unsigned tables);

// Space 0 has a superpage in slot 1, space 1 has it from it, at the same place, and space 2
// has it from that, in slot 2.
void three_superpages(unsigned tables);

// One piece.
enum map_result give(unsigned to, uint32_t to_at, uint32_t frame,
                     unsigned log2);
enum map_result share(unsigned from, uint32_t from_at, unsigned to,
                      uint32_t to_at, unsigned log2, unsigned rights);
enum map_result grant(unsigned from, uint32_t from_at, unsigned to,
                      uint32_t to_at, unsigned log2, bool alone);

// A walk from the beginning to the end: returns what was used. How many steps: `steps`.
unsigned walk(unsigned number, uint32_t first, uint32_t bytes, unsigned rights,
              bool own);
extern unsigned steps;

// What a space has there: 0 rights, or an entry of 2^0 bytes, is nothing.
unsigned rights_at(unsigned number, uint32_t address);
unsigned entry_log2_at(unsigned number, uint32_t address);

// A program uses it.
void touch(unsigned number, uint32_t address, unsigned used);

#endif
