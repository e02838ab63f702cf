// SPDX-License-Identifier: MIT
// Text and measurements, on the machine.
#include <h4/com1.h>
#include <h4/spaces.h>
#include <h4/test.h>
#include <kernel/console.h>
#include <kernel/cpu.h>
#include <kernel/layout.h>
#include <kernel/string.h>

#define SCREEN (KERNEL_BASE + 0xB8000u)
#define COLUMNS 80u
#define LINES 25u

// The line of the screen that begins with this text, or LINES.
static unsigned
line_of(const char *text)
{
        const volatile uint16_t *cells = (const volatile uint16_t *)SCREEN;

        for (unsigned line = 0; line < LINES; line++) {
                unsigned i = 0;
                while (text[i] && (cells[line * COLUMNS + i] & 0xFF) ==
                                          (unsigned char)text[i])
                        i++;
                if (!text[i])
                        return line;
        }
        return LINES;
}

TEST(text_is_on_line_and_screen)
{
        static const char due[] = "\nabc d, and on\nend: \nlast\n";

        console_init();
        com1_prepare();
        h_putch('\n');
        h_putstr("abc ");
        h_putch('d');
        h_putstr("");
        h_putstrln(", and on");
        h_putstr("end: \nlast");
        h_putstrln("");
        expect_com1(due, sizeof(due) - 1);

        unsigned line = line_of("abc d, and on ");
        if (line == LINES)
                fail("what was printed is not on the screen");
        expect_number(line + 1, line_of("end: "),
                      "the line of the screen with "
                      "what was printed next");
        expect_number(line + 2, line_of("last "), "the line after that");
}

static void
work(unsigned times)
{
        for (unsigned i = 0; i < times; i++)
                __asm__ volatile("");
}

// Between two looks at the counter of the processor, in front of it and behind.
static void
measured(unsigned number, unsigned times)
{
        struct h_measurement was = h_read_measurement(number);

        uint64_t outer = rdtsc();
        h_start_measurement(number);
        uint64_t inner = rdtsc();
        work(times);
        inner = rdtsc() - inner;
        h_stop_measurement(number);
        outer = rdtsc() - outer;

        struct h_measurement found = h_read_measurement(number);
        uint64_t more = found.instructions - was.instructions;
        if (more < inner || more > outer)
                fail("measurement %u counts %u instructions more, and it "
                     "were from %u to %u",
                     number, (unsigned)more, (unsigned)inner, (unsigned)outer);
        expect_number(was.times + 1, found.times, "the times of measurement %u",
                      number);
}

TEST(measurements_add_up)
{
        for (unsigned i = 0; i < H_MEASUREMENTS; i++)
                measured(i, 100 * i);
        for (unsigned i = 0; i < 5; i++)
                measured(3, 1000 * i);
        // Side by side, and one within the other.
        h_start_measurement(1);
        measured(2, 100);
        struct h_measurement inner = h_read_measurement(2);
        h_stop_measurement(1);
        measured(1, 10);
        if (h_read_measurement(2).instructions != inner.instructions)
                fail("measurement 2 goes on while it is stopped");
}

static void
expect_same(struct h_measurement was, unsigned number, const char *after)
{
        struct h_measurement found = h_read_measurement(number);

        if (found.times != was.times || found.instructions != was.instructions)
                fail("measurement %u is another one %s", number, after);
}

TEST(measurements_that_are_none)
{
        static const unsigned none[] = { H_MEASUREMENTS, H_MEASUREMENTS + 1,
                                         0x80000000u, UINT32_MAX };
        struct h_measurement was[H_MEASUREMENTS];

        for (unsigned i = 0; i < H_MEASUREMENTS; i++)
                was[i] = h_read_measurement(i);
        for (unsigned i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
                h_start_measurement(none[i]);
                h_stop_measurement(none[i]);
                struct h_measurement found = h_read_measurement(none[i]);
                if (found.times || found.instructions)
                        fail("measurement %u is none, and says something",
                             none[i]);
        }
        for (unsigned i = 0; i < H_MEASUREMENTS; i++)
                expect_same(was[i], i, "after others that are none");

        // Stopping what was not started is nothing; starting again begins anew.
        h_stop_measurement(5);
        expect_same(was[5], 5, "after it was stopped without a start");
        h_start_measurement(5);
        work(5000);
        measured(5, 10);
        struct h_measurement now = h_read_measurement(5);
        h_stop_measurement(5);
        expect_same(now, 5, "after it was stopped twice");
        expect_number(was[5].times + 1, now.times, "its times in all");
}
