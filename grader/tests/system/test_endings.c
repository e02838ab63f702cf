// SPDX-License-Identifier: MIT
// How trials end that do not end well: each of these tests is to fail, with the words
// that grader/tests/test_system_fixture.py expects.
#include <h4/system.h>
#include <h4/test.h>

#define PROGRAM "endings"

TEST(ends_with_words)
{
        system_begin(PROGRAM);
        system_give(5);
        system_give(0xABC);
        system_run("ends_with_words");
}

TEST(ends_by_looping)
{
        system_begin(PROGRAM);
        system_limit(20, SYSTEM_EVENTS);
        system_run("ends_by_looping");
}

TEST(ends_with_nobody)
{
        system_begin(PROGRAM);
        system_limit(20, SYSTEM_EVENTS);
        system_run("ends_with_nobody");
}

TEST(ends_by_calls)
{
        system_begin(PROGRAM);
        system_limit(SYSTEM_TICKS, 500);
        system_run("ends_by_calls");
}

TEST(ends_by_a_fault)
{
        system_begin(PROGRAM);
        system_run("ends_by_a_fault");
}

TEST(ends_by_an_exception)
{
        system_begin(PROGRAM);
        system_run("ends_by_an_exception");
}

// L4 of lab 5 stops the thread that has the exception; another one goes on.
TEST(ends_after_an_exception)
{
        system_begin(PROGRAM);
        system_allow_exceptions();
        system_limit(20, SYSTEM_EVENTS);
        system_run("ends_after_an_exception");
}

TEST(ends_before_it_begins)
{
        system_begin(PROGRAM);
        system_run("there is no such trial");
}

TEST(ends_without_a_program)
{
        system_begin("nothing");
        system_run("ends_by_a_fault");
}

TEST(ends_at_another_look)
{
        system_begin(PROGRAM);
        system_start("looks");
        system_until_look(1);
        system_until_look(3);
}

TEST(ends_at_a_look)
{
        system_begin(PROGRAM);
        system_run("looks");
}

TEST(ends_without_a_look)
{
        system_begin(PROGRAM);
        system_start("looks");
        system_until_look(1);
        system_until_look(2);
        system_until_look(3);
}

TEST(ends_with_too_few_notes)
{
        system_begin(PROGRAM);
        system_start("looks");
        system_until_look(1);
        expect_number(11, system_note(0, 4), "word 4 of note 0");
        system_note(1, 0);
}

TEST(ends_with_a_thread_left)
{
        system_begin(PROGRAM);
        system_run("ends_with_a_thread_left");
        system_expect_all_back("a thread is left");
}

// And one that passes: what comes before one of the others is not disturbed.
TEST(passes)
{
        system_begin(PROGRAM);
        system_start("looks");
        system_until_look(1);
        expect_hex(0x000C8001, system_thread(), "who looks");
        system_until_look(2);
        expect_number(1, system_notes(), "notes");
        system_until_end();
        system_expect_all_back("nothing has been made");
        system_expect_sound("at the end");
}
