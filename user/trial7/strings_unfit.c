// SPDX-License-Identifier: MIT
// Trials: strings that do not fit their buffers, and words that describe no string.
#include "strings.h"

static void
fails(L4_Word_t bytes)
{
        strings_exchange();
        expect_failed(sender, SENDING(OVERFLOW, bytes), "the sender");
        expect_failed(receiver, RECEIVING(OVERFLOW, bytes), "the receiver");
}

TRIAL(a_string_nobody_accepts)
{
        strings_prepare();
        add_untyped(sender, 2);
        add_string(sender, source, 10);
        add_buffer(receiver, target, 10);
        receiver->buffers[0] = 0;
        fails(0);
        expect_zeros(target, 10, "nothing");
        expect_word(0x1002, receiver->mr[2], "untyped words have come");
}

TRIAL(a_buffer_that_is_too_short)
{
        strings_prepare();
        add_string(sender, source, 5000);
        add_buffer(receiver, target, 4990);
        fails(4990);
        expect_bytes(target, 0, 4990, "as far as there is room");
        expect_zeros(target + 4990, 10, "no further");
}

TRIAL(buffers_that_are_too_short_together)
{
        strings_prepare();
        add_string(sender, source, 10);
        add_string(sender, source + 10, 100);
        add_substring(sender, source + 1000);
        add_buffer(receiver, target, 1000);
        add_buffer(receiver, target + 1000, 40);
        add_buffer_substring(receiver, target + 2000);
        add_buffer_part(receiver, target + 3000, 33);
        fails(10 + 113);
        expect_bytes(target, 0, 10, "the first string");
        expect_bytes(target + 1000, 10, 40, "a part of the second");
        expect_bytes(target + 2000, 50, 40, "a part");
        expect_bytes(target + 3000, 90, 20, "a part");
        expect_bytes(target + 3020, 1000, 13, "a part");
}

TRIAL(no_buffer_for_the_second_string)
{
        strings_prepare();
        add_string(sender, source, 10);
        add_string(sender, source, 10);
        add_buffer(receiver, target, 1000);
        fails(10);
        expect_bytes(target, 0, 10, "the first string");
        expect_zeros(target + 10, 100, "not the second one");
}

// There are words that look like one, but the first says that it is the last.
TRIAL(a_buffer_behind_the_last_one)
{
        strings_prepare();
        add_string(sender, source, 10);
        add_string(sender, source, 10);
        add_buffer(receiver, target, 1000);
        add_buffer(receiver, target + 1000, 1000);
        receiver->buffers[1] &= ~1u;
        fails(10);
        expect_zeros(target + 1000, 100, "not the second one");
}

// A string whose words are not all there: what is there is not copied.
TRIAL(a_string_is_cut_off)
{
        strings_prepare();
        add_string(sender, source, 10);
        add_word(sender, 10 << 10);
        add_buffer(receiver, target, 1000);
        add_buffer(receiver, target + 1000, 1000);
        fails(10);
}

TRIAL(a_string_has_not_as_many_addresses_as_it_says)
{
        strings_prepare();
        add_string(sender, source, 10);
        sender->words[1] |= 0x1F << 4;
        add_buffer(receiver, target, 1000);
        fails(0);
}

TRIAL(a_string_goes_on_behind_its_message)
{
        strings_prepare();
        add_string(sender, source, 10);
        sender->words[1] |= 1 << 9;
        add_buffer(receiver, target, 1000);
        fails(10);
}

TRIAL(a_buffer_goes_on_behind_its_registers)
{
        strings_prepare();
        add_string(sender, source, 11);
        add_buffer(receiver, target, 0);
        for (L4_Word_t i = 0; i < 15; i++)
                add_buffer_part(receiver, target + 100 * i, i == 0 ? 10 : 0);
        receiver->buffers[31] |= 1 << 9;
        fails(10);
}

TRIAL(a_buffer_has_not_as_many_addresses_as_it_says)
{
        strings_prepare();
        add_string(sender, source, 11);
        add_buffer(receiver, target, 1000);
        add_buffer_part(receiver, target, 1000);
        receiver->buffers[1] = 0x1F << 4 | 1000 << 10;
        fails(0);
}

TRIAL(items_of_unknown_kinds)
{
        static const L4_Word_t kinds[] = { 0xC, 0xE, 0xD };

        for (L4_Word_t i = 0; i < 3; i++) {
                strings_prepare();
                add_word(sender, kinds[i]);
                add_word(sender, 0);
                add_buffer(receiver, target, 1000);
                fails(0);
                end_all();
        }
}

TRIAL(a_string_in_kernel_space)
{
        strings_prepare();
        add_string(sender, (const void *)0xC0000000, 11);
        add_buffer(receiver, target, 1000);
        fails(0);
}

TRIAL(a_buffer_in_kernel_space)
{
        strings_prepare();
        add_string(sender, source, 11);
        add_string(sender, source, 11);
        add_buffer(receiver, target, 1000);
        add_buffer(receiver, (void *)0xFFFFFFF8, 1000);
        fails(11);
}
