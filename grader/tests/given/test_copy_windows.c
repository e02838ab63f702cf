// SPDX-License-Identifier: MIT
// h_copy_user through windows that move, with a TLB that remembers: what is seen
// through them, superpages, and the bits that the processor would have set.
#include "copying.h"

#include <kernel/cpu.h>

#define LARGE 0x80400000u

TEST(copy_windows_move)
{
        spaces_begin();
        struct h_pagemap here = given_pagemap(), there = given_pagemap();
        given_row(here, H_R | H_W, 0);
        given_row(there, H_R | H_W, 0);
        spaces_make();

        const struct h_pagemap *in[] = { &here, &there, NULL };
        for (unsigned i = 0; i < 9; i++) {
                if (in[i % 3])
                        spaces_enter(*in[i % 3]);
                else
                        spaces_leave();
                // The TLB is to know the windows, and the pages by their own
                // addresses.
                touch_read(vaddr(COPY_FROM_WINDOW));
                touch_read(vaddr(COPY_TO_WINDOW));
                touch_read(vaddr(ROW_AT + i % 8 * H_PAGE_SIZE));
                struct place to = in_space(there, ROW_AT + i % 8 * 0x1000);
                struct place from = in_space(here, ROW_AT + i * 3 % 8 * 0x1000);
                copy(to, plus(from, 1), 0xFFF);
                copy(plus(from, 1), to, 0x20);
        }
        spaces_check("after h_copy_user in each of three address spaces");
}

// Takes a page out of an address space and puts another one there.
static void
remap(struct h_pagemap space, uint32_t address, struct h_region page)
{
        struct h_vfpage at = user_pages(address, 12);
        bool used;

        remove(space, address, 12, NULL, 0);
        expect_h(H_OK, h_add_mapping(NULL, space, at, page, H_R | H_W, &used),
                 "h_add_mapping where a page has been removed");
        due_mapped(space, at, page, H_R | H_W);
}

TEST(copy_follows_what_is_mapped_now)
{
        spaces_begin();
        struct h_pagemap here = given_pagemap(), there = given_pagemap();
        given_row(here, H_R | H_W, 0);
        given_row(there, H_R | H_W, 0);
        struct h_region other = spaces_region(14);
        spaces_make();

        spaces_enter(here);
        const struct place from = in_space(here, ROW_AT);
        const struct place to = in_space(there, ROW_AT);
        for (uint32_t i = 0; i < 4; i++) {
                touch_read(vaddr(ROW_AT));
                copy(to, from, 0x20);
                remap(i % 2 ? there : here, ROW_AT, region_page(other, i));
                copy(plus(to, 0x40 * i), plus(from, 0x80), 0x20);
                copy(plus(to, 0x1800), plus(from, 0xF00), 0x200);
                expect_reads(vaddr(ROW_AT), *(uint32_t *)(void *)byte_due(from),
                             "beside h_copy_user");
        }
        // By the processor's own eyes.
        copy(from, plus(to, 0x1000), 4);
        expect_reads(vaddr(ROW_AT), *(uint32_t *)(void *)byte_due(from),
                     "after h_copy_user has written there");
        spaces_check("after h_copy_user from pages that were changed for "
                     "others");
}

TEST(copy_sets_marks)
{
        spaces_begin();
        struct h_pagemap here = given_pagemap(), there = given_pagemap();
        given_row(here, H_R | H_W, 0);
        given_row(there, H_R | H_W, 0);
        spaces_make();

        // Three pages are read, in bytes of three others.
        clear_marks(here);
        clear_marks(there);
        copy(in_space(there, ROW_AT + 0x3FFF), in_space(here, ROW_AT + 0x1FFE),
             0x1003);
        for (uint32_t i = 0; i < PAGES_EACH; i++) {
                uint32_t at = ROW_AT + i * H_PAGE_SIZE;
                expect_marks(i >= 1 && i <= 3 ? ENTRY_ACCESSED : 0, here, at,
                             "copied from in its pages 1 to 3");
                expect_marks(i >= 3 && i <= 5 ? USED : 0, there, at,
                             "copied to in its pages 3 to 5");
        }
        // What could be copied has been, and no more.
        clear_marks(here);
        remove(here, ROW_AT + 0x2000, 12, NULL, 0);
        copy_ends(H_UNREADABLE, in_space(here, ROW_AT + 0x5000),
                  in_space(here, ROW_AT + 0x1FFF), 0x2000, 1);
        expect_marks(ENTRY_ACCESSED, here, ROW_AT + 0x1000, "copied from");
        expect_marks(USED, here, ROW_AT + 0x5000, "copied to, a byte");
        expect_marks(0, here, ROW_AT + 0x3000, "behind where copying ended");
        // No bytes are no use.
        clear_marks(there);
        copy(in_space(there, ROW_AT), in_space(there, ROW_AT + 0x1000), 0);
        expect_marks(0, there, ROW_AT, "where no bytes were copied to");
        expect_marks(0, there, ROW_AT + 0x1000, "where none were copied from");
        // Marks that are there stay.
        *entry_at(there, ROW_AT) |= USED;
        copy(in_space(there, ROW_AT + 0x4000), in_space(there, ROW_AT), 4);
        expect_marks(USED, there, ROW_AT, "dirty, and then copied from");
        spaces_check("after h_copy_user has set accessed and dirty bits");
}

// A word of memory that the harness does not see, at a user address of the space
// that the processor is in.
static void
put(uint32_t address, uint32_t word)
{
        if (touch_write(vaddr(address), word).faulted)
                fail("0x%08x cannot be written", address);
}

// The superpages at LARGE, in the other order in memory; at LARGE + 8 MB some
// pages of theirs once more.
TEST(copy_bytes_of_superpages)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap();
        given_row(space, H_R | H_W, 0);
        const uint32_t far = region_first(spaces_far(23)).value;
        given_mapped(space, user_pages(LARGE, 22),
                     region_of(far + H_SUPERPAGE_SIZE, 22), H_R | H_W);
        given_mapped(space, user_pages(LARGE + H_SUPERPAGE_SIZE, 22),
                     region_of(far, 22), H_R | H_W);
        given_mapped(space, user_pages(LARGE + 0x800000, 12),
                     region_of(far + 0x7FF000, 12), H_R);
        given_mapped(space, user_pages(LARGE + 0x801000, 12),
                     region_of(far, 12), H_R);
        given_mapped(space, user_pages(LARGE + 0x802000, 12),
                     region_of(far + 0x5A3000, 12), H_R);
        spaces_make();
        spaces_enter(space);
        const struct place row = in_space(space, ROW_AT);
        const uint32_t row_frame =
                region_first(region_of(*entry_at(space, ROW_AT), 12)).value;

        // From the end of one superpage to the beginning of the next.
        put(LARGE + 0x3FFFFC, 0x01234567);
        put(LARGE + 0x400000, 0x89ABCDEF);
        put(LARGE + 0x1A3040, 0x5A5AA5A5);
        due_word((struct h_paddr){ row_frame }, 0x01234567);
        due_word((struct h_paddr){ row_frame + 4 }, 0x89ABCDEF);
        due_word((struct h_paddr){ row_frame + 8 }, 0x5A5AA5A5);
        copy_answers(H_OK, row, in_space(space, LARGE + 0x3FFFFC), 8, 8);
        copy_answers(H_OK, plus(row, 8), in_space(space, LARGE + 0x1A3040), 4,
                     4);
        spaces_check("after h_copy_user from superpages");

        // And there again.
        copy_answers(H_OK, in_space(space, LARGE + 0x3FFFF8), row, 12, 12);
        copy_answers(H_OK, in_space(space, LARGE + 0x1A3100), row, 4, 4);
        expect_reads(vaddr(LARGE + 0x800FF8), 0x01234567, "the copied word");
        expect_reads(vaddr(LARGE + 0x800FFC), 0x89ABCDEF, "the copied word");
        expect_reads(vaddr(LARGE + 0x801000), 0x5A5AA5A5, "the copied word");
        expect_reads(vaddr(LARGE + 0x802100), 0x01234567, "the copied word");

        // A superpage has one mark for all.
        *entry_at(space, LARGE) &= ~USED;
        *entry_at(space, LARGE + H_SUPERPAGE_SIZE) &= ~USED;
        copy_answers(H_OK, in_space(space, LARGE + 0x7FFFF0),
                     in_space(space, LARGE + 0x3FFFFC), 4, 4);
        expect_marks(ENTRY_ACCESSED, space, LARGE, "copied from");
        expect_marks(USED, space, LARGE + H_SUPERPAGE_SIZE, "copied to");

        // Where the last of the pages ends.
        put(LARGE + 0x1A3FFC, 0xC3A5F00F);
        due_word((struct h_paddr){ row_frame }, 0x0123C3A5);
        copy_answers(H_UNREADABLE, row, in_space(space, LARGE + 0x802FFE), 3,
                     2);
        spaces_check("after h_copy_user to and from superpages");
}

// The right to write through the windows is no right to write anywhere else: what
// user code may only read is read-only in ring 0 too (CR0.WP).
TEST(copy_leaves_the_processor_as_it_was)
{
        spaces_begin();
        struct h_pagemap here = given_pagemap(), there = given_pagemap();
        given_row(here, H_R, 0);
        given_row(there, H_R | H_W, 0);
        spaces_make();
        spaces_enter(here);

        uint32_t cr0 = read_cr0(), cr4 = read_cr4(), flags = read_eflags();
        copies(in_space(there, ROW_AT + 5), in_space(here, ROW_AT), 0x2345);
        expect_hex(cr0, read_cr0(), "CR0 after h_copy_user");
        expect_hex(cr4, read_cr4(), "CR4 after h_copy_user");
        expect_hex(flags & 0x400, read_eflags() & 0x400,
                   "the direction flag after h_copy_user");
        expect_read_only(vaddr(ROW_AT), "after h_copy_user read it");
        copy_ends(H_READ_ONLY, in_space(here, ROW_AT), in_space(there, ROW_AT),
                  16, 0);
        spaces_check("after h_copy_user in an address space of its own");
}
