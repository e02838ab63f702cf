// SPDX-License-Identifier: MIT
// Tests of strings in whose middle a page is missing, or a right.
#include "strings.h"

static struct row from, to;

// It stops here, with so many bytes copied; nothing else is copied meanwhile.
static void
stops(enum item_step side, uint32_t bytes, uint32_t item, const char *what)
{
        enum item_step step = strings_steps(item, 8, what);
        uint32_t before = 0;

        expect_step(side, step, what);
        expect_number(STRING_ITEM, a->under_way.item,
                      "%s: `item`: the string is not over", what);
        expect_number(bytes, a->under_way.string.bytes,
                      "%s: bytes that have been copied", what);
        expect_hex(row_rest(side == ITEM_SENDER_FAULTS ? &from : &to, bytes).at,
                   a->under_way.string.missing, "%s: where the page is missing",
                   what);
        strings_due_part(&from, &to, before, bytes);
        strings_expect(what);
}

static void
take(struct space *space, uint32_t page)
{
        page_unmap(space, (space == home ? FROM : TO) + page * H_PAGE_SIZE,
                   H_PAGE_LOG2);
}

static void
put(struct space *space, uint32_t page, unsigned rights)
{
        strings_map(space, space == home ? FROM : TO, page, rights);
}

static void
arrives(const char *what)
{
        enum item_step step = strings_steps(0, 8, what);

        expect_step(ITEM_GOES_ON, step, what);
        expect_number(NO_ITEM, a->under_way.item, "%s: `item` at the end",
                      what);
        expect_number(row_bytes(&from), a->under_way.string.bytes,
                      "%s: bytes that have been copied at the end", what);
        strings_due(&from, &to);
        strings_expect(what);
}

// Substrings may be as long as 22 bits can say: the memory comes to its end first. And
// so may buffers.
static void
strings_of_any_length(void)
{
        for (uint32_t bytes = 1u << 14; bytes < 1u << 22; bytes *= 2) {
                row_one(&from, a, FIRST_ITEM, H_PAGE_SIZE, bytes + 4);
                row_one(&to, b, 1, 0, bytes + 4);
                strings_message(2);
                stops(ITEM_SENDER_FAULTS, AREA_BYTES - H_PAGE_SIZE, FIRST_ITEM,
                      "a string of 4 bytes more than 2^14 to 2^21, behind "
                      "whose first 8 KB the sender has no memory");

                row_one(&from, a, FIRST_ITEM, 0, 5000);
                strings_message(2);
                strings_due(&from, &to);
                strings_run(&from, BUFFER_REGISTERS, 8,
                            "5000 bytes into 4 bytes more than 2^14 to 2^21");
        }
}

TEST(pages_of_the_sender_are_missing)
{
        strings_begin();
        // Of three pages the last one, then the first, then that in the middle.
        row_one(&from, a, FIRST_ITEM, 4000, 5000);
        row_one(&to, b, 1, 100, 5000);
        strings_message(2);
        take(home, 2);
        stops(ITEM_SENDER_FAULTS, 4192, FIRST_ITEM,
              "the sender's third page is missing");
        stops(ITEM_SENDER_FAULTS, 4192, 0, "it is still missing");
        put(home, 2, H_R);
        arrives("the sender's third page has come");

        static const uint32_t places[] = { 4090, 8189, 5 };
        row_begin(&from, a, FIRST_ITEM);
        row_part(&from, 6, 3, places, 0);
        row_one(&to, b, 1, 8190, 18);
        strings_message(4);
        take(home, 0);
        stops(ITEM_SENDER_FAULTS, 0, FIRST_ITEM, "the first byte is missing");
        put(home, 0, H_R);
        take(home, 2);
        stops(ITEM_SENDER_FAULTS, 9, 0,
              "the fourth byte of the second substring is missing");
        put(home, 2, H_R);
        take(home, 0);
        stops(ITEM_SENDER_FAULTS, 12, 0,
              "the third substring's page is missing");
        put(home, 0, H_R);
        arrives("all that was missing has come");
        strings_of_any_length();
        strings_expect_all();
}

// The last byte of all is on a page that is missing on either side.
static void
last_byte_is_missing(void)
{
        row_one(&from, a, FIRST_ITEM, 4095, 4098);
        row_one(&to, b, 1, 2 * 4096 - 4097, 4098);
        strings_message(2);
        take(home, 2);
        take(abroad, 2);
        enum item_step step =
                strings_steps(FIRST_ITEM, 8, "both last bytes are missing");
        if (step != ITEM_RECEIVER_FAULTS && step != ITEM_SENDER_FAULTS)
                expect_number(ITEM_SENDER_FAULTS, step,
                              "both last bytes are missing: what the step "
                              "says, 3 or 4");
        put(home, 2, H_R);
        stops(ITEM_RECEIVER_FAULTS, 4097, 0,
              "the receiver's last byte is missing");
        put(abroad, 2, H_R | H_W);
        arrives("both last bytes have come");
}

TEST(pages_of_the_receiver_are_missing)
{
        static const uint32_t places[] = { 4095, 7000, 8191 };

        strings_begin();
        row_one(&from, a, FIRST_ITEM, 20, 900);
        row_begin(&to, b, 1);
        row_part(&to, 300, 3, places, 0);
        strings_message(2);
        take(abroad, 1);
        stops(ITEM_RECEIVER_FAULTS, 1, FIRST_ITEM,
              "the receiver's second byte is missing");
        put(abroad, 1, H_R);
        stops(ITEM_RECEIVER_FAULTS, 1, 0,
              "the receiver's second byte may only be read");
        take(abroad, 1);
        put(abroad, 1, H_R | H_W);
        take(abroad, 2);
        stops(ITEM_RECEIVER_FAULTS, 601, 0,
              "the second byte of the third substring is missing");
        put(abroad, 2, H_R | H_W);
        arrives("all that was missing has come");
        last_byte_is_missing();
        strings_expect_all();
}
