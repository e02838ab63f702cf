// SPDX-License-Identifier: MIT
// Which physical memory there is, as the BIOS and the boot loader tell it.
//
// A map is a list of ranges in any order. They may touch, overlap and contradict
// each other; where they do, the memory is better left alone: a byte is usable
// when a usable range holds it and no other kind of range does.
// Source: Multiboot Specification 0.6.96, 3.3; ACPI Specification 6.5, 15.1.
#ifndef KERNEL_MEMORY_MAP_H
#define KERNEL_MEMORY_MAP_H

#include <kernel/types.h>

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

// Pages by their numbers (address / PAGE_SIZE), from `first` to the one before
// `end`; none where first == end. `end` is at most MEMORY_PAGES.
struct page_range {
        uint32_t first;
        uint32_t end;
};

#define MEMORY_PAGES 0x100000u // as many as 32 bits address

// Is each byte from `first` to `last`, both included, usable? False where
// last < first.
bool memory_map_usable(const struct memory_map *map, struct paddr first,
                       struct paddr last);

// The next pages, from page `from` on, that are usable to their last byte: as
// many as there are in a row. False where there are none; then `run` is left as
// it was. Called again and again with from = run->end, it names each usable page
// of the map once, in ascending order.
bool memory_map_run(const struct memory_map *map, uint32_t from,
                    struct page_range *run);

// The number of the page after the last usable one, 0 if there is none: with
// 32 MB of memory at most 0x2000. Below it there may be holes.
uint32_t memory_map_end(const struct memory_map *map);

// "usable", "reserved", ...
const char *memory_kind_name(enum memory_kind kind);

#endif
