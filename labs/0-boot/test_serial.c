// SPDX-License-Identifier: MIT
// Tests of exercise 0.1, serial output.
//
// What a test has sent it also says to the grader, which looks whether exactly
// this has come out of the machine.
#include <h4/com1.h>
#include <h4/test.h>
#include <kernel/cpu.h>
#include <kernel/serial.h>

// The interrupt controllers' masks: which lines are switched off.
#define PIC1_MASK 0x21
#define PIC2_MASK 0xA1

static void
init_a_scrambled_line(void)
{
        com1_scramble();
        serial_init();
}

TEST(init_sets_115200_baud)
{
        init_a_scrambled_line();
        expect_com1_rate("after serial_init");
}

TEST(init_sets_8_bits_no_parity_1_stop_bit)
{
        init_a_scrambled_line();
        expect_com1_format("after serial_init");
}

TEST(init_switches_the_interrupts_off)
{
        init_a_scrambled_line();
        expect_com1_interrupts("after serial_init");
}

TEST(init_switches_the_fifos_on)
{
        init_a_scrambled_line();
        expect_com1_fifo("after serial_init");
}

TEST(init_says_that_somebody_is_there)
{
        init_a_scrambled_line();
        expect_com1_modem("after serial_init");
}

static void
put_all(const char *bytes, size_t count)
{
        for (size_t i = 0; i < count; i++)
                serial_putc(bytes[i]);
}

// Letters, digits and signs: what appears in a terminal as it is.
static void
random_text(char *text, size_t length)
{
        for (size_t i = 0; i < length; i++)
                text[i] = (char)(' ' + 1 + random_below('~' - ' '));
}

// More than fits into a FIFO, so whoever does not wait loses some of it.
TEST(putc_sends_text)
{
        char text[60];
        random_text(text, sizeof(text));

        com1_prepare();
        put_all(text, sizeof(text));
        expect_com1(text, sizeof(text));
}

TEST(putc_sends_every_byte_as_it_is)
{
        char bytes[256];
        for (unsigned i = 0; i < sizeof(bytes); i++)
                bytes[i] = (char)(i ^ 0xA5);

        com1_prepare();
        put_all(bytes, sizeof(bytes));
        expect_com1(bytes, sizeof(bytes));
}

// The first byte already has to wait: the line is full when it comes.
TEST(putc_waits_for_a_full_line)
{
        char text[COM1_FULL + 3];
        random_text(text, sizeof(text));

        com1_prepare();
        com1_fill(text);
        put_all(text + COM1_FULL, sizeof(text) - COM1_FULL);
        expect_com1(text, sizeof(text));
}

TEST(init_and_putc_carry_a_message)
{
        char text[24];
        random_text(text, sizeof(text));

        init_a_scrambled_line();
        put_all(text, sizeof(text));
        expect_com1(text, sizeof(text));
}

TEST(init_does_not_count_on_what_was_there)
{
        for (int round = 0; round < 16; round++) {
                com1_scramble();
                serial_init();
                expect_com1_prepared("after serial_init");
        }
        for (int round = 0; round < 4; round++) {
                com1_scramble_divisor_access();
                serial_init();
                expect_com1_prepared("after serial_init (before it, divisor "
                                     "access was on)");
        }
        serial_init();
        expect_com1_prepared("after serial_init has been called twice");
}

TEST(putc_changes_no_setting)
{
        char text[20];
        random_text(text, sizeof(text));

        com1_prepare();
        for (size_t i = 0; i < sizeof(text); i++) {
                serial_putc(text[i]);
                expect_com1_prepared("after serial_putc");
        }
        expect_com1(text, sizeof(text));
}

struct surroundings {
        uint8_t interrupts, control, modem; // of COM2
        uint8_t masks[2];
};

static struct surroundings
surroundings(void)
{
        return (struct surroundings){
                .interrupts = inb(COM2 + UART_INTERRUPTS),
                .control = inb(COM2 + UART_LINE_CONTROL),
                .modem = inb(COM2 + UART_MODEM_CONTROL),
                .masks = { inb(PIC1_MASK), inb(PIC2_MASK) },
        };
}

static void
expect_surroundings(struct surroundings due, const char *when)
{
        struct surroundings found = surroundings();

        expect_hex(due.interrupts, found.interrupts,
                   "the interrupts that COM2 raises %s", when);
        expect_hex(due.control, found.control,
                   "the line control register of COM2 %s", when);
        expect_hex(due.modem, found.modem,
                   "the modem control register of COM2 %s", when);
        for (unsigned i = 0; i < 2; i++)
                expect_hex(due.masks[i], found.masks[i],
                           "the mask of interrupt controller %u %s", i + 1,
                           when);
        expect_hex(0, read_eflags() & EFLAGS_IF,
                   "the interrupt flag, 0x200 in EFLAGS, %s", when);
}

TEST(everything_but_com1_stays_as_it_was)
{
        struct surroundings before = surroundings();

        init_a_scrambled_line();
        expect_surroundings(before, "after serial_init");

        com1_prepare();
        serial_putc('H');
        expect_surroundings(before, "after serial_putc");
        expect_com1("H", 1);
}
