// SPDX-License-Identifier: MIT
// The memory map as a multiboot loader hands it over.
//
//    0        4                 12                20      24
//   +--------+-----------------+-----------------+-------+----- - -
//   | size   | base, 64 bits   | length, 64 bits | kind  | more
//   +--------+-----------------+-----------------+-------+----- - -
//            |<------------- size bytes, 20 or more ------------->|
//
// All numbers have their lowest byte first. What follows the kind, where size is
// more than 20 (some loaders hand on ACPI's extended attributes), is skipped, and
// not read. The next entry follows at once, aligned or not. Nothing promises that
// entries are sorted or disjoint, or that a field makes sense.
// Source: Multiboot Specification 0.6.96, 3.3.
#ifndef KERNEL_MULTIBOOT_H
#define KERNEL_MULTIBOOT_H

#include <kernel/memory_map.h>
#include <kernel/types.h>

#define MULTIBOOT_MAGIC 0x2BADB002u // in EAX at the kernel's entry

enum memory_map_result {
        MEMORY_MAP_OK,
        MEMORY_MAP_EMPTY, // no entry at all
        MEMORY_MAP_SHORT, // an entry's size is less than 20 bytes
        MEMORY_MAP_CUT,   // an entry does not end within the list
        MEMORY_MAP_FULL,  // more than MEMORY_RANGES ranges
};

// Reads the list of `length` bytes at `map`. Of a range that goes beyond 4 GB
// the part below is taken; one that lies above, or is empty, is left out. A kind
// that the loader's list of kinds does not know is taken as MEMORY_RESERVED.
//
// map   aligned or not; nothing is read beyond `length`
// out   the ranges in the order of the list; on an error, those in front of the
//       place that it speaks of
// Errors: MEMORY_MAP_EMPTY, _SHORT, _CUT, _FULL: the first that is met. Within
//         an entry, size is looked at before anything else.
enum memory_map_result memory_map_parse(const void *map, size_t length,
                                        struct memory_map *out);

// What went wrong, in words.
const char *memory_map_result_name(enum memory_map_result result);

#endif
