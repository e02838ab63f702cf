// SPDX-License-Identifier: MIT
// Tests of exercise 3.6: whatever is called, all is as it is expected to be.
#include "kernel_mappings.h"

// Few pages of memory and few addresses, so that many calls meet.
#define AREA_LOG2 15
#define LIVE 6u

static struct {
        struct h_kernel_mapping handle;
        struct h_region region;
        struct h_vfpage pages;
        unsigned rights;
} live[LIVE];

static uint32_t live_count;
static struct h_region memory;
static struct h_vfpage addresses;
static struct h_kernel_mapping stale;

static uint32_t
words_of(uint32_t number)
{
        return 1u << (region_log2(live[number].region) - 2);
}

static struct h_paddr
place(uint32_t number, uint32_t offset)
{
        return region_word(live[number].region, offset);
}

static bool
readable(uint32_t number)
{
        return (live[number].rights & (H_R | H_W)) != 0;
}

static bool
writable(uint32_t number)
{
        return (live[number].rights & H_W) != 0;
}

// A piece of 2^log2_size bytes of what is AREA_LOG2 large.
static uint32_t
piece(uint32_t first, unsigned log2_size)
{
        uint32_t pieces = 1u << (AREA_LOG2 - log2_size);

        return first + (random_below(pieces) << log2_size);
}

static bool
used(struct h_vfpage pages)
{
        for (uint32_t i = 0; i < live_count; i++) {
                unsigned log2_size = h_vfpage_log2(live[i].pages);
                if (h_vfpage_log2(pages) > log2_size)
                        log2_size = h_vfpage_log2(pages);
                if ((pages.word ^ live[i].pages.word) >> log2_size == 0)
                        return true;
        }
        return false;
}

static void
random_add(void)
{
        unsigned log2_size = 12 + random_below(2), rights = random_below(8);
        struct h_region region = region_of(
                piece(region_first(memory).value, log2_size), log2_size);
        struct h_vfpage pages = user_pages(
                piece(h_vfpage_first(addresses).value, log2_size), log2_size);

        if (rights == 0) {
                refuses(H_NO_RIGHTS, region, pages, rights);
        } else if (used(pages)) {
                refuses(H_ADDRESS_USED, region, pages, rights);
        } else if (live_count < LIVE) {
                live[live_count].region = region;
                live[live_count].pages = pages;
                live[live_count].rights = rights;
                live[live_count++].handle =
                        goes(region, pages, rights, random_below(2));
        }
}

static void
random_remove(void)
{
        if (live_count == 0 || random_below(2) == 0) {
                is_stale(stale);
                return;
        }
        uint32_t number = random_below(live_count);
        stale = live[number].handle;
        ends(stale);
        live[number] = live[--live_count];
        is_stale(stale);
}

static void
random_write(void)
{
        uint32_t number = random_below(live_count), offset = random_word();
        struct h_kernel_mapping handle = live[number].handle;
        if (!writable(number)) {
                refuses_to_write(H_READ_ONLY, h_write_kernel_mapping, handle,
                                 offset);
                return;
        }

        uint32_t word = random_word();
        expect_h(H_OK, h_write_kernel_mapping(handle, offset, word),
                 "h_write_kernel_mapping, offset 0x%x", offset);
        due_word(place(number, offset % words_of(number)), word);
}

static void
random_read(void)
{
        uint32_t number = random_below(live_count), offset = random_word();
        struct h_kernel_mapping handle = live[number].handle;
        if (!readable(number)) {
                refuses_to_read(H_UNREADABLE, h_read_kernel_mapping, handle,
                                offset);
                return;
        }

        uint32_t word = UNTOUCHED;
        expect_h(H_OK, h_read_kernel_mapping(handle, offset, &word),
                 "h_read_kernel_mapping, offset 0x%x", offset);
        expect_hex(*spaces_word(place(number, offset % words_of(number))), word,
                   "h_read_kernel_mapping, offset 0x%x", offset);
}

static void
random_copy(void)
{
        static uint32_t words[64];
        uint32_t to = random_below(live_count);
        uint32_t from = random_below(live_count);
        uint32_t count = random_below(64);
        uint32_t to_offset = random_below(words_of(to) + 16);
        uint32_t from_offset = random_below(words_of(from) + 16);

        // Which of several errors it is the contract does not say.
        enum h_error due = H_OK;
        unsigned wrong = 0;
        if (to_offset + count > words_of(to) ||
            from_offset + count > words_of(from))
                wrong++, due = H_OFFSET;
        if (!writable(to))
                wrong++, due = H_READ_ONLY;
        if (!readable(from))
                wrong++, due = H_UNREADABLE;
        if (wrong > 1)
                return;

        for (uint32_t i = 0; due == H_OK && i < count; i++)
                words[i] = *spaces_word(place(from, from_offset + i));
        expect_h(due,
                 h_copy_words(live[to].handle, to_offset, live[from].handle,
                              from_offset, count),
                 "h_copy_words, %u words from offset %u to offset %u", count,
                 from_offset, to_offset);
        for (uint32_t i = 0; due == H_OK && i < count; i++)
                due_word(place(to, to_offset + i), words[i]);
}

TEST(random_kernel_mappings)
{
        spaces_begin_with(0x800);
        memory = spaces_region(AREA_LOG2);
        addresses = spaces_addresses(AREA_LOG2);
        stale = (struct h_kernel_mapping){ 0, 0 };
        live_count = 0;
        spaces_make();

        for (unsigned round = 0; round < 120; round++) {
                if (round % 20 == 19)
                        spaces_check("after %u operations", round);
                unsigned operation = random_below(8);
                if (live_count == 0 || operation == 0)
                        random_add();
                else if (operation == 1)
                        random_remove();
                else if (operation < 4)
                        random_write();
                else if (operation < 5)
                        random_read();
                else
                        random_copy();
        }
        while (live_count > 0)
                ends(live[--live_count].handle);
        spaces_check("after 120 operations, all mappings being removed");
}
