// SPDX-License-Identifier: MIT
// Tests of exercise 3.6, single words of kernel mappings.
#include "far_memory.h"
#include "kernel_mappings.h"

// Offsets around the borders of pages, of a mapping of 4 pages, and of what is
// left of an offset when it is counted in bytes.
static const uint32_t offsets[] = {
        0,          1,          1022,       1023,       1024,       1025,
        2047,       2048,       4095,       4096,       4097,       8191,
        0x3FFFFFFF, 0x40000000, 0x40000401, 0x7FFFFFFF, 0x80000000, 0xC0000800,
        0xFFFFF000, 0xFFFFFFFE, 0xFFFFFFFF,
};

#define OFFSETS (sizeof(offsets) / sizeof(offsets[0]))

static uint32_t
words_of(struct h_region region)
{
        return 1u << (region_log2(region) - 2);
}

static void
reads(struct h_kernel_mapping mapping, struct h_region region, uint32_t offset)
{
        uint32_t place = offset % words_of(region), word = UNTOUCHED;

        expect_h(H_OK, h_read_kernel_mapping(mapping, offset, &word),
                 "h_read_kernel_mapping, offset 0x%x", offset);
        expect_hex(*spaces_word(region_word(region, place)), word,
                   "h_read_kernel_mapping, offset 0x%x of %u words: word %u",
                   offset, words_of(region), place);
        if (offset >= H_PAGE_WORDS)
                return;
        word = UNTOUCHED;
        expect_h(H_OK, h_read_word_at_offset(mapping, offset, &word),
                 "h_read_word_at_offset, offset 0x%x", offset);
        expect_hex(*spaces_word(region_word(region, offset)), word,
                   "h_read_word_at_offset, offset 0x%x", offset);
}

static void
writes(struct h_kernel_mapping mapping, struct h_region region, uint32_t offset)
{
        struct h_paddr at = region_word(region, offset % words_of(region));
        uint32_t word = random_word();

        expect_h(H_OK, h_write_kernel_mapping(mapping, offset, word),
                 "h_write_kernel_mapping, offset 0x%x", offset);
        due_word(at, word);
        expect_hex(word, *spaces_word(at),
                   "h_write_kernel_mapping, offset 0x%x of %u words: the word "
                   "at 0x%08x in memory",
                   offset, words_of(region), at.value);
        if (offset >= H_PAGE_WORDS)
                return;
        word = random_word();
        expect_h(H_OK, h_write_word_at_offset(mapping, offset, word),
                 "h_write_word_at_offset, offset 0x%x", offset);
        due_word(at, word);
        expect_hex(word, *spaces_word(at),
                   "h_write_word_at_offset, offset 0x%x: the word at 0x%08x "
                   "in memory",
                   offset, at.value);
}

// Two words of 512 KB whose offsets agree in 16 bits.
static void
words_far_behind(void)
{
        const uint32_t low = 0x02345, high = 0x12345;
        uint32_t word = UNTOUCHED;

        spaces_begin();
        if (!far_is_there())
                return;
        struct h_kernel_mapping mapping = given_kernel_mapping(
                spaces_far(19), spaces_addresses(19), H_R | H_W, false);
        spaces_make();
        expect_h(H_OK, h_write_kernel_mapping(mapping, low, low),
                 "h_write_kernel_mapping, offset 0x%x of 512 KB", low);
        expect_h(H_OK, h_write_kernel_mapping(mapping, high, high),
                 "h_write_kernel_mapping, offset 0x%x of 512 KB", high);
        expect_h(H_OK, h_read_kernel_mapping(mapping, low, &word),
                 "h_read_kernel_mapping, offset 0x%x of 512 KB", low);
        expect_hex(low, word,
                   "h_read_kernel_mapping, offset 0x%x of 512 KB, after words "
                   "have been written there and to offset 0x%x",
                   low, high);
        expect_h(H_OK, h_read_kernel_mapping(mapping, high, &word),
                 "h_read_kernel_mapping, offset 0x%x of 512 KB", high);
        expect_hex(high, word, "h_read_kernel_mapping, offset 0x%x of 512 KB",
                   high);
        spaces_check("after words of 512 KB");
}

TEST(words_of_kernel_mappings)
{
        spaces_begin_with(0x800);
        struct h_pagemap space = given_pagemap();
        struct h_region row = spaces_region(14), page = spaces_page();
        struct h_vfpage row_at = spaces_addresses(14);
        struct h_vfpage page_at = spaces_addresses(12);
        struct h_kernel_mapping four =
                given_kernel_mapping(row, row_at, H_R | H_W, false);
        struct h_kernel_mapping one =
                given_kernel_mapping(page, page_at, H_W, true);
        struct h_kernel_mapping other = given_kernel_mapping(
                row, spaces_addresses(14), H_R | H_X, false);
        given_mapped(space, user_pages(0x00400000, 14), row, H_R);
        spaces_make();

        for (unsigned i = 0; i < OFFSETS; i++) {
                reads(four, row, offsets[i]);
                reads(one, page, offsets[i]);
        }
        for (unsigned i = 0; i < 20; i++)
                reads(four, row, random_word());
        spaces_check("after reading words");

        spaces_enter(space);
        for (unsigned i = 0; i < OFFSETS; i++) {
                writes(four, row, offsets[i]);
                writes(one, page, offsets[i]);
                reads(other, row, offsets[i]);
        }
        for (unsigned i = 0; i < 20; i++)
                writes(four, row, random_word());
        spaces_check("after writing words");

        // The same memory, seen from user space.
        writes(four, row, 3 * H_PAGE_WORDS + 7);
        expect_reads(vaddr(0x0040301C),
                     *spaces_word(region_word(row, 3 * H_PAGE_WORDS + 7)),
                     "after h_write_kernel_mapping to the same memory");
        words_far_behind();
}

static struct h_kernel_mapping
given(struct h_region region, unsigned rights)
{
        return given_kernel_mapping(
                region, spaces_addresses(region_log2(region)), rights, false);
}

static void
refuse_handles(struct h_kernel_mapping good, uint32_t free_slot)
{
        const struct h_kernel_mapping bad[] = {
                { 0, 0 },
                { good.slot, 0 },
                { good.slot, good.generation + 1 },
                { good.slot, good.generation | 0x10000 },
                { good.slot, UINT32_MAX },
                { free_slot, 0 }, // a free slot
                { free_slot, good.generation },
                { SPACES_KERNEL_MAPPINGS + good.slot, good.generation },
                { good.slot | 0x80000000, good.generation },
                { good.slot - 0x10000000, good.generation },
                { UINT32_MAX, good.generation },
        };
        for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
                is_stale(bad[i]);
        spaces_check("after calls with handles that are made up");
}

// The first page ends, though the mapping goes on.
static void
refuse_offsets(struct h_kernel_mapping mapping)
{
        for (unsigned i = 0; i < OFFSETS; i++) {
                if (offsets[i] < H_PAGE_WORDS)
                        continue;
                refuses_to_read(H_OFFSET, h_read_word_at_offset, mapping,
                                offsets[i]);
                refuses_to_write(H_OFFSET, h_write_word_at_offset, mapping,
                                 offsets[i]);
        }
        spaces_check("after words behind the first page were refused");
}

TEST(words_are_refused)
{
        spaces_begin_with(0x800);
        struct h_region region = spaces_region(13);
        struct h_kernel_mapping all = given(region, H_R | H_W | H_X);
        struct h_kernel_mapping write = given(region, H_W);
        struct h_kernel_mapping read = given(region, H_R);
        struct h_kernel_mapping both = given(region, H_R | H_X);
        struct h_kernel_mapping execute = given(region, H_X);
        spaces_make();
        reads(all, region, 5);
        writes(all, region, 5);
        reads(write, region, 5);
        writes(write, region, 5);

        refuses_to_read(H_UNREADABLE, h_read_kernel_mapping, execute, 5);
        refuses_to_read(H_UNREADABLE, h_read_kernel_mapping, execute, 1500);
        refuses_to_read(H_UNREADABLE, h_read_word_at_offset, execute, 5);
        const struct h_kernel_mapping others[] = { read, both, execute };
        for (unsigned i = 0; i < 3; i++) {
                refuses_to_write(H_READ_ONLY, h_write_kernel_mapping, others[i],
                                 5);
                refuses_to_write(H_READ_ONLY, h_write_kernel_mapping, others[i],
                                 1500);
                refuses_to_write(H_READ_ONLY, h_write_word_at_offset, others[i],
                                 5);
        }
        reads(read, region, 5);
        reads(both, region, 5);
        spaces_check("after words were refused for want of rights");

        refuse_offsets(all);
        refuse_handles(all, execute.slot + 1);
}
