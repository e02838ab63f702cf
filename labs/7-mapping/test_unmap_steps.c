// SPDX-License-Identifier: MIT
// Tests of Unmap that is interrupted again and again.
#include "unmapping.h"

// The caller's turns, each of one step, until its call is over.
static uint32_t
turns(uint32_t most)
{
        uint32_t count = 0;

        while (caller->work == WORK_UNMAP) {
                if (unmap_go_on(caller) != caller)
                        fail("unmap, in turn %u: it does not return its caller",
                             count);
                if (++count > most)
                        fail("unmap: it is not over after %u turns", count);
        }
        expect_number(WORK_NONE, caller->work, "unmap: `work` when it is over");
        return count;
}

TEST(unmap_is_interrupted_anywhere)
{
        uint32_t words[3];

        unmapping_begin();
        for (uint32_t i = 0; i < 3; i++) {
                unmapping_page(i);
                words[i] = fpage_make(page_address(i), 12, i == 1 ? H_W : H_R);
        }
        forest_touch(far, page_address(1), RW);
        interrupts_are_there();
        if (unmap_call(true, words, 3) != caller)
                fail("unmap, and an interrupt: it does not return its caller");
        expect_number(WORK_UNMAP, caller->work,
                      "unmap, and an interrupt after its first step: `work`");
        uint32_t count = turns(60);
        if (count < 8)
                fail("unmap of three pages of three spaces each, and an "
                     "interrupt is always there: over after %u turns",
                     count);
        no_interrupt();
        for (uint32_t i = 0; i < 3; i++) {
                unsigned left = i == 1 ? H_R | H_X : 0;
                expect_rights(home, page_address(i), i, left,
                              "after an unmap with interrupts: the caller");
                expect_rights(far, page_address(i), i, left,
                              "after an unmap with interrupts: far below");
                expect_hex((words[i] & ~FPAGE_RIGHTS) | (i == 1 ? RW : 0),
                           unmap_answer(i),
                           "after an unmap with interrupts: word %u", i);
        }
        forest_check("after an unmap with interrupts");

        // Broken off in its midst; and another call.
        unmapping_page(4);
        unmapping_page(5);
        interrupts_are_there();
        words[0] = fpage_make(page_address(4), 12, H_R);
        unmap_call(false, words, 1);
        unmap_go_on(caller);
        unmap_break(caller);
        no_interrupt();
        unmap_one(false, fpage_make(page_address(5), 12, H_R));
        expect_rights(near, page_address(5), 5, 0,
                      "the next unmap after one that was broken off");
        forest_check("the next unmap after one that was broken off");
}

// Others write to the words while it goes on: those that are done are not looked at again,
// those that come are read when it is their turn.
TEST(unmap_reads_words_in_their_turn)
{
        uint32_t words[3];

        unmapping_begin();
        for (uint32_t i = 0; i < 4; i++) {
                unmapping_page(i);
                if (i < 3)
                        words[i] = fpage_make(page_address(i), 12, H_R);
        }
        interrupts_are_there();
        unmap_call(false, words, 3);
        for (uint32_t i = 0; page_at(near, page_address(0)).rights != 0; i++) {
                if (i > 30)
                        fail("unmap: 30 turns, and the first page is still "
                             "there");
                unmap_go_on(caller);
        }
        while (caller->under_way.at == 0)
                unmap_go_on(caller);
        // The first is done; the second one is to be another page.
        utcb_write(caller, 0, fpage_make(page_address(2), 12, RWX));
        utcb_write(caller, 1, fpage_make(page_address(3), 12, H_R));
        turns(60);
        no_interrupt();
        expect_rights(near, page_address(1), 1, RWX,
                      "a page whose word was replaced in time");
        expect_rights(near, page_address(3), 3, 0,
                      "the page that came in its place");
        expect_rights(near, page_address(2), 2, 0, "the third word's page");
        expect_hex(fpage_make(page_address(2), 12, RWX), unmap_answer(0),
                   "a word that was written when it was done");
        forest_check("after an unmap whose words were written");
}
