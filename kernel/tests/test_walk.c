// SPDX-License-Identifier: MIT
// The software page walk, over a few frames of made-up physical memory.
#include <string.h>

#include <kernel/walk.h>

#include "check.h"
#include "fake/window.h"

#define DIRECTORY 0x00012000u
#define TABLE 0xFFFFF000u // the last frame there is

static uint32_t *const directory = fake_frames[0].content;
static uint32_t *const table = fake_frames[1].content;
static struct fake_frame before[FAKE_FRAMES];
static struct translation found;

// A directory and a table; the other frames are nobody's, and full of entries
// that would be found if somebody walked into them.
static int
setup(void **state)
{
        (void)state;
        fake_window_close();
        memset(fake_frames, 0xFF, sizeof fake_frames);
        fake_frames[0].frame = paddr(DIRECTORY);
        fake_frames[1].frame = paddr(TABLE);
        memset(directory, 0, PAGE_SIZE);
        memset(table, 0, PAGE_SIZE);
        memset(&found, 0xA5, sizeof found);
        return 0;
}

static enum paging_result
walk(uint32_t address)
{
        memcpy(before, fake_frames, sizeof before);
        enum paging_result result =
                page_walk(paddr(DIRECTORY), vaddr(address), &found);
        fake_window_close();
        assert_memory_equal(before, fake_frames, sizeof before);
        return result;
}

static void
a_small_page(void **state)
{
        (void)state;
        directory[1] = TABLE | 0x007;
        table[2] = 0x00345000 | 0x747; // global, dirty, user, write; aR, aX
        assert_result(walk(0x00402ABC), PAGING_OK);
        assert_int_equal(found.physical.value, 0x00345ABC);
        assert_int_equal(found.log2_size, 12);
        assert_int_equal(found.perms, PERM_ALL);
        assert_true(found.user);
        assert_true(found.global);
        assert_false(found.accessed);
        assert_true(found.dirty);
}

static void
a_superpage(void **state)
{
        (void)state;
        directory[1023] = 0xFFC00000 | 0x4A1; // accessed, not dirty; aX only
        assert_result(walk(0xFFFFFFFF), PAGING_OK);
        assert_int_equal(found.physical.value, 0xFFFFFFFF);
        assert_int_equal(found.log2_size, 22);
        assert_int_equal(found.perms, PERM_X);
        assert_false(found.user);
        assert_false(found.global);
        assert_true(found.accessed);
        assert_false(found.dirty);
}

// The bits 12 to 21 of a superpage's entry are no part of the frame.
static void
a_superpage_at_a_misaligned_base(void **state)
{
        (void)state;
        directory[1] = 0x00BFF000 | 0x283;
        assert_result(walk(0x00401234), PAGING_OK);
        assert_int_equal(found.physical.value, 0x00801234);
}

// In a page-table's entry bit 7 has another meaning.
static void
bit_7_of_a_page_table_entry_is_no_superpage(void **state)
{
        (void)state;
        directory[1] = TABLE | 0x007;
        table[0] = 0x00345000 | 0x283;
        assert_result(walk(0x00400123), PAGING_OK);
        assert_int_equal(found.physical.value, 0x00345123);
        assert_int_equal(found.log2_size, 12);
}

static void
both_levels_decide_on_writing_and_on_user(void **state)
{
        (void)state;
        for (uint32_t above = 0; above < 8; above += 2)
                for (uint32_t leaf = 0; leaf < 8; leaf += 2) {
                        directory[1] = TABLE | above | 1;
                        table[0] = 0x00345000 | leaf | 0x601;
                        assert_result(walk(0x00400000), PAGING_OK);
                        uint32_t both = above & leaf;
                        assert_int_equal(found.user, (both & 4) != 0);
                        assert_int_equal(found.perms,
                                         both & 2 ? PERM_ALL : PERM_R | PERM_X);
                }
}

// Writing was asked for and implies reading; without the directory's leave only
// the reading remains.
static void
writing_leaves_reading_behind(void **state)
{
        (void)state;
        directory[1] = TABLE | 0x005;
        table[0] = 0x00345000 | 0x007;
        assert_result(walk(0x00400000), PAGING_OK);
        assert_int_equal(found.perms, PERM_R);
}

// Accessed, dirty and global of the directory's entry say nothing of the page.
static void
other_bits_come_from_the_last_entry_only(void **state)
{
        (void)state;
        directory[1] = TABLE | 0x767;
        table[0] = 0x00345000 | 0x201;
        assert_result(walk(0x00400000), PAGING_OK);
        assert_int_equal(found.perms, PERM_R);
        assert_false(found.accessed);
        assert_false(found.dirty);
        assert_false(found.global);
}

static void
refuses_what_is_not_there(void **state)
{
        (void)state;
        struct translation untouched = found;
        assert_result(walk(0x00400000), PAGING_NOT_MAPPED);
        // Not present, whatever the other bits say.
        directory[1] = 0xFFFFFFFE;
        assert_result(walk(0x00400000), PAGING_NOT_MAPPED);
        directory[1] = TABLE | 0x007;
        assert_result(walk(0x00400000), PAGING_NOT_MAPPED);
        table[0] = 0xFFFFFFFE;
        assert_result(walk(0x00400000), PAGING_NOT_MAPPED);
        assert_memory_equal(&found, &untouched, sizeof found);
}

static void
refuses_a_misaligned_directory(void **state)
{
        (void)state;
        struct translation untouched = found;
        for (unsigned bit = 0; bit < 12; bit++)
                assert_result(page_walk(paddr(DIRECTORY | 1u << bit), vaddr(0),
                                        &found),
                              PAGING_MISALIGNED);
        assert_memory_equal(&found, &untouched, sizeof found);
}

// The walk once more, in other words: by division, and with flags in a row.
static bool
model(uint32_t address, struct translation *result)
{
        uint32_t above = directory[address / 0x400000];
        uint32_t leaf = above;
        uint32_t size = 0x400000;
        if ((above & 1) == 0)
                return false;
        if ((above & 0x80) == 0) {
                for (size_t i = 0; i < FAKE_FRAMES; i++)
                        if (fake_frames[i].frame.value == above / 4096 * 4096)
                                leaf = fake_frames[i]
                                               .content[address / 4096 % 1024];
                size = 0x1000;
                if ((leaf & 1) == 0)
                        return false;
        }
        *result = (struct translation){
                .physical = paddr(leaf / size * size + address % size),
                .log2_size = size == 0x1000 ? 12 : 22,
                .user = (above & leaf & 4) != 0,
                .global = (leaf & 0x100) != 0,
                .accessed = (leaf & 0x20) != 0,
                .dirty = (leaf & 0x40) != 0,
        };
        result->perms |= above & leaf & 2 ? PERM_W : 0;
        result->perms |= leaf & 0x202 ? PERM_R : 0;
        result->perms |= leaf & 0x400 ? PERM_X : 0;
        return true;
}

static void
random_tables_agree_with_the_model(void **state)
{
        (void)state;
        struct random random = { 0x3A1C0001 };
        unsigned seen[3] = { 0 };
        for (size_t i = 1; i < FAKE_FRAMES; i++)
                fake_frames[i].frame = paddr(0x10000000 * (uint32_t)i);
        for (int round = 0; round < 200; round++) {
                for (size_t i = 0; i < FAKE_FRAMES; i++)
                        for (size_t j = 0; j < TABLE_ENTRIES; j++)
                                fake_frames[i].content[j] =
                                        random_next(&random);
                // Every page-table that the directory names is one of ours.
                for (size_t j = 0; j < TABLE_ENTRIES; j++)
                        if (!(directory[j] & ENTRY_SUPERPAGE))
                                directory[j] =
                                        (directory[j] & 0xFFF) |
                                        0x10000000 *
                                                (1 + random_below(&random, 7));
                for (int i = 0; i < 100; i++) {
                        uint32_t address = random_next(&random);
                        struct translation expected = { .physical = { 0 } };
                        bool mapped = model(address, &expected);
                        enum paging_result result = page_walk(
                                paddr(DIRECTORY), vaddr(address), &found);
                        fake_window_close();
                        assert_result(result,
                                      mapped ? PAGING_OK : PAGING_NOT_MAPPED);
                        seen[mapped ? expected.log2_size == 22 : 2]++;
                        if (!mapped)
                                continue;
                        assert_int_equal(found.physical.value,
                                         expected.physical.value);
                        assert_int_equal(found.log2_size, expected.log2_size);
                        assert_int_equal(found.perms, expected.perms);
                        assert_int_equal(found.user, expected.user);
                        assert_int_equal(found.global, expected.global);
                        assert_int_equal(found.accessed, expected.accessed);
                        assert_int_equal(found.dirty, expected.dirty);
                }
        }
        // The seed is good for something.
        for (unsigned i = 0; i < 3; i++)
                assert_true(seen[i] > 1000);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(a_small_page, setup),
                cmocka_unit_test_setup(a_superpage, setup),
                cmocka_unit_test_setup(a_superpage_at_a_misaligned_base, setup),
                cmocka_unit_test_setup(
                        bit_7_of_a_page_table_entry_is_no_superpage, setup),
                cmocka_unit_test_setup(
                        both_levels_decide_on_writing_and_on_user, setup),
                cmocka_unit_test_setup(writing_leaves_reading_behind, setup),
                cmocka_unit_test_setup(other_bits_come_from_the_last_entry_only,
                                       setup),
                cmocka_unit_test_setup(refuses_what_is_not_there, setup),
                cmocka_unit_test_setup(refuses_a_misaligned_directory, setup),
                cmocka_unit_test_setup(random_tables_agree_with_the_model,
                                       setup),
        };
        return cmocka_run_group_tests_name("walk", tests, NULL, NULL);
}
