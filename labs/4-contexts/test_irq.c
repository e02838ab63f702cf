// SPDX-License-Identifier: MIT
// Tests of exercise 4.6: interrupt lines, with lines that devices really raise.
#include "lines.h"

#include <h/internal/interrupts.h>
#include <h4/spaces.h>

// Of both controllers, in the order in which they can be taken one above the
// other: the later ones have a higher rank.
static const unsigned devices[] = { LINE_PRINTER, LINE_COM1,  LINE_SECOND_DISK,
                                    LINE_DISK,    LINE_CLOCK, LINE_KEYBOARD };
#define DEVICES (sizeof(devices) / sizeof(devices[0]))

static uint16_t
bit(unsigned line)
{
        return (uint16_t)(1u << line);
}

// What is in service at the first controller while a line is.
static uint16_t
service_of(unsigned line)
{
        return line < PIC_LINES ? bit(line) : bit(line) | CASCADE;
}

// Masks at random; never the timer's, nor the second controller's line.
static uint16_t
random_masks(void)
{
        return (uint16_t)(random_word() & ~(CASCADE | 1u << LINE_TIMER));
}

static bool
is_kept(unsigned line)
{
        return line == LINE_TIMER || line == PIC_CASCADE;
}

static void
expect_lines(uint16_t masks, uint16_t in_service, const char *call,
             unsigned line)
{
        expect_hex(masks, lines_masked(),
                   "after %s(%u): the masks of lines 15 to 0", call, line);
        expect_hex(in_service, lines_in_service(),
                   "after %s(%u): the lines in service, 15 to 0", call, line);
}

// Whoever had the controllers before used other vectors, and left a line in
// service.
TEST(lines_at_the_beginning)
{
        lines_begin();
        line_take(LINE_DISK);
        lines_mask(random_masks());
        outb(PIC1, 0x11);
        outb(PIC1 + PIC_MASK, 0x50);
        outb(PIC1 + PIC_MASK, 1u << PIC_CASCADE);
        outb(PIC1 + PIC_MASK, 1);
        lines_mask(random_masks());

        irq_init();
        expect_hex(ALL_LINES & ~(CASCADE | 1u << LINE_TIMER), lines_masked(),
                   "after irq_init: the masks of lines 15 to 0");
        expect_hex(0, lines_in_service(),
                   "after irq_init: the lines in service, 15 to 0");
        line_take(LINE_KEYBOARD);
        irq_init();
        line_take(LINE_SECOND_DISK);
        lines_end();
}

TEST(enabling_opens_one_line)
{
        lines_begin();
        for (unsigned line = 0; line < IRQ_LINES; line++) {
                if (line == PIC_CASCADE)
                        continue;
                for (unsigned i = 0; i < 8; i++) {
                        uint16_t masks = random_masks();
                        if (i == 0)
                                masks = ALL_LINES &
                                        ~(CASCADE | 1u << LINE_TIMER);
                        lines_mask(masks);
                        expect_h(H_OK, h_enable_irq(line), "h_enable_irq(%u)",
                                 line);
                        expect_lines(masks & (uint16_t)~bit(line), 0,
                                     "h_enable_irq", line);
                }
        }
        lines_end();
}

TEST(disabling_closes_one_line)
{
        lines_begin();
        for (unsigned line = 0; line < IRQ_LINES; line++) {
                if (is_kept(line))
                        continue;
                for (unsigned i = 0; i < 8; i++) {
                        uint16_t masks = i == 0 ? 0 : random_masks();
                        lines_mask(masks);
                        expect_h(H_OK, h_disable_irq(line), "h_disable_irq(%u)",
                                 line);
                        expect_lines(masks | bit(line), 0, "h_disable_irq",
                                     line);
                }
        }
        lines_end();
}

// A line that was taken is in service until it is acknowledged.
TEST(masking_and_acknowledging)
{
        lines_begin();
        for (size_t i = 0; i < DEVICES; i++) {
                unsigned line = devices[i];
                uint16_t masks = random_masks() & (uint16_t)~bit(line);

                lines_mask(masks);
                if (!line_take(line))
                        continue;
                expect_h(H_OK, h_disable_irq(line), "h_disable_irq(%u)", line);
                expect_lines(masks | bit(line), service_of(line),
                             "h_disable_irq", line);
                expect_h(H_OK, h_enable_irq(line), "h_enable_irq(%u)", line);
                expect_lines(masks, service_of(line), "h_enable_irq", line);
                expect_h(H_OK, h_mask_ack_irq(line), "h_mask_ack_irq(%u)",
                         line);
                expect_lines(masks | bit(line), 0, "h_mask_ack_irq", line);
        }
        lines_end();
}

static void
arrives(unsigned line, uint16_t masks, uint16_t still_in_service)
{
        uint16_t due = line == LINE_TIMER ? masks : masks | bit(line);

        lines_mask(masks);
        trying("irq_arrived(%u), the line being in service", line);
        expect_bool(true, irq_arrived(line),
                    "irq_arrived(%u), the line being in service", line);
        trying_over();
        expect_lines(due, still_in_service, "irq_arrived", line);
}

TEST(lines_arrive)
{
        lines_begin();
        for (size_t i = 0; i < DEVICES; i++)
                for (unsigned round = 0; round < 2; round++) {
                        unsigned line = devices[i];

                        if (!line_take(line))
                                break;
                        arrives(line, random_masks() & (uint16_t)~bit(line), 0);
                        // And once more, when it has been enabled again.
                        h_enable_irq(line);
                }
        lines_end();
}

TEST(timer_arrives_and_is_not_masked)
{
        lines_begin();
        for (unsigned i = 0; i < 4; i++) {
                line_take(LINE_TIMER);
                arrives(LINE_TIMER, random_masks(), 0);
        }
        lines_end();
}

static void
is_spurious(unsigned line, uint16_t still_in_service)
{
        uint16_t masks = random_masks() & (uint16_t)~bit(line);

        lines_mask(masks);
        trying("irq_arrived(%u), the line not being in service", line);
        expect_bool(false, irq_arrived(line),
                    "irq_arrived(%u), the line not being in service", line);
        trying_over();
        expect_lines(masks, still_in_service, "irq_arrived", line);
}

// The first controller takes a spurious interrupt of the second one for a real
// one. That is what it looks like where line 14 has been acknowledged there only.
static void
take_from_nowhere(void)
{
        uint16_t already = lines_in_service();

        line_take(LINE_DISK);
        outb(PIC2, PIC_END_OF_LINE + LINE_DISK % PIC_LINES);
        expect_hex(already | CASCADE, lines_in_service(),
                   "line 14 having been acknowledged at the second controller "
                   "only: the lines in service, 15 to 0");
}

TEST(spurious_lines_are_not_told)
{
        lines_begin();
        is_spurious(7, 0);
        take_from_nowhere();
        is_spurious(15, 0);

        // What is in service by right stays so, and its line open.
        line_take(LINE_COM1);
        is_spurious(7, bit(LINE_COM1));
        take_from_nowhere();
        is_spurious(7, bit(LINE_COM1) | CASCADE);
        is_spurious(15, bit(LINE_COM1));
        h_mask_ack_irq(LINE_COM1);
        take_from_nowhere();
        line_take(LINE_KEYBOARD);
        is_spurious(15, bit(LINE_KEYBOARD));
        lines_end();
}

static void
refuses(const char *call, enum h_error (*operation)(unsigned line),
        unsigned line)
{
        uint16_t masks = random_masks(), in_service = lines_in_service();

        lines_mask(masks);
        expect_h(H_BAD_IRQ, operation(line), "%s(%u)", call, line);
        expect_lines(masks, in_service, call, line);
}

TEST(lines_that_are_not_the_clients)
{
        static const unsigned beyond[] = { 16,         17,         18,
                                           32,         64,         0x100,
                                           0x104,      0x10004,    1000,
                                           0x80000004, 0xFFFFFFF4, ~0u };

        lines_begin();
        line_take(LINE_DISK);
        line_take(LINE_TIMER);
        refuses("h_enable_irq", h_enable_irq, PIC_CASCADE);
        refuses("h_disable_irq", h_disable_irq, LINE_TIMER);
        refuses("h_disable_irq", h_disable_irq, PIC_CASCADE);
        refuses("h_mask_ack_irq", h_mask_ack_irq, LINE_TIMER);
        refuses("h_mask_ack_irq", h_mask_ack_irq, PIC_CASCADE);
        for (size_t i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++) {
                refuses("h_enable_irq", h_enable_irq, beyond[i]);
                refuses("h_disable_irq", h_disable_irq, beyond[i]);
                refuses("h_mask_ack_irq", h_mask_ack_irq, beyond[i]);
        }
        lines_end();
}

// Several lines in service, one above the other: each is acknowledged for
// itself, in whatever order, and no device loses its turn by another's.
TEST(lines_in_service_are_kept_apart)
{
        lines_begin();
        for (unsigned round = 0; round < 12; round++) {
                unsigned taken[DEVICES];
                uint16_t in_service[2] = { 0, 0 };
                size_t count = 0;

                for (size_t i = 0; i < DEVICES; i++)
                        if (devices[i] != LINE_SECOND_DISK &&
                            devices[i] != LINE_CLOCK &&
                            devices[i] != LINE_PRINTER && random_below(3)) {
                                line_take(devices[i]);
                                taken[count++] = devices[i];
                                in_service[devices[i] >= PIC_LINES] |=
                                        bit(devices[i]);
                        }
                while (count > 0) {
                        size_t i = random_below((uint32_t)count);
                        unsigned line = taken[i];
                        uint16_t masks = random_masks() & (uint16_t)~bit(line);

                        taken[i] = taken[--count];
                        in_service[line >= PIC_LINES] &= (uint16_t)~bit(line);
                        uint16_t still = in_service[0] | in_service[1];
                        if (in_service[1])
                                still |= CASCADE;
                        if (random_below(2)) {
                                arrives(line, masks, still);
                                continue;
                        }
                        lines_mask(masks);
                        expect_h(H_OK, h_mask_ack_irq(line),
                                 "h_mask_ack_irq(%u)", line);
                        expect_lines(masks | bit(line), still, "h_mask_ack_irq",
                                     line);
                }
        }
        lines_end();
}
