// SPDX-License-Identifier: MIT
// Memory maps as a boot loader leaves them.
#include "harness.h"
#include "words.h"

#include <h4/arena.h>
#include <h4/entries.h>
#include <h4/memory_list.h>
#include <h4/test.h>
#include <kernel/format.h>
#include <kernel/string.h>

// Before a call the map holds it in every word, and so does what lies beside it.
#define UNTOUCHED 0xEEEEEEEEu
#define BESIDE 16u

#define ENTRY_SIZE 20u

// How far behind the list an address is still said to be.
#define FAR 0x10000u

static struct {
        bool placed;
        size_t length, placed_length;
        unsigned char bytes[PAGE_SIZE];
} list;

static struct memory_map due;

static struct {
        uint32_t before[BESIDE];
        struct memory_map map;
        uint32_t behind[BESIDE];
} out;

// The last page that is mapped in the arena, and the address behind it.
static unsigned char *
edge(void)
{
        return (unsigned char *)(arena_edge() + TABLE_ENTRIES);
}

void
list_over(void)
{
        list.placed = false;
}

void
list_begin(void)
{
        list.length = 0;
        due.count = 0;
}

static void
add(const void *bytes, size_t size)
{
        if (size > sizeof(list.bytes) - list.length)
                fail("the test's list is longer than a page");
        memcpy(list.bytes + list.length, bytes, size);
        list.length += size;
}

void
list_entry_that_says(uint32_t size, uint64_t base, uint64_t length,
                     uint32_t kind)
{
        add(&size, sizeof(size));
        add(&base, sizeof(base));
        add(&length, sizeof(length));
        add(&kind, sizeof(kind));
}

void
list_entry(uint64_t base, uint64_t length, uint32_t kind)
{
        list_entry_that_says(ENTRY_SIZE, base, length, kind);
}

void
list_entry_of(uint32_t size, uint64_t base, uint64_t length, uint32_t kind)
{
        // 16 MB of usable memory at 0x55000000.
        static const uint32_t more[] = {
                ENTRY_SIZE, 0x55000000, 0, 0x1000000, 0, MEMORY_USABLE
        };

        list_entry_that_says(size, base, length, kind);
        for (uint32_t left = size - ENTRY_SIZE; left > 0;) {
                uint32_t part = left < sizeof(more) ? left : sizeof(more);
                add(more, part);
                left -= part;
        }
}

size_t
list_length(void)
{
        return list.length;
}

void
list_due(uint32_t first, uint32_t last, enum memory_kind kind)
{
        if (due.count == MEMORY_RANGES)
                fail("the test expects more ranges than a map holds");
        due.ranges[due.count++] =
                (struct memory_range){ paddr(first), paddr(last), kind };
}

const void *
list_place(size_t length)
{
        unsigned char *place = edge() - length;

        if (!list.placed)
                words_fill(arena_edge(), UNTOUCHED, TABLE_ENTRIES);
        memcpy(place, list.bytes, length);
        list.placed_length = length;
        list.placed = true;
        words_fill((uint32_t *)&out, UNTOUCHED, sizeof(out) / 4);
        return place;
}

struct memory_map *
list_map(void)
{
        return &out.map;
}

bool
list_words(uint32_t address, char *words, size_t size)
{
        uint32_t beyond = address - (uint32_t)(uintptr_t)edge();

        if (!list.placed || beyond >= FAR)
                return false;
        format(words, size,
               "the list has %zu bytes, and what is touched here lies behind "
               "it: its byte %zu, counted from 0",
               list.placed_length, list.placed_length + beyond);
        return true;
}

static const char *
result_name(enum memory_map_result result)
{
        static const char *const names[] = {
                [MEMORY_MAP_OK] = "MEMORY_MAP_OK",
                [MEMORY_MAP_EMPTY] = "MEMORY_MAP_EMPTY",
                [MEMORY_MAP_SHORT] = "MEMORY_MAP_SHORT",
                [MEMORY_MAP_CUT] = "MEMORY_MAP_CUT",
                [MEMORY_MAP_FULL] = "MEMORY_MAP_FULL",
        };

        if ((uint32_t)result >= sizeof(names) / sizeof(names[0]))
                return "an undefined result";
        return names[result];
}

static struct words
range_words(const struct memory_range *range)
{
        struct words words;

        format(words.text, sizeof(words.text), "0x%08x to 0x%08x, %s (%u)",
               range->first.value, range->last.value,
               memory_kind_name(range->kind), (unsigned)range->kind);
        return words;
}

static bool
same_range(const struct memory_range *a, const struct memory_range *b)
{
        return a->first.value == b->first.value &&
               a->last.value == b->last.value && a->kind == b->kind;
}

static void
expect_untouched(const char *words)
{
        for (unsigned i = 0; i < BESIDE; i++)
                if (out.before[i] != UNTOUCHED || out.behind[i] != UNTOUCHED)
                        fail("%s: memory beside the map has been written to",
                             words);
        if (memcmp(edge() - list.placed_length, list.bytes,
                   list.placed_length) != 0)
                fail("%s: the list itself has been written to", words);
}

void
expect_map(enum memory_map_result expected, enum memory_map_result found,
           const char *text, ...)
{
        char words[120];
        va_list arguments;
        va_start(arguments, text);
        vformat(words, sizeof(words), text, arguments);
        va_end(arguments);

        if (found != expected)
                fail_values(result_name(expected), result_name(found),
                            "memory_map_parse, %s", words);
        expect_number(due.count, out.map.count, "%s: the number of ranges",
                      words);
        for (size_t i = 0; i < due.count; i++)
                if (!same_range(&due.ranges[i], &out.map.ranges[i]))
                        fail_values(range_words(&due.ranges[i]).text,
                                    range_words(&out.map.ranges[i]).text,
                                    "%s: range %zu, counted from 0", words, i);
        expect_untouched(words);
}
