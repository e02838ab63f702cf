// SPDX-License-Identifier: MIT
// Lists of memory ranges, made as a boot loader makes them, and worse ones.
#ifndef TESTS_MEMORY_LIST_H
#define TESTS_MEMORY_LIST_H

#include <kernel/multiboot.h>

#include <stdlib.h>
#include <string.h>

#include "check.h"

#define USABLE MEMORY_USABLE
#define RESERVED MEMORY_RESERVED

// Builds a list, entry by entry.
struct list {
        unsigned char bytes[8192];
        size_t length;
};

static inline void
add_bytes(struct list *list, const void *bytes, size_t size)
{
        assert_true(list->length + size <= sizeof(list->bytes));
        memcpy(list->bytes + list->length, bytes, size);
        list->length += size;
}

// An entry whose size field says `size`, with `more` bytes behind the 20.
static inline void
add_odd(struct list *list, uint32_t size, uint64_t base, uint64_t length,
        uint32_t kind, size_t more)
{
        static const unsigned char filler[256];

        add_bytes(list, &size, 4);
        add_bytes(list, &base, 8);
        add_bytes(list, &length, 8);
        add_bytes(list, &kind, 4);
        add_bytes(list, filler, more);
}

static inline void
add(struct list *list, uint64_t base, uint64_t length, uint32_t kind)
{
        add_odd(list, 20, base, length, kind, 0);
}

// Parses the first `length` bytes, at an address that is aligned for nothing.
static inline enum memory_map_result
parse_part(const struct list *list, size_t length, struct memory_map *out)
{
        unsigned char *block = malloc(length + 1);
        assert_non_null(block);
        memcpy(block + 1, list->bytes, length);
        enum memory_map_result result =
                memory_map_parse(block + 1, length, out);
        free(block);
        return result;
}

static inline enum memory_map_result
parse(const struct list *list, struct memory_map *out)
{
        return parse_part(list, list->length, out);
}

static inline void
check_range(const struct memory_map *map, size_t index, uint32_t first,
            uint32_t last, enum memory_kind kind)
{
        assert_true(index < map->count);
        assert_int_equal(map->ranges[index].first.value, first);
        assert_int_equal(map->ranges[index].last.value, last);
        assert_int_equal(map->ranges[index].kind, kind);
}

// What Bochs's BIOS reports for 32 MB.
static inline struct list
of_bochs(void)
{
        struct list list = { .length = 0 };

        add(&list, 0, 0x9F000, 1);
        add(&list, 0x9F000, 0x1000, 2);
        add(&list, 0xE8000, 0x18000, 2);
        add(&list, 0x100000, 0x1EF0000, 1);
        add(&list, 0x1FF0000, 0x10000, 3);
        add(&list, 0xFFFC0000, 0x40000, 2);
        return list;
}

#endif
