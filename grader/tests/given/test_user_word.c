// SPDX-License-Identifier: MIT
// h_read_user_word, on the machine.
#include "copying.h"

#define LARGE 0x80800000u

static void
word_is(struct h_pagemap space, uint32_t address, uint32_t due)
{
        uint32_t word = UNTOUCHED;

        expect_h(H_OK,
                 h_read_user_word(space, (struct h_vaddr){ address }, &word),
                 "h_read_user_word, address 0x%08x", address);
        expect_hex(due, word, "h_read_user_word, address 0x%08x: the word",
                   address);
}

static void
word_due(struct h_pagemap space, uint32_t address)
{
        word_is(space, address,
                *(uint32_t *)(void *)byte_due(in_space(space, address)));
}

TEST(user_words_are_read)
{
        spaces_begin();
        struct h_pagemap here = given_pagemap(), there = given_pagemap();
        given_row(here, H_R, 0);
        given_row(there, H_X, 0);
        given_mapped(here, user_pages(0, 12), spaces_region(12), H_W);
        given_mapped(here, user_pages(LAST_PAGE, 12), spaces_region(12), H_R);
        spaces_make();

        // The window moves with every call, in whatever space the processor is.
        for (uint32_t i = 0; i < 24; i++) {
                if (i == 8)
                        spaces_enter(here);
                if (i == 16)
                        spaces_enter(there);
                touch_read(vaddr(COPY_FROM_WINDOW));
                word_due(here, ROW_AT + i % 8 * 0x1000);
                word_due(there, ROW_AT + i % 8 * 0x1000 + 0xFFC);
                word_due(here, ROW_AT + i * 7 % 8 * 0x1000 + 4 * i);
                copy_answers(H_READ_ONLY, in_space(here, ROW_AT),
                             in_space(there, ROW_AT), 4, 0);
        }
        spaces_leave();
        word_due(here, 0);
        word_due(here, 0xFFC);
        word_due(here, LAST_PAGE);
        word_due(here, H_KERNEL_SPACE - 4);
        spaces_check("after h_read_user_word of many words");
}

TEST(user_words_of_superpages_are_read)
{
        static const uint32_t at[] = { 0, 0x3FFFFC, 0x1A3040, 0x200000 };

        spaces_begin();
        struct h_pagemap space = given_pagemap();
        given_row(space, H_R, 0);
        given_mapped(space, user_pages(LARGE, 23), spaces_far(23), H_R | H_W);
        spaces_make();

        spaces_enter(space);
        for (uint32_t i = 0; i < 8; i++)
                touch_write(vaddr(LARGE + i / 4 * H_SUPERPAGE_SIZE + at[i % 4]),
                            0xC0DE0000 + i);
        for (uint32_t i = 0; i < 8; i++)
                word_is(space, LARGE + i / 4 * H_SUPERPAGE_SIZE + at[i % 4],
                        0xC0DE0000 + i);
        spaces_check("after h_read_user_word in superpages");
}

TEST(user_words_that_are_read_are_accessed)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap();
        given_row(space, H_R | H_W, 0);
        spaces_make();

        clear_marks(space);
        word_due(space, ROW_AT + 0x2FFC);
        for (uint32_t i = 0; i < PAGES_EACH; i++)
                expect_marks(i == 2 ? ENTRY_ACCESSED : 0, space,
                             ROW_AT + i * H_PAGE_SIZE,
                             "after h_read_user_word in page 2 of the row");
        *entry_at(space, ROW_AT) |= USED;
        word_due(space, ROW_AT);
        expect_marks(USED, space, ROW_AT, "dirty, and then read");
        spaces_check("after h_read_user_word of two words");
}

static void
refuses(enum h_error due, struct h_pagemap space, uint32_t address)
{
        uint32_t word = UNTOUCHED;

        expect_h(due,
                 h_read_user_word(space, (struct h_vaddr){ address }, &word),
                 "h_read_user_word, address space %u.%u, address 0x%08x",
                 space.slot, space.generation, address);
        expect_hex(UNTOUCHED, word,
                   "h_read_user_word has refused: *word, which holds 0x%08x "
                   "before",
                   UNTOUCHED);
}

TEST(user_word_refuses)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap();
        given_row(space, H_R, 0x10);
        given_mapped(space, user_pages(LAST_PAGE, 12), spaces_region(12), H_R);
        struct h_vfpage client = spaces_addresses(12);
        given_kernel_mapping(spaces_page(), client, H_R | H_W, true);
        spaces_make();

        word_due(space, ROW_AT);
        clear_marks(space);
        refuses(H_BAD_HANDLE, (struct h_pagemap){ 0 }, ROW_AT);
        refuses(H_BAD_HANDLE,
                (struct h_pagemap){ space.slot, space.generation + 1 }, ROW_AT);
        refuses(H_BAD_HANDLE,
                (struct h_pagemap){ SPACES_PAGEMAPS, space.generation },
                ROW_AT);
        for (uint32_t i = 1; i < 4; i++)
                refuses(H_BAD_ADDRESS, space, ROW_AT + i);
        refuses(H_BAD_ADDRESS, space, ROW_AT + 0xFFE);
        word_due(space, H_KERNEL_SPACE - 4);
        refuses(H_BAD_ADDRESS, space, H_KERNEL_SPACE - 2);
        refuses(H_BAD_ADDRESS, space, H_KERNEL_SPACE);
        refuses(H_BAD_ADDRESS, space, COPY_FROM_WINDOW);
        refuses(H_BAD_ADDRESS, space, h_vfpage_first(client).value);
        refuses(H_BAD_ADDRESS, space, 0xFFFFFFFC);
        refuses(H_UNREADABLE, space, ROW_AT + 0x4000);
        refuses(H_UNREADABLE, space, ROW_AT + 0x4FFC);
        refuses(H_UNREADABLE, space, ROW_END);
        refuses(H_UNREADABLE, space, 0x10000000);
        for (uint32_t i = 0; i < PAGES_EACH; i++)
                if (i != 4)
                        expect_marks(0, space, ROW_AT + i * H_PAGE_SIZE,
                                     "after h_read_user_word has refused");
        spaces_check("after h_read_user_word has refused");
}
