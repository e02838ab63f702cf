// SPDX-License-Identifier: MIT
// Trials: what comes of a pager's answers.
#include "task.h"

TRIAL(a_page_fault_is_answered_by_a_page)
{
        fill_store();
        task_begin(1);
        answers_left = 1;
        fault_answer[0] = PLACE | 8;
        fault_answer[1] = pages(store_at(2), 12, READING);
        expect_word(102, peek(1, PLACE), "it goes on");
        expect_word(0xFFE40002, last_fault.tag, "the tag");
        expect_word(PLACE, last_fault.first, "the address");
        expect_that(!poke(1, PLACE, 1), "for reading only");
        expect_word(0xFFE20002, last_fault.tag, "by writing");
}

TRIAL(a_page_fault_is_answered_by_many_pages)
{
        fill_store();
        task_begin(1);
        answers_left = 1;
        fault_answer[0] = PLACE | 8;
        fault_answer[1] = pages(store_at(0), STORE_LOG2, ALL);
        expect_word(102, peek(1, PLACE + 0x2000), "it goes on");
        expect_word(107, peek(1, PLACE + 0x7000), "all are there");
        expect_word(1, fault_count, "by one fault");
}

TRIAL(a_page_fault_is_answered_by_nothing)
{
        task_begin(1);
        answers_left = 3;
        expect_word(NOTHING, peek(1, PLACE), "it does not go on");
        expect_word(4, fault_count, "it is tried again each time");
}

TRIAL(a_page_fault_is_answered_by_a_grant)
{
        fill_store();
        task_begin(1);
        answers_left = 1;
        fault_answer[0] = PLACE | 10;
        fault_answer[1] = pages(store_at(6), 12, ALL);
        expect_word(106, peek(1, PLACE), "it goes on");
}
