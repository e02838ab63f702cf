// SPDX-License-Identifier: MIT
// The memory map as a multiboot loader hands it over.
//
//    0        4                 12                20      24
//   +--------+-----------------+-----------------+-------+----- - -
//   | size   | base, 64 bits   | length, 64 bits | kind  | more
//   +--------+-----------------+-----------------+-------+----- - -
//            |<------------- size bytes, 20 or more ------------->|
//
// The next entry follows at once, aligned or not. Nothing promises that entries
// are sorted or disjoint, or that a field makes sense.
// Source: Multiboot Specification 0.6.96, 3.3.
#ifndef KERNEL_MULTIBOOT_H
#define KERNEL_MULTIBOOT_H

#include <kernel/types.h>

#define MULTIBOOT_MAGIC 0x2BADB002u // in EAX at the kernel's entry

// What a range of physical memory is, by the numbers of the loader. A number
// that is not one of these is read as MEMORY_RESERVED.
enum memory_kind {
        MEMORY_USABLE = 1,
        MEMORY_RESERVED = 2,
        MEMORY_ACPI_TABLES = 3,
        MEMORY_ACPI_STORAGE = 4, // to be kept while the machine sleeps
        MEMORY_DEFECTIVE = 5,
};

// From `first` to `last`, both included: a range may end with the last byte
// that 32 bits address.
struct memory_range {
        struct paddr first;
        struct paddr last;
        enum memory_kind kind;
};

#define MEMORY_RANGES 64

struct memory_map {
        size_t count;
        struct memory_range ranges[MEMORY_RANGES]; // in the loader's order
};

enum memory_map_result {
        MEMORY_MAP_OK,
        MEMORY_MAP_EMPTY, // no entry at all
        MEMORY_MAP_SHORT, // an entry's size is less than 20 bytes
        MEMORY_MAP_CUT,   // an entry does not end within the list
        MEMORY_MAP_FULL,  // more than MEMORY_RANGES ranges
};

// Reads the list of `length` bytes at `map`. Of a range that goes beyond 4 GB
// the part below is taken; one that lies above, or is empty, is left out.
//
// map   aligned or not; nothing is read beyond `length`
// out   on an error, the ranges in front of the place that it speaks of
// Errors: MEMORY_MAP_EMPTY, _SHORT, _CUT, _FULL: the first that is met.
enum memory_map_result memory_map_parse(const void *map, size_t length,
                                        struct memory_map *out);

// Is each byte from `first` to `last`, both included, in a usable range and
// none of them in a range of another kind? False where last < first.
bool memory_map_usable(const struct memory_map *map, struct paddr first,
                       struct paddr last);

// The number of the page after the last usable one, 0 if there is none: with
// 32 MB of memory at most 0x2000. Below it there may be holes.
uint32_t memory_map_end(const struct memory_map *map);

// "usable", "reserved", ...
const char *memory_kind_name(enum memory_kind kind);

// What went wrong, in words.
const char *memory_map_result_name(enum memory_map_result result);

#endif
