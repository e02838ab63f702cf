// SPDX-License-Identifier: MIT
// Memory maps as a boot loader leaves them, for tests of memory_map_parse: an
// entry after the other, and beside it what is to be read from them.
//
//   list_begin();
//   list_entry(0x00100000, 0x01F00000, MEMORY_USABLE);
//   list_due(0x00100000, 0x01FFFFFF, MEMORY_USABLE);
//   result = memory_map_parse(list_place(list_length()), list_length(),
//                             list_map());
//   expect_map(MEMORY_MAP_OK, result, "a list of one entry");
//
// The list ends where memory ends: the byte behind it is not mapped, and a test
// that touches it fails in these terms.
#ifndef H4_MEMORY_LIST_H
#define H4_MEMORY_LIST_H

#include <kernel/multiboot.h>

// A new list without entries, of which nothing is to be read.
void list_begin(void);

// Adds an entry of the usual 20 bytes behind its size field.
void list_entry(uint64_t base, uint64_t length, uint32_t kind);

// Adds an entry that says that it has `size` bytes, and has them, but at least
// 20. Those behind the first 20 look like entries of their own.
void list_entry_of(uint32_t size, uint64_t base, uint64_t length,
                   uint32_t kind);

// Adds an entry of 20 bytes, whatever its size field says.
void list_entry_that_says(uint32_t size, uint64_t base, uint64_t length,
                          uint32_t kind);

// In bytes.
size_t list_length(void);

// The next range that is to be read from the list.
void list_due(uint32_t first, uint32_t last, enum memory_kind kind);

// Puts the first `length` bytes of the list at the end of memory.
const void *list_place(size_t length);

// What memory_map_parse is to fill. It holds something else from the test
// before.
struct memory_map *list_map(void);

// Fails the test unless the result is the one expected, the map holds the ranges
// that are due and no more, and nothing beside it has been written to, nor to
// the list. `format` says what was parsed.
void expect_map(enum memory_map_result expected, enum memory_map_result found,
                const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
