// SPDX-License-Identifier: MIT
// Trials: strings within one space, all of whose pages are there.
#include "pager.h"

#define ROOM 20000u

static unsigned char source[ROOM];
static unsigned char target[ROOM];

static struct act *sends, *receives;

// A message from thread 1 to thread 2, which receives.
static void
prepare(void)
{
        fill(source, 0, ROOM);
        for (L4_Word_t i = 0; i < ROOM; i++)
                target[i] = 0;
        sends = act(1, two, none);
        receives = act(2, none, L4_anythread);
}

static void
exchange(void)
{
        make_here(1);
        begin_here(2);
        launch(1);
        settle();
}

static void
arrives(const char *text)
{
        exchange();
        expect_sent(sends, text);
        expect_got(receives, sends, text);
}

static void
fails(L4_Word_t bytes)
{
        exchange();
        expect_failed(sends, SENDING(OVERFLOW, bytes), "the sender");
        expect_failed(receives, RECEIVING(OVERFLOW, bytes), "the receiver");
}

TRIAL(a_string_arrives)
{
        prepare();
        add_untyped(sends, 3);
        add_string(sends, source, 100);
        add_buffer(receives, target, 100);
        arrives("100 bytes");
        expect_bytes(target, 0, 100, "the string");
        expect_zeros(target + 100, 100, "behind it");
}

// The sender has waited.
TRIAL(a_string_waits_for_its_receiver)
{
        prepare();
        add_string(sends, source + 1, 9999);
        add_buffer(receives, target + 2, ROOM - 2);
        make_here(2);
        begin_here(1);
        settle();
        expect_word(4, state_of(one), "it waits to send");
        launch(2);
        settle();
        expect_sent(sends, "the sender");
        expect_got(receives, sends, "the receiver");
        expect_zeros(target, 2, "in front of it");
        expect_bytes(target + 2, 1, 9999, "the string");
        expect_zeros(target + 10001, 100, "behind it");
}

TRIAL(a_string_of_no_bytes)
{
        prepare();
        add_string(sends, source, 0);
        add_string(sends, source, 5);
        add_buffer(receives, target, 10);
        add_buffer(receives, target + 10, 10);
        arrives("nothing, and 5 bytes");
        expect_zeros(target, 10, "its buffer is used up");
        expect_bytes(target + 10, 0, 5, "the second string");
}

TRIAL(a_string_of_many_pages)
{
        prepare();
        add_string(sends, source, ROOM);
        add_buffer(receives, target, ROOM);
        arrives("all");
        expect_bytes(target, 0, ROOM, "the string");
}

// From many places, to one.
TRIAL(a_string_is_gathered)
{
        prepare();
        add_string(sends, source, 1000);
        add_substring(sends, source + 5000);
        add_substring(sends, source + 3000);
        add_part(sends, source + 10000, 7);
        add_part(sends, source + 11000, 5000);
        add_substring(sends, source + 1);
        add_buffer(receives, target, ROOM);
        arrives("six pieces");
        expect_bytes(target, 0, 1000, "1");
        expect_bytes(target + 1000, 5000, 1000, "2");
        expect_bytes(target + 2000, 3000, 1000, "3");
        expect_bytes(target + 3000, 10000, 7, "4");
        expect_bytes(target + 3007, 11000, 5000, "5");
        expect_bytes(target + 8007, 1, 5000, "6");
        expect_zeros(target + 13007, 10, "no more");
}

// From one place, to many.
TRIAL(a_string_is_scattered)
{
        prepare();
        add_string(sends, source, 9001);
        add_buffer(receives, target, 4097);
        add_buffer_substring(receives, target + 5000);
        add_buffer_part(receives, target + 10000, 0);
        add_buffer_part(receives, target + 12000, 9000);
        arrives("three pieces");
        expect_bytes(target, 0, 4097, "1");
        expect_bytes(target + 5000, 4097, 4097, "2");
        expect_zeros(target + 10000, 100, "nothing in an empty one");
        expect_bytes(target + 12000, 8194, 807, "3");
        expect_zeros(target + 12807, 10, "no more");
}

// The borders of neither fit the other's.
TRIAL(a_string_is_gathered_and_scattered)
{
        prepare();
        add_string(sends, source, 700);
        for (L4_Word_t i = 1; i < 10; i++)
                add_substring(sends, source + 700 * i);
        add_part(sends, source + 7000, 3);
        add_part(sends, source + 7003, 4997);
        add_buffer(receives, target, 900);
        for (L4_Word_t i = 1; i < 10; i++)
                add_buffer_substring(receives, target + 900 * i);
        add_buffer_part(receives, target + 9000, 6000);
        arrives("12000 bytes");
        expect_bytes(target, 0, 12000, "as one row");
        expect_zeros(target + 12000, 10, "no more");
}

TRIAL(several_strings_arrive)
{
        prepare();
        add_untyped(sends, 20);
        for (L4_Word_t i = 0; i < 5; i++) {
                add_string(sends, source + 100 * i, 50 + i);
                add_buffer(receives, target + 1000 * i, 1000);
                if (i == 2)
                        add_buffer_part(receives, target + 9000, 10);
        }
        arrives("five strings");
        for (L4_Word_t i = 0; i < 5; i++) {
                expect_bytes(target + 1000 * i, 100 * i, 50 + i, "a string");
                expect_zeros(target + 1000 * i + 50 + i, 100, "no more");
        }
}

TRIAL(as_many_strings_as_there_is_room_for)
{
        prepare();
        for (L4_Word_t i = 0; i < 16; i++) {
                add_string(sends, source + i, 1);
                add_buffer(receives, target + 2 * i, 1);
        }
        arrives("16 strings");
        for (L4_Word_t i = 0; i < 16; i++)
                expect_bytes(target + 2 * i, i, 1, "a string of one byte");
}

// The cache hints of the sender mean nothing; C of the last item neither.
TRIAL(hints_come_with_the_item)
{
        prepare();
        add_string(sends, source, 10);
        sends->words[1] |= 7;
        add_buffer(receives, target, 10);
        receives->buffers[1] |= 6;
        arrives("with hints");
        expect_bytes(target, 0, 10, "the string");
}

// --- What does not fit --------------------------------------------------------------

TRIAL(a_string_nobody_accepts)
{
        prepare();
        add_untyped(sends, 2);
        add_string(sends, source, 10);
        add_buffer(receives, target, 10);
        receives->buffers[0] = 0;
        fails(0);
        expect_zeros(target, 10, "nothing");
        expect_word(0x1002, receives->mr[2], "untyped words have come");
}

TRIAL(a_buffer_that_is_too_short)
{
        prepare();
        add_string(sends, source, 5000);
        add_buffer(receives, target, 4990);
        fails(4990);
        expect_bytes(target, 0, 4990, "as far as there is room");
        expect_zeros(target + 4990, 10, "no further");
}

TRIAL(buffers_that_are_too_short_together)
{
        prepare();
        add_string(sends, source, 10);
        add_string(sends, source + 10, 100);
        add_substring(sends, source + 1000);
        add_buffer(receives, target, 1000);
        add_buffer(receives, target + 1000, 40);
        add_buffer_substring(receives, target + 2000);
        add_buffer_part(receives, target + 3000, 33);
        fails(10 + 113);
        expect_bytes(target, 0, 10, "the first string");
        expect_bytes(target + 1000, 10, 40, "a part of the second");
        expect_bytes(target + 2000, 50, 40, "a part");
        expect_bytes(target + 3000, 90, 20, "a part");
        expect_bytes(target + 3020, 1000, 13, "a part");
}

TRIAL(no_buffer_for_the_second_string)
{
        prepare();
        add_string(sends, source, 10);
        add_string(sends, source, 10);
        add_buffer(receives, target, 1000);
        fails(10);
        expect_bytes(target, 0, 10, "the first string");
        expect_zeros(target + 10, 100, "not the second one");
}

// There are words that look like one, but the first says that it is the last.
TRIAL(a_buffer_behind_the_last_one)
{
        prepare();
        add_string(sends, source, 10);
        add_string(sends, source, 10);
        add_buffer(receives, target, 1000);
        add_buffer(receives, target + 1000, 1000);
        receives->buffers[1] &= ~1u;
        fails(10);
        expect_zeros(target + 1000, 100, "not the second one");
}

// A string whose words are not all there: what is there is not copied.
TRIAL(a_string_is_cut_off)
{
        prepare();
        add_string(sends, source, 10);
        add_word(sends, 10 << 10);
        add_buffer(receives, target, 1000);
        add_buffer(receives, target + 1000, 1000);
        fails(10);
}

TRIAL(a_string_has_not_as_many_addresses_as_it_says)
{
        prepare();
        add_string(sends, source, 10);
        sends->words[1] |= 0x1F << 4;
        add_buffer(receives, target, 1000);
        fails(0);
}

TRIAL(a_string_goes_on_behind_its_message)
{
        prepare();
        add_string(sends, source, 10);
        sends->words[1] |= 1 << 9;
        add_buffer(receives, target, 1000);
        fails(10);
}

TRIAL(a_buffer_goes_on_behind_its_registers)
{
        prepare();
        add_string(sends, source, 11);
        add_buffer(receives, target, 0);
        for (L4_Word_t i = 0; i < 15; i++)
                add_buffer_part(receives, target + 100 * i, i == 0 ? 10 : 0);
        receives->buffers[31] |= 1 << 9;
        fails(10);
}

TRIAL(a_buffer_has_not_as_many_addresses_as_it_says)
{
        prepare();
        add_string(sends, source, 11);
        add_buffer(receives, target, 1000);
        add_buffer_part(receives, target, 1000);
        receives->buffers[1] = 0x1F << 4 | 1000 << 10;
        fails(0);
}

TRIAL(items_of_unknown_kinds)
{
        static const L4_Word_t kinds[] = { 0xC, 0xE, 0xD };

        for (L4_Word_t i = 0; i < 3; i++) {
                prepare();
                add_word(sends, kinds[i]);
                add_word(sends, 0);
                add_buffer(receives, target, 1000);
                fails(0);
                end_all();
        }
}

TRIAL(a_string_in_kernel_space)
{
        prepare();
        add_string(sends, (const void *)0xC0000000, 11);
        add_buffer(receives, target, 1000);
        fails(0);
}

TRIAL(a_buffer_in_kernel_space)
{
        prepare();
        add_string(sends, source, 11);
        add_string(sends, source, 11);
        add_buffer(receives, target, 1000);
        add_buffer(receives, (void *)0xFFFFFFF8, 1000);
        fails(11);
}
