// SPDX-License-Identifier: MIT
// What the kernel says while programs go on (l4/notice.h), as the screen shows it.
#include <h4/system.h>
#include <h4/test.h>
#include <kernel/string.h>
#include <l4/notice.h>

#define SCREEN 0xC00B8000u
#define COLUMNS 80u
#define ROWS 25u
#define MANY 100u

// The row above the one where the next character goes, which is the last one.
static const char *
last_row(uint32_t above)
{
        static char row[COLUMNS + 1];
        const volatile uint16_t *cells = (const volatile uint16_t *)SCREEN;
        uint32_t end = COLUMNS;

        cells += (ROWS - 2 - above) * COLUMNS;
        for (uint32_t i = 0; i < COLUMNS; i++)
                row[i] = (char)cells[i];
        while (end > 0 && row[end - 1] == ' ')
                end--;
        row[end] = '\0';
        return row;
}

static void
expect_row(const char *due, uint32_t above)
{
        const char *found = last_row(above);

        if (strcmp(due, found) != 0)
                fail("the screen says \"%s\", and is to say \"%s\"", found,
                     due);
}

// Whatever has been there is above the last rows then.
static void
begin(void)
{
        system_begin_h();
        notices_init();
        for (uint32_t i = 0; i < ROWS; i++)
                h_putstrln("");
}

TEST(a_halted_thread_is_told_of)
{
        begin();
        expect_bool(false, notices_any(), "there is something to say");
        notice_halted(0x000C8001, 0x0040ABCD);
        notice_halted(0xFEDC9876, 0xBFFFFFFE);
        while (notices_any()) {
                expect_row("", 2);
                notice_step();
        }
        expect_row("L4: a privileged thread has been halted: 000C8001 at "
                   "0040ABCD",
                   1);
        expect_row("L4: a privileged thread has been halted: FEDC9876 at "
                   "BFFFFFFE",
                   0);
        notice_halted(1, 2);
        expect_bool(true, notices_any(), "there is something to say again");
}

// Some are, and each of these as a whole; and as many the next time.
TEST(what_there_is_no_room_for_is_not_said)
{
        uint32_t steps[2] = { 0 };
        const uint32_t bytes =
                sizeof("L4: a privileged thread has been halted: "
                       "000C8001 at 0040ABCD\n") -
                1;

        begin();
        for (uint32_t round = 0; round < 2; round++) {
                for (uint32_t i = 0; i < MANY; i++)
                        notice_halted(0x000C8001, 0x0040ABCD);
                for (; notices_any(); steps[round]++)
                        notice_step();
                expect_row("L4: a privileged thread has been halted: 000C8001 "
                           "at 0040ABCD",
                           0);
        }
        expect_number(0, steps[0] % bytes, "characters of a line that is torn");
        expect_bool(true, steps[0] > bytes && steps[0] < MANY * bytes,
                    "so much has been said");
        expect_number(steps[0], steps[1], "how much is said then");
}
