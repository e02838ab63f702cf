// SPDX-License-Identifier: MIT
// Tests of strings that arrive: from one place or many, to one place or many.
#include "strings.h"

// Over each other, in one space: byte by byte, from the first one on.
static void
onto_themselves(void)
{
        static const uint32_t cases[][2] = { { 0, 1 },
                                             { 1, 0 },
                                             { 4000, 4050 } };
        static const uint32_t bytes = 200;

        b = crowd_thread(home);
        b->role = ROLE_USER;
        utcb_write(b, UTCB_BR0, ACCEPTOR_STRINGS);
        for (uint32_t i = 0; i < 3; i++) {
                uint32_t from = cases[i][0], to = cases[i][1];
                struct row row;
                row_one(&row, a, FIRST_ITEM, from, bytes);
                utcb_write(b, UTCB_BR0 - 1, bytes << 10);
                utcb_write(b, UTCB_BR0 - 2, FROM + to);
                strings_message(2);
                for (uint32_t at = 0; at < bytes; at++)
                        sent[to + at] = sent[from + at];
                expect_step(ITEM_GOES_ON,
                            strings_steps(FIRST_ITEM, 8, "onto itself"),
                            "a string onto itself");
                system_copy_out(home->pagemap, FROM, found, 2 * H_PAGE_SIZE);
                for (uint32_t at = from & ~63u; at < to + bytes + 64; at++)
                        if (sent[at] != found[at])
                                expect_hex(sent[at], found[at],
                                           "a string onto itself: byte %u", at);
        }
}

// 64 KB, which 16 bits do not hold: both sides have the same pages again and again.
static void
as_long_as_64_kb(void)
{
        struct row from, to;

        for (uint32_t at = AREA_BYTES; at < 0x10000; at += AREA_BYTES)
                for (uint32_t page = 0; page < AREA_PAGES; page++) {
                        strings_map(home, FROM + at, page, H_R);
                        strings_map(abroad, TO + at, page, H_R | H_W);
                }
        row_one(&from, a, FIRST_ITEM, 0, 0x10000);
        row_one(&to, b, 1, 0, 0x10000);
        strings_message(2);
        strings_due_bytes(0, 0, AREA_BYTES);
        strings_run(&from, BUFFER_REGISTERS, 18, "a string of 64 KB");
}

TEST(one_place_to_one)
{
        static const uint32_t cases[][3] = {
                // bytes, where from, where to
                { 1, 0, 0 },       { 3, 4095, 4094 }, { 0, 100, 200 },
                { 4096, 0, 4096 }, { 4097, 8, 1 },    { 5001, 4000, 7 },
        };

        strings_begin();
        for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                struct row from, to;
                uint32_t bytes = cases[i][0];
                row_one(&from, a, FIRST_ITEM, cases[i][1], bytes);
                // Of room there may be more than of bytes.
                uint32_t more = i % 2 == 0 ? 0 : 30;
                row_one(&to, b, 1, cases[i][2], bytes + more);
                strings_message(2);
                strings_due(&from, &to);
                strings_run(&from, BUFFER_REGISTERS, bytes / 4096 + 2,
                            "a string of 0, 1, 3, 4096, 4097, or 5001 bytes");
        }
        strings_expect_all();
        as_long_as_64_kb();
        onto_themselves();
}

TEST(many_places_to_one)
{
        static const uint32_t places[] = { 50, 9000, 4090, 10, 4090 };
        struct row from, to;

        strings_begin();
        row_begin(&from, a, FIRST_ITEM);
        row_part(&from, 17, 5, places, 0);
        row_one(&to, b, 1, 4070, 5000);
        strings_message(6);
        strings_due(&from, &to);
        strings_run(&from, BUFFER_REGISTERS, 8, "five substrings of one part");

        // Parts that go on, each with another length.
        row_begin(&from, a, FIRST_ITEM);
        row_part(&from, 5, 2, places, CONTINUES);
        row_part(&from, 0, 3, places, CONTINUES);
        row_part(&from, 4300, 1, places + 2, CONTINUES);
        row_part(&from, 1, 4, places + 1, 0);
        row_one(&to, b, 1, 1, 4314);
        strings_message(from.next - FIRST_ITEM + 2);
        strings_due(&from, &to);
        strings_run(&from, BUFFER_REGISTERS, 14,
                    "four parts with substrings of 5, 0, 4300 and 1 bytes");
        strings_expect_all();
}

TEST(one_place_to_many)
{
        static const uint32_t places[] = { 12000, 3, 4092, 0, 9000 };
        struct row from, to;

        strings_begin();
        row_one(&from, a, FIRST_ITEM, 4091, 300);
        row_begin(&to, b, 1);
        row_part(&to, 100, 3, places, 0);
        strings_message(2);
        strings_due(&from, &to);
        strings_run(&from, BUFFER_REGISTERS, 6,
                    "to three substrings of one buffer");

        row_one(&from, a, FIRST_ITEM, 1, 4500);
        row_begin(&to, b, 1);
        row_part(&to, 1, 2, places, CONTINUES);
        row_part(&to, 0, 2, places, CONTINUES);
        row_part(&to, 4200, 1, places + 2, CONTINUES);
        row_part(&to, 400, 2, places + 3, 0);
        strings_message(2);
        strings_due(&from, &to);
        strings_run(&from, BUFFER_REGISTERS, 10,
                    "to parts with substrings of 1, 0, 4200 and 400 bytes");
        strings_expect_all();
}

// Parts of random substrings, until there are `bytes` of them or a few more. No two of a
// receiver's overlap: each has its own place, from low ones to high ones.
static void
any_row(struct row *row, struct thread *thread, uint32_t first, uint32_t bytes)
{
        uint32_t place = random_below(5000);
        uint32_t had = 0, words = 0;

        row_begin(row, thread, first);
        while (words < 10) {
                uint32_t count = 1 + random_below(3);
                uint32_t length =
                        random_below(4) == 0 ? 0 : random_below(bytes / 2 + 2);
                uint32_t places[3];
                bool last = words + 1 + count >= 10;
                if (last)
                        count = 1;
                if (last && had < bytes)
                        length = bytes - had;
                for (uint32_t i = 0; i < count; i++) {
                        places[i] = place;
                        place += length + random_below(40);
                }
                had += length * count;
                words += 1 + count;
                last = last || had >= bytes;
                row_part(row, length, count, places, last ? 0 : CONTINUES);
                if (last)
                        return;
        }
}

static void
any_to_any(void)
{
        for (uint32_t i = 0; i < 12; i++) {
                struct row from, to;
                any_row(&from, a, FIRST_ITEM, random_below(i * 60 + 2));
                any_row(&to, b, 1, row_bytes(&from));
                strings_message(from.next - FIRST_ITEM);
                strings_due(&from, &to);
                strings_run(&from, BUFFER_REGISTERS, 40, "any substrings");
        }
}

// Borders of the two sides that never meet, and some that do.
// As many substrings of one length as 5 bits can say; for a buffer there are registers for
// 31.
static void
most_places(void)
{
        uint32_t places[32];
        struct row from, to;

        for (uint32_t i = 0; i < 32; i++)
                places[i] = i * 300;
        row_begin(&from, a, FIRST_ITEM);
        row_part(&from, 5, 32, places, 0);
        row_begin(&to, b, 1);
        row_part(&to, 6, 31, places, 0);
        strings_message(33);
        strings_due(&from, &to);
        strings_run(&from, BUFFER_REGISTERS, 64,
                    "32 substrings of one part into 31 of one buffer");
}

TEST(many_places_to_many)
{
        static const uint32_t from_places[] = { 0, 3000, 6001, 9002, 11500 };
        static const uint32_t to_places[] = { 11300, 10000, 7000, 4000, 1000 };
        struct row from, to;

        strings_begin();
        row_begin(&from, a, FIRST_ITEM);
        row_part(&from, 700, 5, from_places, 0);
        row_begin(&to, b, 1);
        row_part(&to, 901, 4, to_places, 0);
        strings_message(6);
        strings_due(&from, &to);
        strings_run(&from, BUFFER_REGISTERS, 11, "5 of 700 bytes to 4 of 901");

        row_begin(&from, a, FIRST_ITEM);
        row_part(&from, 2, 3, from_places, CONTINUES);
        row_part(&from, 1000, 2, from_places, 0);
        row_begin(&to, b, 1);
        row_part(&to, 3, 2, to_places, CONTINUES);
        row_part(&to, 500, 4, to_places + 1, 0);
        strings_message(from.next - FIRST_ITEM);
        strings_due(&from, &to);
        strings_run(&from, BUFFER_REGISTERS, 10,
                    "3 of 2 and 2 of 1000 bytes to 2 of 3 and 4 of 500");
        most_places();
        any_to_any();
        strings_expect_all();
}
