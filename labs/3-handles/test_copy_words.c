// SPDX-License-Identifier: MIT
// Tests of exercise 3.6, rows of words that are copied from mapping to mapping.
#include "far_memory.h"
#include "kernel_mappings.h"

// A row of words in a mapping.
struct row {
        struct h_kernel_mapping mapping;
        struct h_region region;
        unsigned rights;
        uint32_t offset;
};

static struct row
given_row(struct h_region region, unsigned rights)
{
        struct h_vfpage pages = spaces_addresses(region_log2(region));

        return (struct row){ given_kernel_mapping(region, pages, rights, false),
                             region, rights, 0 };
}

static struct row
at(struct row row, uint32_t offset)
{
        row.offset = offset;
        return row;
}

static enum h_error
copy(struct row to, struct row from, uint32_t count)
{
        return h_copy_words(to.mapping, to.offset, from.mapping, from.offset,
                            count);
}

// Copies, and looks at each word; at all the others looks spaces_check().
static void
copies(struct row to, struct row from, uint32_t count)
{
        static uint32_t words[2 * H_PAGE_WORDS];

        for (uint32_t i = 0; i < count; i++)
                words[i] =
                        *spaces_word(region_word(from.region, from.offset + i));
        expect_h(H_OK, copy(to, from, count),
                 "h_copy_words, %u words from offset %u to offset %u", count,
                 from.offset, to.offset);
        for (uint32_t i = 0; i < count; i++) {
                struct h_paddr place = region_word(to.region, to.offset + i);
                due_word(place, words[i]);
                expect_hex(words[i], *spaces_word(place),
                           "h_copy_words, %u words from offset %u to offset "
                           "%u: word %u of them",
                           count, from.offset, to.offset, i);
        }
}

// To where 16 bits do not count the words of a mapping, and back again.
static void
copies_far_behind(void)
{
        spaces_begin();
        if (!far_is_there())
                return;
        struct row from = given_row(spaces_region(13), H_R);
        struct row to = given_row(spaces_region(13), H_R | H_W);
        struct row far = given_row(spaces_far(21), H_R | H_W);
        spaces_make();

        static const uint32_t offsets[] = { 0x0FFF0, 0x2FFF0, 0x7FFE0 };
        for (unsigned i = 0; i < 3; i++) {
                struct row there = at(far, offsets[i]);
                expect_h(H_OK, copy(there, at(from, 40 * i), 32),
                         "h_copy_words, 32 words to offset %u of 2 MB",
                         offsets[i]);
                expect_h(H_OK, copy(at(to, 32 * i), there, 32),
                         "h_copy_words, 32 words from offset %u of 2 MB",
                         offsets[i]);
                for (uint32_t word = 0; word < 32; word++)
                        due_word(region_word(to.region, 32 * i + word),
                                 *spaces_word(region_word(from.region,
                                                          40 * i + word)));
        }
        spaces_check("after h_copy_words to the end of 2 MB and back");
}

TEST(words_are_copied)
{
        spaces_begin_with(0x800);
        struct h_pagemap space = given_pagemap();
        struct row from = given_row(spaces_region(13), H_R);
        struct row to = given_row(spaces_region(14), H_R | H_W);
        struct row page = given_row(spaces_page(), H_W);
        spaces_make();

        // One word, a page, a row over the border of two, all that there is.
        copies(to, from, 1);
        copies(at(to, 4095), at(from, 2047), 1);
        copies(at(to, 1500), from, 2048);
        copies(at(page, 0), at(from, 1024), 1024);
        copies(at(to, 1000), at(from, 1020), 40);
        spaces_check("after h_copy_words");
        spaces_enter(space);
        copies(at(to, 4096 - 200), at(from, 2048 - 200), 200);
        copies(at(to, 7), page, 30);
        spaces_check("after h_copy_words in another space");

        // No words, from the beginning on and at the end.
        copies(to, from, 0);
        copies(at(to, 4096), at(from, 0), 0);
        copies(at(to, 5), at(from, 2048), 0);
        copies(at(page, 1024), at(page, 1024), 0);
        for (unsigned i = 0; i < 12; i++) {
                uint32_t count = random_below(30);
                copies(at(to, random_below(4097 - count)),
                       at(from, random_below(2049 - count)), count);
        }
        spaces_check("after h_copy_words of random rows");
        copies_far_behind();
}

TEST(words_that_overlap_are_copied)
{
        // Two mappings of the same memory and some of one of its pages, at
        // lower addresses and at higher ones.
        spaces_begin_with(0x800);
        struct h_region region = spaces_region(14);
        struct row middle = given_row(region_page(region, 1), H_R | H_W);
        struct row low = given_row(region, H_R | H_W);
        struct row high = given_row(region, H_R | H_W);
        struct row later = given_row(region_page(region, 2), H_R | H_W);
        spaces_make();

        copies(at(low, 1), low, 40);
        copies(low, at(low, 1), 40);
        copies(at(low, 1030), at(low, 1010), 40);
        copies(at(low, 1010), at(low, 1030), 40);
        copies(low, low, 10);
        spaces_check("after h_copy_words within a mapping");

        copies(at(low, 100), at(high, 90), 40);
        copies(at(low, 90), at(high, 100), 40);
        copies(at(high, 100), at(low, 90), 40);
        copies(at(high, 90), at(low, 100), 40);
        copies(at(high, 7), at(low, 7), 30);
        spaces_check("after h_copy_words between mappings of the same memory");

        copies(at(middle, 500), at(low, 1510), 40);
        copies(at(low, 1510), at(middle, 500), 40);
        copies(at(later, 10), at(high, 2050), 40);
        copies(at(high, 2050), at(later, 10), 40);
        copies(at(high, 1024), at(middle, 1), 40);
        copies(at(middle, 1), at(high, 1024), 40);
        spaces_check("after h_copy_words between mappings that share a page");
}

static void
refuses_copy(enum h_error due, struct row to, struct row from, uint32_t count)
{
        expect_h(due, copy(to, from, count),
                 "h_copy_words, 0x%x words from offset 0x%x of 0x%x to offset "
                 "0x%x of 0x%x, handles %u.%u and %u.%u, rights %s and %s",
                 count, from.offset, 1u << (region_log2(from.region) - 2),
                 to.offset, 1u << (region_log2(to.region) - 2),
                 from.mapping.slot, from.mapping.generation, to.mapping.slot,
                 to.mapping.generation, rights_name(from.rights),
                 rights_name(to.rights));
}

// A row that does not lie within the mapping of `to`: as the one to copy to,
// and as the one to copy from.
static void
refuses_row(struct row to, struct row from, uint32_t offset, uint32_t count)
{
        refuses_copy(H_OFFSET, at(to, offset), from, count);
        refuses_copy(H_OFFSET, from, at(to, offset), count);
}

static void
refuses_outside(struct row to, struct row from)
{
        refuses_row(to, from, 1025, 1024);
        refuses_row(to, from, 0, 2049);
        refuses_row(to, from, 2047, 2);
        refuses_row(to, from, 2048, 1);
        refuses_row(to, from, 4000, 96);
        refuses_row(to, from, 2049, 0);
        refuses_row(to, from, UINT32_MAX, 0);
        refuses_copy(H_OFFSET, at(to, 1024), at(from, 3072), 1025);
        spaces_check("after h_copy_words of rows that end outside");

        // Where offset and count together, or one of them in bytes, begin anew.
        refuses_row(to, from, UINT32_MAX, 1);
        refuses_row(to, from, -16u, 16);
        refuses_row(to, from, -16u, 20);
        refuses_row(to, from, 0x40000000, 1);
        refuses_row(to, from, 0xC0000000, 16);
        refuses_row(to, from, 0, 0x40000000);
        refuses_row(to, from, 1, UINT32_MAX);
        refuses_copy(H_OFFSET, at(to, 1), at(from, 1), UINT32_MAX);
        refuses_copy(H_OFFSET, at(to, 2048), at(from, 2000), -2000u);
        refuses_copy(H_OFFSET, at(to, 0x80000000), at(from, 0x80000000),
                     0x80000000);
        spaces_check("after h_copy_words of rows that wrap");
}

static void
refuses_handles(struct row to, struct row from)
{
        struct row stale = to;
        stale.mapping.generation++;
        refuses_copy(H_BAD_HANDLE, stale, from, 8);
        refuses_copy(H_BAD_HANDLE, from, stale, 8);
        stale = from;
        stale.mapping.slot += SPACES_KERNEL_MAPPINGS;
        refuses_copy(H_BAD_HANDLE, to, stale, 8);
        refuses_copy(H_BAD_HANDLE, stale, to, 8);
        stale.mapping = (struct h_kernel_mapping){ from.mapping.slot, 0 };
        refuses_copy(H_BAD_HANDLE, to, stale, 8);
        spaces_check("after h_copy_words by handles that are made up");
}

TEST(copying_is_refused)
{
        // All have neighbours, so that a word too far is a word somewhere else.
        spaces_begin_with(0x800);
        struct h_region region = spaces_region(13);
        struct row write = given_row(region, H_W);
        struct row to = given_row(spaces_region(13), H_R | H_W);
        struct row read = given_row(region, H_R | H_X);
        struct row execute = given_row(region, H_X);
        struct row from = given_row(spaces_region(14), H_R | H_W);
        given_row(region, H_R | H_W);
        spaces_make();
        copies(at(to, 1024), at(from, 3072), 1024);
        copies(write, read, 8);
        copies(to, write, 8);

        refuses_copy(H_UNREADABLE, to, execute, 8);
        refuses_copy(H_READ_ONLY, read, from, 8);
        refuses_copy(H_READ_ONLY, execute, from, 8);
        spaces_check("after h_copy_words without rights");
        refuses_outside(to, from);
        refuses_handles(to, from);
}
