// SPDX-License-Identifier: MIT
#include <kernel/layout.h>
#include <kernel/multiboot.h>
#include <kernel/string.h>

// An entry behind its size field, as the loader writes it.
struct loader_entry {
        uint64_t base;
        uint64_t length;
        uint32_t kind;
} __attribute__((packed));

#define SIZE_FIELD sizeof(uint32_t)
#define LAST_ADDRESS UINT32_MAX

static enum memory_kind
known_kind(uint32_t kind)
{
        switch (kind) {
        case MEMORY_USABLE:
        case MEMORY_ACPI_TABLES:
        case MEMORY_ACPI_STORAGE:
        case MEMORY_DEFECTIVE:
                return (enum memory_kind)kind;
        default:
                return MEMORY_RESERVED;
        }
}

// The part of an entry that 32 bits address; false when there is none.
static bool
clip(const struct loader_entry *entry, struct memory_range *range)
{
        if (entry->length == 0 || entry->base > LAST_ADDRESS)
                return false;

        // Compared without a sum, which might be more than 64 bits hold.
        uint64_t most = LAST_ADDRESS - entry->base;
        uint32_t last = LAST_ADDRESS;
        if (entry->length - 1 < most)
                last = (uint32_t)(entry->base + (entry->length - 1));
        *range = (struct memory_range){
                .first = paddr((uint32_t)entry->base),
                .last = paddr(last),
                .kind = known_kind(entry->kind),
        };
        return true;
}

enum memory_map_result
memory_map_parse(const void *map, size_t length, struct memory_map *out)
{
        const unsigned char *next = map;

        out->count = 0;
        if (length == 0)
                return MEMORY_MAP_EMPTY;

        while (length > 0) {
                uint32_t size;
                struct loader_entry entry;
                struct memory_range range;

                if (length < SIZE_FIELD)
                        return MEMORY_MAP_CUT;
                memcpy(&size, next, SIZE_FIELD);
                next += SIZE_FIELD;
                length -= SIZE_FIELD;

                if (size < sizeof(entry))
                        return MEMORY_MAP_SHORT;
                if (size > length)
                        return MEMORY_MAP_CUT;
                memcpy(&entry, next, sizeof(entry));
                next += size;
                length -= size;

                if (!clip(&entry, &range))
                        continue;
                if (out->count == MEMORY_RANGES)
                        return MEMORY_MAP_FULL;
                out->ranges[out->count++] = range;
        }
        return MEMORY_MAP_OK;
}

static bool
contains(const struct memory_range *range, uint32_t address)
{
        return range->first.value <= address && address <= range->last.value;
}

// The last address of a usable range that holds `address`, if there is one.
static bool
usable_up_to(const struct memory_map *map, uint32_t address, uint32_t *last)
{
        for (size_t i = 0; i < map->count; i++) {
                const struct memory_range *range = &map->ranges[i];
                if (range->kind == MEMORY_USABLE && contains(range, address)) {
                        *last = range->last.value;
                        return true;
                }
        }
        return false;
}

// Where entries contradict each other, the memory is better left alone.
static bool
touches_unusable(const struct memory_map *map, uint32_t first, uint32_t last)
{
        for (size_t i = 0; i < map->count; i++) {
                const struct memory_range *range = &map->ranges[i];
                if (range->kind != MEMORY_USABLE &&
                    range->first.value <= last && range->last.value >= first)
                        return true;
        }
        return false;
}

bool
memory_map_usable(const struct memory_map *map, struct paddr first,
                  struct paddr last)
{
        uint32_t address = first.value;
        uint32_t covered;

        if (last.value < first.value ||
            touches_unusable(map, first.value, last.value))
                return false;

        // Adjacent ranges may make up the whole together.
        for (;;) {
                if (!usable_up_to(map, address, &covered))
                        return false;
                if (covered >= last.value)
                        return true;
                address = covered + 1;
        }
}

static bool
page_usable(const struct memory_map *map, uint32_t page)
{
        uint32_t first = page << PAGE_LOG2;

        return memory_map_usable(map, paddr(first),
                                 paddr(first + (PAGE_SIZE - 1)));
}

uint32_t
memory_map_end(const struct memory_map *map)
{
        uint32_t end = 0;

        for (size_t i = 0; i < map->count; i++) {
                const struct memory_range *range = &map->ranges[i];
                uint32_t beyond = (range->last.value >> PAGE_LOG2) + 1;
                if (range->kind == MEMORY_USABLE && beyond > end)
                        end = beyond;
        }
        while (end > 0 && !page_usable(map, end - 1))
                end--;
        return end;
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
