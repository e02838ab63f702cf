// SPDX-License-Identifier: MIT
// Tests of strings that cannot be carried, or not all of them.
#include "strings.h"

static const uint32_t places[] = { 100, 5000, 9000, 300, 7000 };
static struct row from, to;

// The same message and the same buffers as always, which fit.
static void
as_always(void)
{
        row_begin(&from, a, FIRST_ITEM);
        row_part(&from, 10, 2, places, CONTINUES);
        row_part(&from, 4, 1, places + 2, 0);
        row_begin(&to, b, 1);
        row_part(&to, 6, 4, places + 1, 0);
        utcb_write(b, UTCB_BR0, ACCEPTOR_STRINGS);
        b->role = ROLE_USER;
        strings_message(5);
}

static void
goes(const char *what)
{
        strings_due(&from, &to);
        strings_run(&from, BUFFER_REGISTERS, 9, what);
}

// After so many bytes there is nothing more to be done.
static void
overflows(uint32_t bytes, const char *what)
{
        expect_step(ITEM_OVERFLOW, strings_steps(FIRST_ITEM, 12, what), what);
        strings_due_part(&from, &to, 0, bytes);
        expect_number(bytes, a->under_way.string.bytes,
                      "%s: bytes that were copied before", what);
        strings_expect(what);
}

static void
message_word(uint32_t number, uint32_t word)
{
        utcb_write(a, (int)(FIRST_ITEM + number), word);
}

static void
buffer_word(int number, uint32_t word)
{
        utcb_write(b, UTCB_BR0 - number, word);
}

TEST(strings_nobody_has_room_for)
{
        strings_begin();
        as_always();
        goes("a string that fits");

        as_always();
        buffer_word(0, 0xFFFFFFFE);
        overflows(0, "the acceptor has all bits set but that for strings");
        as_always();
        b->role = ROLE_PAGE_FAULT;
        overflows(0, "the receiver waits for the answer to a page fault");
        as_always();
        a->under_way.buffer = BUFFER_REGISTERS;
        overflows(0, "the message's buffers are used up");
        as_always();
        buffer_word(1, 6 << 10 | 3 << 4 | 0x8);
        overflows(0, "the buffer is of a map item's type");
        as_always();
        buffer_word(1, 5 << 10 | 3 << 4);
        to.count = 0;
        row_begin(&to, b, 1);
        row_part(&to, 5, 4, places + 1, 0);
        overflows(20, "a string of 24 bytes, a buffer of 20");
        as_always();
        buffer_word(1, 0 << 10 | 3 << 4);
        overflows(0, "a buffer of four substrings of no bytes");

        // Buffers that go on behind the last register, BR32.
        as_always();
        row_begin(&to, b, 31);
        row_part(&to, 6, 1, places, CONTINUES);
        a->under_way.buffer = 31;
        overflows(6, "the buffer's second part is behind BR32");
        as_always();
        row_begin(&to, b, 31);
        row_part(&to, 24, 1, places, 0);
        a->under_way.buffer = 31;
        goes("a buffer in BR31 and BR32");
        as_always();
        buffer_word(31, 24 << 10 | 1 << 4);
        a->under_way.buffer = 31;
        overflows(0, "a buffer in BR31, with two addresses");
        as_always();
        a->under_way.buffer = 32;
        buffer_word(32, 24 << 10);
        overflows(0, "a buffer that begins in BR32");
        strings_expect_all();
}

TEST(strings_that_are_cut_off)
{
        strings_begin();
        as_always();
        strings_message(4);
        overflows(20, "the second part has a word less than it needs");
        as_always();
        strings_message(3);
        overflows(20, "the second part is not in the message");
        as_always();
        strings_message(2);
        overflows(0, "the first part has an address less than it says");
        as_always();
        message_word(0, 10 << 10 | 31 << 4);
        overflows(0, "32 addresses are more than the message has");
        as_always();
        message_word(3, 4 << 10 | CONTINUES);
        overflows(24, "the last part goes on, and nothing is behind it");
        as_always();
        a->under_way.string.bytes = 0xFFFFF; // of other strings of the message
        goes("a string with as many words as it needs, behind another one");
        strings_expect_all();
}

// Nothing is read or written in kernel space, whatever the sums of words are.
TEST(strings_do_not_reach_the_kernel)
{
        uint32_t end = H_KERNEL_SPACE - H_PAGE_SIZE;

        strings_begin();
        expect_number(
                PAGE_OK,
                page_map(home, end, strings_page(0), H_PAGE_LOG2, H_R | H_W),
                "the test's own page_map");
        expect_number(PAGE_OK,
                      page_map(abroad, end, strings_page(AREA_PAGES),
                               H_PAGE_LOG2, H_R | H_W),
                      "the test's own page_map");

        // The sender's last page is its first one too, and so is the receiver's.
        as_always();
        row_one(&from, a, FIRST_ITEM, 4076, 20);
        row_one(&to, b, 1, 50, 60);
        strings_message(2);
        message_word(1, end + 4076);
        goes("the last 20 bytes of user space");
        row_one(&from, a, FIRST_ITEM, 4095, 1);
        row_one(&to, b, 1, 90, 60);
        strings_message(2);
        message_word(1, end + 4095);
        goes("the last byte of user space");
        row_one(&to, b, 1, 50, 60);
        row_one(&from, a, FIRST_ITEM, 4076, 20);
        strings_message(2);
        message_word(0, 21 << 10);
        message_word(1, end + 4076);
        overflows(20, "20 bytes, and one of the kernel's");
        strings_message(2);
        message_word(1, H_KERNEL_SPACE);
        overflows(0, "the kernel's first bytes");
        strings_message(2);
        message_word(0, 0x3FFFFFu << 10);
        message_word(1, 0xFFFFFFF0);
        overflows(0, "4 MB from 0xFFFFFFF0 on: their end is a low address");

        row_one(&from, a, FIRST_ITEM, 200, 20);
        row_one(&to, b, 1, 4084, 12);
        strings_message(2);
        buffer_word(1, 20 << 10);
        buffer_word(2, end + 4084);
        overflows(12, "a buffer of 12 bytes, and 8 of the kernel's");
        strings_message(2);
        buffer_word(2, 0xFFFFFFFF);
        overflows(0, "a buffer at 0xFFFFFFFF");
        strings_expect_all();
}
