// SPDX-License-Identifier: MIT
// Tests of messages with several strings, each of which has a buffer of its own.
#include "strings.h"

// As many as there are registers for: at the end of the message, and up to BR32. The last
// buffer says that another one follows, and there is none.
#define BUFFERS 10u
#define FIRST_OF_MANY (MESSAGE_REGISTERS - 2 * BUFFERS)

// One buffer more, of one part or of two; the first one has three substrings.
static void
any_buffer(struct row *row, uint32_t first, uint32_t i)
{
        const uint32_t places[] = { 200 * i, 200 * i + 100, 200 * i + 150 };

        row_begin(row, b, first);
        if (i % 2 == 0) {
                row_part(row, 20, i == 0 ? 3 : 1, places, ANOTHER);
                return;
        }
        row_part(row, 7, 1, places, ANOTHER | CONTINUES);
        row_part(row, 30, 1, places + 1, 0);
}

static void
up_to_the_last_registers(void)
{
        struct row from[BUFFERS], to[BUFFERS];

        for (uint32_t i = 0; i < BUFFERS; i++) {
                row_one(&from[i], a, i ? from[i - 1].next : FIRST_OF_MANY,
                        300 * i + 1, 20);
                any_buffer(&to[i], i ? to[i - 1].next : 1, i);
        }
        expect_number(BUFFER_REGISTERS, to[BUFFERS - 1].next,
                      "the test's own buffers end with BR32");
        strings_message(MESSAGE_REGISTERS - FIRST_ITEM);
        a->under_way.at = FIRST_OF_MANY - FIRST_ITEM;
        for (uint32_t i = 0; i < BUFFERS; i++) {
                strings_due(&from[i], &to[i]);
                strings_run(&from[i], to[i].next, 3,
                            "one of 10 strings up to MR63, with buffers up to "
                            "BR32");
        }
}

// The message's items one behind the other, and the receiver's buffers.
TEST(several_strings)
{
        static const uint32_t places[] = { 100, 5000, 9000 };
        struct row from[3], to[3];

        strings_begin();
        row_begin(&from[0], a, FIRST_ITEM);
        row_part(&from[0], 10, 2, places, 0);
        row_begin(&from[1], a, from[0].next);
        row_part(&from[1], 20, 1, places + 1, CONTINUES);
        row_part(&from[1], 3, 1, places, 0);
        // Two words of another item are between them.
        row_begin(&from[2], a, from[1].next + 2);
        row_part(&from[2], 7, 3, places, 0);

        row_begin(&to[0], b, 1);
        row_part(&to[0], 300, 1, places, ANOTHER | CONTINUES);
        row_part(&to[0], 4, 2, places + 1, 0);
        row_begin(&to[1], b, to[0].next);
        row_part(&to[1], 23, 1, places + 2, ANOTHER);
        row_begin(&to[2], b, to[1].next);
        row_part(&to[2], 40, 1, places + 1, 0);

        strings_message(from[2].next - FIRST_ITEM);
        strings_due(&from[0], &to[0]);
        strings_run(&from[0], to[0].next, 4, "the first of three strings");
        strings_due(&from[1], &to[1]);
        strings_run(&from[1], to[1].next, 4, "the second of three strings");
        a->under_way.at += 2;
        strings_due(&from[2], &to[2]);
        strings_run(&from[2], BUFFER_REGISTERS, 5,
                    "the third of three strings");
        up_to_the_last_registers();
        strings_expect_all();
}
