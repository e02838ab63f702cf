// SPDX-License-Identifier: MIT
// The line to the grader: COM2, by a transmitter of its own, since the one of
// the kernel is an exercise. Each line begins with the nonce of this boot and
// its own number, so that nothing else on the line can pass for one of them.
#include "harness.h"

#include <kernel/cpu.h>
#include <kernel/format.h>
#include <kernel/serial.h>
#include <kernel/string.h>

// A line that nobody takes away must not stop the machine: far more than a
// character's time.
#define PATIENCE 1000000u

struct harness_line harness_line __attribute__((section(".bss.set_once_last")));

static uint8_t
line_status(void)
{
        return inb(COM2_PORT + UART_LINE_STATUS);
}

static void
send(char character)
{
        for (uint32_t i = 0; !(line_status() & UART_READY) && i < PATIENCE; i++)
                ;
        outb(COM2_PORT + UART_DATA, (uint8_t)character);
}

static void
send_text(const char *text)
{
        // What a test or the kernel says is one line of plain text.
        for (; *text; text++)
                send(*text >= ' ' && *text <= '~' ? *text : '?');
}

void
protocol_begin(const char *nonce)
{
        format(harness_line.nonce, sizeof(harness_line.nonce), "%s", nonce);
        harness_line.number = 0;

        outb(COM2_PORT + UART_INTERRUPTS, 0);
        outb(COM2_PORT + UART_LINE_CONTROL, UART_DIVISOR_ACCESS | UART_8N1);
        outb(COM2_PORT + UART_DATA, 1); // 115200 baud
        outb(COM2_PORT + UART_INTERRUPTS, 0);
        outb(COM2_PORT + UART_LINE_CONTROL, UART_8N1);
        outb(COM2_PORT + UART_FIFO, 0x07); // on, and empty
        outb(COM2_PORT + UART_MODEM_CONTROL, 0x03);
}

void
protocol_line(const char *text, ...)
{
        char line[LINE_SIZE];
        va_list arguments;
        va_start(arguments, text);
        vformat(line, sizeof(line), text, arguments);
        va_end(arguments);

        char head[NONCE_SIZE + 16];
        format(head, sizeof(head), "%s:%u ", harness_line.nonce,
               ++harness_line.number);
        send_text(head);
        send_text(line);
        send('\n');
}

void
protocol_drain(void)
{
        for (uint32_t i = 0; i < PATIENCE; i++)
                if (line_status() & UART_DRAINED)
                        return;
}
