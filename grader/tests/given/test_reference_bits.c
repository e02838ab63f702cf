// SPDX-License-Identifier: MIT
// h_take_reference_bits, on the machine, where the processor sets them.
#include "copying.h"

#define LARGE 0x80800000u

static void
takes(bool accessed, bool dirty, struct h_pagemap space, uint32_t first,
      unsigned log2_size, const char *when)
{
        bool found_accessed = !accessed, found_dirty = !dirty;

        expect_h(H_OK,
                 h_take_reference_bits(space, user_pages(first, log2_size),
                                       &found_accessed, &found_dirty),
                 "h_take_reference_bits, 2^%u bytes at 0x%08x", log2_size,
                 first);
        expect_bool(accessed, found_accessed,
                    "h_take_reference_bits, 2^%u bytes at 0x%08x, %s: "
                    "accessed",
                    log2_size, first, when);
        expect_bool(dirty, found_dirty,
                    "h_take_reference_bits, 2^%u bytes at 0x%08x, %s: dirty",
                    log2_size, first, when);
}

// A word is read, or written to with what it holds.
static void
reads(uint32_t address)
{
        if (touch_read(vaddr(address)).faulted)
                fail("0x%08x cannot be read", address);
}

static void
writes(uint32_t address)
{
        if (touch_write(vaddr(address), touch_read(vaddr(address)).value)
                    .faulted)
                fail("0x%08x cannot be written", address);
}

// Taken again and again: each time the processor has to find its entry anew.
static void
marks_come_again(struct h_pagemap space, uint32_t address, uint32_t first,
                 unsigned log2_size)
{
        takes(false, false, space, first, log2_size, "of what is not used yet");
        for (unsigned i = 0; i < 3; i++) {
                reads(address);
                takes(true, false, space, first, log2_size, "after reading");
                takes(false, false, space, first, log2_size, "once more");
                writes(address);
                takes(true, true, space, first, log2_size, "after writing");
                takes(false, false, space, first, log2_size, "once more");
                writes(address);
                reads(address);
                takes(true, true, space, first, log2_size,
                      "after writing and reading");
                reads(address);
                takes(true, false, space, first, log2_size,
                      "read since, after it was written to");
        }
}

TEST(marks_are_taken_and_come_again)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap();
        given_row(space, H_R | H_W, 0);
        struct h_region far = spaces_far(23);
        given_mapped(space, user_pages(0x40440000, 18),
                     region_of(region_first(far).value, 18), H_R | H_W);
        given_mapped(space, user_pages(LARGE, 23), far, H_R | H_W);
        given_mapped(space, user_pages(LAST_PAGE, 12), spaces_page(),
                     H_R | H_W);
        spaces_make();

        spaces_enter(space);
        marks_come_again(space, ROW_AT + 0x1234, ROW_AT + 0x1000, 12);
        marks_come_again(space, ROW_AT + 0x3FFC, ROW_AT + 0x2000, 13);
        marks_come_again(space, 0x4047F000, 0x40440000, 18);
        marks_come_again(space, 0x40450000, 0x40440000, 18);
        marks_come_again(space, LARGE + 0x1A3040, LARGE, 22);
        marks_come_again(space, LARGE + 0x400000, LARGE, 23);
        marks_come_again(space, LARGE + 0x3FFFFC, LARGE, 23);
        marks_come_again(space, H_KERNEL_SPACE - 4, LAST_PAGE, 12);
        marks_come_again(space, ROW_AT, 0x40000000, 29);
        marks_come_again(space, LARGE + 0x3FFFFC, 0x80000000, 30);
        spaces_check("after h_take_reference_bits of many ranges");
}

// Nobody else's marks are taken.
TEST(marks_beside_stay)
{
        spaces_begin();
        struct h_pagemap here = given_pagemap(), there = given_pagemap();
        struct h_region row = given_row(here, H_R | H_W, 0);
        given_mapped(there, user_pages(ROW_AT, 12), region_page(row, 3),
                     H_R | H_W);
        spaces_make();
        clear_marks(here);

        spaces_enter(there);
        writes(ROW_AT);
        spaces_enter(here);
        takes(false, false, here, ROW_AT, 12, "used in another space only");
        for (uint32_t at = ROW_AT; at < ROW_END; at += H_PAGE_SIZE)
                writes(at);
        takes(true, true, here, ROW_AT + 0x2000, 13, "of two pages of eight");
        for (uint32_t i = 0; i < PAGES_EACH; i++)
                expect_marks(i == 2 || i == 3 ? 0 : USED, here,
                             ROW_AT + i * H_PAGE_SIZE,
                             "after h_take_reference_bits of pages 2 and 3");
        expect_marks(USED, there, ROW_AT, "in a space that was not asked");
        takes(true, true, there, ROW_AT, 12, "not being in that space");
        spaces_check("after h_take_reference_bits");
}

// What user code would have done counts as well.
TEST(marks_of_copying_are_taken)
{
        spaces_begin();
        struct h_pagemap here = given_pagemap(), there = given_pagemap();
        given_row(here, H_R | H_W, 0);
        given_row(there, H_R | H_W, 0);
        spaces_make();

        clear_marks(here);
        clear_marks(there);
        spaces_enter(there);
        for (unsigned i = 0; i < 2; i++) {
                copy(in_space(there, ROW_AT + 0x1FFF), in_space(here, ROW_AT),
                     2);
                takes(true, false, here, ROW_AT, 12, "copied from");
                takes(true, true, there, ROW_AT + 0x2000, 12, "copied to");
                writes(ROW_AT + 0x2000);
                takes(true, true, there, ROW_AT + 0x2000, 12, "written to");
                takes(true, true, there, ROW_AT, 13, "a byte copied to");
        }
        spaces_check("after h_take_reference_bits behind h_copy_user");
}

TEST(marks_of_what_is_not_mapped)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap();
        given_row(space, H_R | H_W, 0x06);
        spaces_make();
        clear_marks(space);

        // An entry that is not present says nothing.
        *entry_at(space, ROW_AT + 0x1000) = USED;
        spaces_directory(space).mapped[LARGE / H_SUPERPAGE_SIZE] =
                USED | ENTRY_SUPERPAGE;
        takes(false, false, space, ROW_AT + 0x1000, 12, "which is a hole");
        takes(false, false, space, ROW_AT & 0xFFFFC000, 14, "with holes");
        takes(false, false, space, LARGE, 22, "where nothing is mapped");
        takes(false, false, space, LARGE + 0x1000, 12,
              "where nothing is mapped");
        takes(false, false, space, 0, 31, "where nothing was used");
        spaces_enter(space);
        reads(ROW_AT);
        takes(true, false, space, 0, 31, "with a page that was read");
        takes(false, false, space, 0x80000000, 30, "where nothing is mapped");
        spaces_check("after h_take_reference_bits of what is not mapped");
}

static void
refuses(enum h_error due, struct h_pagemap space, uint32_t word)
{
        bool accessed = true, dirty = false;

        expect_h(due,
                 h_take_reference_bits(space, (struct h_vfpage){ word },
                                       &accessed, &dirty),
                 "h_take_reference_bits, address space %u.%u, flexpage 0x%08x",
                 space.slot, space.generation, word);
        if (!accessed || dirty)
                fail("h_take_reference_bits, flexpage 0x%08x, has refused, and "
                     "has written to its answers",
                     word);
}

TEST(marks_refuse)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap();
        given_row(space, H_R | H_W, 0);
        given_mapped(space, user_pages(LARGE, 22), spaces_far(22), H_R | H_W);
        spaces_make();
        clear_marks(space);
        spaces_enter(space);
        writes(ROW_AT);
        writes(LARGE);

        refuses(H_BAD_HANDLE, (struct h_pagemap){ 0 }, ROW_AT | 12);
        refuses(H_BAD_HANDLE,
                (struct h_pagemap){ space.slot, space.generation + 1 },
                ROW_AT | 12);
        refuses(H_BAD_FLEXPAGE, space, 0);
        refuses(H_BAD_FLEXPAGE, space, ROW_AT | 11);
        refuses(H_BAD_FLEXPAGE, space, ROW_AT | 33);
        refuses(H_BAD_FLEXPAGE, space, (ROW_AT + 0x1000) | 13);
        refuses(H_BAD_FLEXPAGE, space, ROW_AT | 0x800 | 12);
        refuses(H_BAD_ADDRESS, space, H_KERNEL_SPACE | 12);
        refuses(H_BAD_ADDRESS, space, 0x80000000 | 31);
        refuses(H_BAD_ADDRESS, space, 32);
        refuses(H_SUPERPAGE, space, LARGE | 12);
        refuses(H_SUPERPAGE, space, (LARGE + 0x200000) | 21);
        expect_marks(USED, space, ROW_AT, "after it has refused");
        expect_marks(USED, space, LARGE, "after it has refused");
        spaces_check("after h_take_reference_bits has refused");
        takes(true, true, space, 0x80000000, 24, "from 8 MB before it on");
        takes(true, true, space, 0x40000000, 30, "with the row in it");
}
