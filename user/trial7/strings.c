// SPDX-License-Identifier: MIT
// Trials: strings within one space, all of whose pages are there.
#include "strings.h"

unsigned char source[ROOM];
unsigned char target[ROOM];

struct act *sender, *receiver;

void
strings_prepare(void)
{
        fill(source, 0, ROOM);
        for (L4_Word_t i = 0; i < ROOM; i++)
                target[i] = 0;
        sender = act(1, two, none);
        receiver = act(2, none, L4_anythread);
}

void
strings_exchange(void)
{
        make_here(1);
        begin_here(2);
        launch(1);
        settle();
}

static void
arrives(const char *text)
{
        trying(text);
        strings_exchange();
        expect_sent(sender, text);
        expect_got(receiver, sender, text);
}

TRIAL(a_string_arrives)
{
        strings_prepare();
        add_untyped(sender, 3);
        add_string(sender, source, 100);
        add_buffer(receiver, target, 100);
        arrives("100 bytes");
        expect_bytes(target, 0, 100, "the string");
        expect_zeros(target + 100, 100, "behind it");
}

// The sender has waited.
TRIAL(a_string_waits_for_its_receiver)
{
        strings_prepare();
        add_string(sender, source + 1, 9999);
        add_buffer(receiver, target + 2, ROOM - 2);
        make_here(2);
        begin_here(1);
        settle();
        expect_word(4, state_of(one), "it waits to send");
        launch(2);
        settle();
        expect_sent(sender, "the sender");
        expect_got(receiver, sender, "the receiver");
        expect_zeros(target, 2, "in front of it");
        expect_bytes(target + 2, 1, 9999, "the string");
        expect_zeros(target + 10001, 100, "behind it");
}

TRIAL(a_string_of_no_bytes)
{
        strings_prepare();
        add_string(sender, source, 0);
        add_string(sender, source, 5);
        add_buffer(receiver, target, 10);
        add_buffer(receiver, target + 10, 10);
        arrives("nothing, and 5 bytes");
        expect_zeros(target, 10, "its buffer is used up");
        expect_bytes(target + 10, 0, 5, "the second string");
}

TRIAL(a_string_of_many_pages)
{
        strings_prepare();
        add_string(sender, source, ROOM);
        add_buffer(receiver, target, ROOM);
        arrives("all");
        expect_bytes(target, 0, ROOM, "the string");
}

// From many places, to one.
TRIAL(a_string_is_gathered)
{
        strings_prepare();
        add_string(sender, source, 1000);
        add_substring(sender, source + 5000);
        add_substring(sender, source + 3000);
        add_part(sender, source + 10000, 7);
        add_part(sender, source + 11000, 5000);
        add_substring(sender, source + 1);
        add_buffer(receiver, target, ROOM);
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
        strings_prepare();
        add_string(sender, source, 9001);
        add_buffer(receiver, target, 4097);
        add_buffer_substring(receiver, target + 5000);
        add_buffer_part(receiver, target + 10000, 0);
        add_buffer_part(receiver, target + 12000, 9000);
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
        strings_prepare();
        add_string(sender, source, 700);
        for (L4_Word_t i = 1; i < 10; i++)
                add_substring(sender, source + 700 * i);
        add_part(sender, source + 7000, 3);
        add_part(sender, source + 7003, 4997);
        add_buffer(receiver, target, 900);
        for (L4_Word_t i = 1; i < 10; i++)
                add_buffer_substring(receiver, target + 900 * i);
        add_buffer_part(receiver, target + 9000, 6000);
        arrives("12000 bytes");
        expect_bytes(target, 0, 12000, "as one row");
        expect_zeros(target + 12000, 10, "no more");
}

TRIAL(several_strings_arrive)
{
        strings_prepare();
        add_untyped(sender, 20);
        for (L4_Word_t i = 0; i < 5; i++) {
                add_string(sender, source + 100 * i, 50 + i);
                add_buffer(receiver, target + 1000 * i, 1000);
                if (i == 2)
                        add_buffer_part(receiver, target + 9000, 10);
        }
        arrives("five strings");
        for (L4_Word_t i = 0; i < 5; i++) {
                expect_bytes(target + 1000 * i, 100 * i, 50 + i, "a string");
                expect_zeros(target + 1000 * i + 50 + i, 100, "no more");
        }
}

TRIAL(as_many_strings_as_there_is_room_for)
{
        strings_prepare();
        for (L4_Word_t i = 0; i < 16; i++) {
                add_string(sender, source + i, 1);
                add_buffer(receiver, target + 2 * i, 1);
        }
        arrives("16 strings");
        for (L4_Word_t i = 0; i < 16; i++)
                expect_bytes(target + 2 * i, i, 1, "a string of one byte");
}

// The cache hints of the sender mean nothing; C of the last item neither.
TRIAL(hints_come_with_the_item)
{
        strings_prepare();
        add_string(sender, source, 10);
        sender->words[1] |= 7;
        add_buffer(receiver, target, 10);
        receiver->buffers[1] |= 6;
        arrives("with hints");
        expect_bytes(target, 0, 10, "the string");
}
