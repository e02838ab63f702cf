// SPDX-License-Identifier: MIT
// COM1 and its registers. Source: PC16550D data sheet, section 8.
#include "harness.h"

#include <h4/com1.h>
#include <h4/entries.h>
#include <h4/test.h>
#include <kernel/cpu.h>
#include <kernel/format.h>
#include <kernel/serial.h>

// Longer than a full line takes at 9600 baud. Where a test has set the line to
// something absurd, the rest of what it sent is lost.
#define PATIENCE 200000u

#define NOTE_BYTES 100u

#define LINE_BREAK 0x40u
#define FIFO_WORKS 0xC0u // interrupt identification, both bits

static bool used;

static uint8_t
get(uint16_t which)
{
        return inb(COM1 + which);
}

static void
put(uint16_t which, uint32_t value)
{
        outb(COM1 + which, (uint8_t)value);
}

static void
wait_for(uint8_t bit)
{
        for (uint32_t i = 0; i < PATIENCE; i++)
                if (get(UART_LINE_STATUS) & bit)
                        return;
}

static void
set_line(uint32_t divisor, uint32_t control, uint32_t interrupts,
         uint32_t modem)
{
        put(UART_LINE_CONTROL, UART_DIVISOR_ACCESS);
        put(UART_DIVISOR_LOW, divisor & 0xFF);
        put(UART_DIVISOR_HIGH, divisor >> 8);
        put(UART_LINE_CONTROL, control & ~UART_DIVISOR_ACCESS);
        put(UART_INTERRUPTS, interrupts);
        put(UART_MODEM_CONTROL, modem);
        put(UART_LINE_CONTROL, control);
}

static void
scramble(uint32_t access)
{
        // 7 bits, even parity, 2 stop bits, and the like: in each, bits are set
        // that are to be clear, and the reverse.
        static const uint8_t formats[] = { 0x1E, 0x2C, 0x3A, 0x5D };
        static const uint8_t modems[] = { 0x10, 0x18, 0x1C, 0x14 };

        used = true;
        put(UART_FIFO, 0);
        // Neither byte of the divisor is what it is to be.
        set_line((1 + random_below(0x0F)) << 8 | (2 + random_below(0xFE)),
                 formats[random_below(sizeof(formats))] | access,
                 1 + random_below(0x0F), modems[random_below(sizeof(modems))]);
}

void
com1_scramble(void)
{
        scramble(0);
}

void
com1_scramble_divisor_access(void)
{
        scramble(UART_DIVISOR_ACCESS);
}

void
com1_prepare(void)
{
        used = true;
        set_line(1, UART_8N1, 0, UART_CONNECTED);
        put(UART_FIFO, UART_FIFO_CLEAR);
}

void
com1_fill(const char *bytes)
{
        // The first one leaves the FIFO at once.
        wait_for(UART_DRAINED);
        put(UART_DATA, (uint8_t)bytes[0]);
        wait_for(UART_READY);
        for (unsigned i = 1; i < COM1_FULL; i++)
                put(UART_DATA, (uint8_t)bytes[i]);
}

void
com1_over(void)
{
        if (!used)
                return;
        // What is in the FIFO is sent the way that everything is to be sent;
        // only then the FIFO may be emptied.
        set_line(1, UART_8N1, 0, UART_CONNECTED);
        wait_for(UART_DRAINED);
        put(UART_FIFO, UART_FIFO_CLEAR);
        used = false;
}

void
expect_com1_rate(const char *when)
{
        uint8_t control = get(UART_LINE_CONTROL);
        put(UART_LINE_CONTROL, control | UART_DIVISOR_ACCESS);
        uint32_t low = get(UART_DIVISOR_LOW), high = get(UART_DIVISOR_HIGH);
        put(UART_LINE_CONTROL, control);

        uint32_t divisor = high << 8 | low;
        if (divisor == 1)
                return;
        char found[64];
        format(found, sizeof(found), "low byte 0x%02x, high byte 0x%02x: %u",
               low, high, divisor);
        fail_values("low byte 0x01, high byte 0x00: 1, for 115200 baud", found,
                    "the divisor of COM1 %s", when);
}

// A line control register in words.
static struct words
control_words(uint8_t control)
{
        static const char *const parities[] = { "odd", "even", "mark",
                                                "space" };
        bool parity = control & 0x08, two_stop_bits = control & 0x04;
        struct words words;

        format(words.text, sizeof(words.text),
               "0x%02x: %u data bits, %s parity, %s%s%s", control,
               5 + (control & 3u), parity ? parities[control >> 4 & 3] : "no",
               two_stop_bits ? "2 stop bits" : "1 stop bit",
               control & LINE_BREAK ? ", break" : "",
               control & UART_DIVISOR_ACCESS ? ", divisor access on" : "");
        return words;
}

void
expect_com1_format(const char *when)
{
        uint8_t control = get(UART_LINE_CONTROL);
        if (control != UART_8N1)
                fail_values(control_words(UART_8N1).text,
                            control_words(control).text,
                            "the line control register of COM1 %s", when);
}

void
expect_com1_interrupts(const char *when)
{
        uint8_t control = get(UART_LINE_CONTROL);
        put(UART_LINE_CONTROL, control & ~UART_DIVISOR_ACCESS);
        uint8_t enabled = get(UART_INTERRUPTS);
        put(UART_LINE_CONTROL, control);
        expect_hex(0, enabled, "the interrupts that COM1 raises %s", when);
}

void
expect_com1_fifo(const char *when)
{
        // FIFO control cannot be read. This register, at the same place, says
        // in two bits whether the FIFOs work.
        expect_hex(FIFO_WORKS, get(UART_FIFO) & FIFO_WORKS,
                   "the FIFOs of COM1 %s (0xc0: on)", when);
}

void
expect_com1_modem(const char *when)
{
        expect_hex(UART_CONNECTED, get(UART_MODEM_CONTROL),
                   "the modem control register of COM1 %s (0x01: DTR, 0x02: "
                   "RTS, 0x10: loopback)",
                   when);
}

void
expect_com1_prepared(const char *when)
{
        expect_com1_format(when);
        expect_com1_rate(when);
        expect_com1_interrupts(when);
        expect_com1_fifo(when);
        expect_com1_modem(when);
}

void
expect_com1(const void *bytes, size_t count)
{
        static const char digits[] = "0123456789abcdef";
        const uint8_t *next = bytes;

        while (count > 0) {
                char text[2 * NOTE_BYTES + 1];
                size_t part = count < NOTE_BYTES ? count : NOTE_BYTES;
                for (size_t i = 0; i < part; i++) {
                        text[2 * i] = digits[next[i] >> 4];
                        text[2 * i + 1] = digits[next[i] & 0x0F];
                }
                text[2 * part] = '\0';
                protocol_line("# com1 %s", text);
                next += part;
                count -= part;
        }
}
