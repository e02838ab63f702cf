// SPDX-License-Identifier: MIT
// What a memory map says of bytes and of pages.
//
// Where a byte stops or begins to be usable, some range begins or ends:
//
//   usable       |-----------------------|    |--------|
//   reserved             |----|                   |---------|
//   borders      ^       ^    ^          ^    ^   ^    ^    ^
//
// Between two borders all bytes are alike. So it is enough to look at one byte
// from each border to the next, and no page has to be counted.
#include <kernel/layout.h>
#include <kernel/memory_map.h>
#include <kernel/multiboot.h>

// The number of addresses. It needs 33 bits, as do addresses on the way to it.
#define ALL ((uint64_t)MEMORY_PAGES << PAGE_LOG2)

// Where entries contradict each other, the memory is better left alone.
static bool
byte_usable(const struct memory_map *map, uint64_t address)
{
        bool usable = false;

        for (size_t i = 0; i < map->count; i++) {
                const struct memory_range *range = &map->ranges[i];
                if (address < range->first.value || address > range->last.value)
                        continue;
                if (range->kind != MEMORY_USABLE)
                        return false;
                usable = true;
        }
        return usable;
}

// The first border above `address`, or ALL.
static uint64_t
next_border(const struct memory_map *map, uint64_t address)
{
        uint64_t border = ALL;

        for (size_t i = 0; i < map->count; i++) {
                uint64_t first = map->ranges[i].first.value;
                uint64_t end = (uint64_t)map->ranges[i].last.value + 1;
                if (first > address && first < border)
                        border = first;
                if (end > address && end < border)
                        border = end;
        }
        return border;
}

// The first byte from `address` on that is not usable, or ALL.
static uint64_t
usable_end(const struct memory_map *map, uint64_t address)
{
        while (address < ALL && byte_usable(map, address))
                address = next_border(map, address);
        return address;
}

bool
memory_map_usable(const struct memory_map *map, struct paddr first,
                  struct paddr last)
{
        return first.value <= last.value &&
               usable_end(map, first.value) > last.value;
}

bool
memory_map_run(const struct memory_map *map, uint32_t from,
               struct page_range *run)
{
        uint64_t address = (uint64_t)from << PAGE_LOG2;

        while (address < ALL) {
                uint64_t end = usable_end(map, address);
                struct page_range found = {
                        .first = (uint32_t)((address + (PAGE_SIZE - 1)) >>
                                            PAGE_LOG2),
                        .end = (uint32_t)(end >> PAGE_LOG2),
                };
                if (found.first < found.end) {
                        *run = found;
                        return true;
                }
                address = next_border(map, end);
        }
        return false;
}

uint32_t
memory_map_end(const struct memory_map *map)
{
        struct page_range run = { 0, 0 };

        while (memory_map_run(map, run.end, &run))
                ;
        return run.end;
}

const char *
memory_kind_name(enum memory_kind kind)
{
        switch (kind) {
        case MEMORY_USABLE:
                return "usable";
        case MEMORY_RESERVED:
                return "reserved";
        case MEMORY_ACPI_TABLES:
                return "ACPI tables";
        case MEMORY_ACPI_STORAGE:
                return "ACPI storage";
        case MEMORY_DEFECTIVE:
                return "defective";
        }
        return "undefined";
}

const char *
memory_map_result_name(enum memory_map_result result)
{
        switch (result) {
        case MEMORY_MAP_OK:
                return "the memory map is complete";
        case MEMORY_MAP_EMPTY:
                return "the memory map is empty";
        case MEMORY_MAP_SHORT:
                return "an entry of the memory map is shorter than 20 bytes";
        case MEMORY_MAP_CUT:
                return "the memory map ends inside an entry";
        case MEMORY_MAP_FULL:
                return "the memory map has too many entries";
        }
        return "an undefined result";
}
