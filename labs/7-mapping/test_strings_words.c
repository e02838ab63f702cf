// SPDX-License-Identifier: MIT
// Tests of strings whose words others change meanwhile.
#include "strings.h"

// Of three substrings the second one is being copied when there is but one any more.
static void
fewer_substrings(void)
{
        static const uint32_t places[] = { 0, 64, 128 }, room = 0;
        struct row from, to;

        row_begin(&from, a, FIRST_ITEM);
        row_part(&from, 4100, 3, places, 0);
        row_begin(&to, b, 1);
        row_part(&to, AREA_BYTES, 1, &room, 0);
        strings_message(4);
        string_begin(a, FIRST_ITEM);
        string_step(a);
        expect_step(ITEM_GOES_ON, string_step(a), "three substrings");
        expect_number(8196, a->under_way.string.bytes,
                      "three substrings: bytes of three steps");
        utcb_write(a, (int)FIRST_ITEM, 4100 << 10);
        expect_step(ITEM_GOES_ON, strings_steps(0, 2, "one is left of three"),
                    "one substring is left of three");
        expect_number(8196, a->under_way.string.bytes,
                      "one substring is left of three: bytes");
        strings_due_part(&from, &to, 0, 8196);
        strings_expect("one substring is left of three");
}

// What they say of a string of 4600 bytes when 4096 have been copied, and what is due then.
static void
words_change(uint32_t how, const struct row *from, const struct row *to)
{
        switch (how) {
        case 0: // a string of 4100 bytes now
                utcb_write(a, (int)FIRST_ITEM, 4100 << 10);
                strings_due_part(from, to, 0, 4100);
                break;
        case 1: // its bytes are 16 further on
                utcb_write(a, (int)FIRST_ITEM + 1, FROM + 16);
                strings_due_bytes(16 + 4096, 1 + 4096, 4600 - 4096);
                break;
        case 2: // the buffer is 32 further on
                utcb_write(b, UTCB_BR0 - 2, TO + 33);
                strings_due_bytes(4096, 33 + 4096, 4600 - 4096);
                break;
        case 3: // the string is shorter than what has been copied
                utcb_write(a, (int)FIRST_ITEM, 10 << 10);
                break;
        default: // the buffer is shorter than that, and no more
                utcb_write(b, UTCB_BR0 - 1, 0x7F << 2 | CONTINUES);
                break;
        }
}

// What stands in a register is read again for each piece.
TEST(words_that_change_meanwhile)
{
        struct row from, to;

        // The string is of 4600 bytes, and 4096 of them have been copied.
        strings_begin();
        for (uint32_t i = 0; i < 5; i++) {
                row_one(&from, a, FIRST_ITEM, 0, 4600);
                row_one(&to, b, 1, 1, 4600);
                strings_message(2);
                expect_number(ITEM_GOES_ON, string_begin(a, FIRST_ITEM),
                              "4600 bytes: the first step");
                expect_number(4096, a->under_way.string.bytes,
                              "4600 bytes: bytes of the first step");
                strings_due_part(&from, &to, 0, 4096);
                strings_expect("4600 bytes: the first step");
                words_change(i, &from, &to);
                enum item_step step = strings_steps(0, 8, "words have changed");
                expect_number(i == 4 ? ITEM_OVERFLOW : ITEM_GOES_ON, step,
                              "4600 bytes, change %u of 5 to their words: the "
                              "last step",
                              i + 1);
                strings_expect("words have changed");
        }
        fewer_substrings();
        strings_expect_all();
}
