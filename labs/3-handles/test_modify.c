// SPDX-License-Identifier: MIT
// Tests of exercise 3.5: giving what is mapped other rights.
#include "ranges.h"

// Here user addresses do not compete with the harness's for places in the TLB.
#define ROW 0x40440000u

#define LAST_PAGE (H_KERNEL_SPACE - H_PAGE_SIZE)
#define USED (ENTRY_ACCESSED | ENTRY_DIRTY)

TEST(modify_one_page)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap(), other = given_pagemap();
        struct h_region region = spaces_region(15);
        given_mapped(space, user_pages(ROW, 15), region, H_R);
        given_mapped(space, user_pages(ROW + 0x8000, 15), region, H_R);
        given_mapped(other, user_pages(ROW, 15), region, H_R);
        given_mapped(space, user_pages(0, 12), spaces_page(), H_R | H_W);
        given_mapped(space, user_pages(LAST_PAGE, 12), spaces_page(), H_X);
        spaces_make();

        // The first of the eight pages stays as it is.
        for (unsigned rights = 1; rights < 8; rights++)
                modify(space, ROW + rights * H_PAGE_SIZE, 12, rights);
        spaces_check("after h_modify_mapping of seven pages, one by one");
        modifies(space, 0, 12, H_X);
        modifies(space, LAST_PAGE, 12, H_R | H_W);

        // What the processor has noted says nothing about rights.
        *entry_at(space, ROW) |= USED;
        *entry_at(space, ROW + H_PAGE_SIZE) &= ~USED;
        modify(space, ROW, 13, H_W);
        expect_hex(USED, *entry_at(space, ROW) & USED,
                   "the accessed and dirty bits of a page after "
                   "h_modify_mapping, which were both set");
        expect_hex(0, *entry_at(space, ROW + H_PAGE_SIZE) & USED,
                   "the accessed and dirty bits of a page after "
                   "h_modify_mapping, which were both clear");
}

// 128 superpages, and then one less.
static void
of_512_mb(void)
{
        const uint32_t last = 0x60000000 - H_SUPERPAGE_SIZE;

        spaces_begin();
        struct h_pagemap space = given_pagemap();
        struct h_region far = spaces_far(23);
        for (uint32_t at = 0x40000000; at < last; at += 2 * H_SUPERPAGE_SIZE)
                given_mapped(space, user_pages(at, 23), far, H_R);
        spaces_make();

        modifies(space, 0x40000000, 29, H_R | H_W);
        due_unmapped(space, user_pages(last, 22));
        spaces_make();
        modify_refuses(H_NOT_MAPPED, space, user_pages(0x40000000, 29), H_R);
        spaces_check("after h_modify_mapping of 512 MB, the last 4 MB of which "
                     "are not mapped");
}

// Three superpages behind a page-table without a hole:
//
//   0x80000000   page-table | superpage | two superpages, mapped at once
TEST(modify_ranges)
{
        spaces_begin_with(SPACES_PAGES);
        struct h_pagemap space = given_pagemap();
        struct h_region row = spaces_region(16);
        struct h_region far = spaces_far(22), farther = spaces_far(23);
        given_mapped(space, user_pages(ROW, 16), row, H_R);
        given_mapped(space, user_pages(ROW + 0x10000, 13),
                     region_of(region_first(row).value + 0x4000, 13), H_R);
        given_mapped(space, user_pages(ROW + 0x12000, 12), spaces_page(), H_W);
        given_mapped(space, user_pages(ROW + 0x13000, 12), spaces_page(), H_X);
        given_full_table(space, 0x80000000, far, H_R);
        given_mapped(space, user_pages(0x80400000, 22), far, H_R | H_W);
        given_mapped(space, user_pages(0x80800000, 23), farther, H_R);
        spaces_make();

        // A part of what was mapped at once, and what was not.
        modifies(space, ROW + 0x4000, 14, H_R | H_W);
        modifies(space, ROW + 0x10000, 14, H_R | H_X);

        // The one half of a page-table and the other one; all of it.
        modifies(space, 0x80000000, 21, H_R | H_X);
        modifies(space, 0x80200000, 21, H_W);
        modifies(space, 0x80000000, 22, H_R | H_W);
        *entry_at(space, 0x80800000) |= USED;
        modifies(space, 0x80800000, 22, H_X);
        expect_hex(USED, *entry_at(space, 0x80800000) & USED,
                   "the accessed and dirty bits of a superpage after "
                   "h_modify_mapping, which were both set");
        modifies(space, 0x80800000, 23, H_R | H_W);
        modifies(space, 0x80000000, 23, H_R | H_X);
        modifies(space, 0x80000000, 24, H_W);
        of_512_mb();
}

// Writes to a word what it holds: the TLB remembers that this is allowed.
// Returns that word.
static uint32_t
use(uint32_t address)
{
        struct touch read = touch_read(vaddr(address));
        struct touch write = touch_write(vaddr(address), read.value);

        if (read.faulted || write.faulted)
                fail("0x%08x cannot be read and written, as it is to be at "
                     "that moment",
                     address);
        return read.value;
}

// Takes the right to write from a range in which addresses have just been written
// to, and gives it back.
static void
loses_writing(struct h_pagemap space, uint32_t first, unsigned log2_size,
              const uint32_t *used, size_t count)
{
        uint32_t words[8];

        for (size_t i = 0; i < count; i++)
                words[i] = use(used[i]);
        modify(space, first, log2_size, H_R);
        for (size_t i = 0; i < count; i++) {
                expect_read_only(vaddr(used[i]),
                                 "after h_modify_mapping took the right to "
                                 "write away");
                expect_reads(vaddr(used[i]), words[i],
                             "after h_modify_mapping took the right to write "
                             "away");
        }
        modify(space, first, log2_size, H_R | H_W);
        for (size_t i = 0; i < count; i++)
                use(used[i]);
}

TEST(modified_rights_hold_at_once)
{
        static const uint32_t page[] = { ROW };
        static const uint32_t row[] = { ROW, ROW + 0x3000, ROW + 0x7000 };
        static const uint32_t mixed[] = {
                0x80540000, 0x80550000, 0x807FF000, 0x80940000,
                0x80A00000, 0x80BF0000, 0x80D70000,
        };

        spaces_begin_with(SPACES_PAGES);
        struct h_pagemap space = given_pagemap();
        struct h_region far = spaces_far(22);
        given_mapped(space, user_pages(ROW, 15), spaces_region(15), H_R | H_W);
        given_full_table(space, 0x80400000, far, H_R | H_W);
        given_mapped(space, user_pages(0x80800000, 23), spaces_far(23),
                     H_R | H_W);
        spaces_make();

        spaces_enter(space);
        loses_writing(space, ROW, 12, page, 1);
        use(ROW + H_PAGE_SIZE);
        loses_writing(space, ROW, 15, row, 3);
        loses_writing(space, 0x80400000, 22, mixed, 3);
        loses_writing(space, 0x80800000, 22, mixed + 3, 3);
        loses_writing(space, 0x80800000, 23, mixed + 3, 4);
        spaces_check("after h_modify_mapping has taken rights and given them "
                     "back");
}
