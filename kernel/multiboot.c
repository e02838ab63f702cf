// SPDX-License-Identifier: MIT
// Reading the memory map of the boot loader.
//
// The list and the contract are in <kernel/multiboot.h>.
#include <kernel/multiboot.h>
#include <kernel/string.h>
#include <kernel/todo.h>

// H4-BEGIN 0.2
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
// H4-STUB 0.2
// H4-END 0.2

enum memory_map_result
memory_map_parse(const void *map, size_t length, struct memory_map *out)
{
        // H4-BEGIN 0.2
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
        // H4-STUB 0.2
        //| H4_TODO("0.2", map, length, out);
        // H4-END 0.2
}
