// SPDX-License-Identifier: MIT
// Figures: ports, and what is there for debugging.
#include "measure.h"

#include <kernel/console.h>
#include <kernel/serial.h>

// Of the ports that H lends these are first and last in its list. Nobody listens
// at the others that are used here.
#define FIRST_PORT 0x0064
#define LAST_PORT 0x03FF // a byte to be kept, in the first serial line
#define PRINTER 0x0278

static void
measure_ports(void)
{
        uint8_t byte;
        uint16_t half;
        uint32_t word;

        MEASURE("in8", "common", h_in8(FIRST_PORT, &byte));
        MEASURE("in8", "worst", h_in8(LAST_PORT, &byte));
        MEASURE("in16", "common", h_in16(PRINTER, &half));
        MEASURE("in32", "common", h_in32(PRINTER, &word));
        MEASURE("out8", "common", h_out8(PRINTER, 0));
        MEASURE("out8", "worst", h_out8(LAST_PORT, 0));
        MEASURE("out16", "common", h_out16(PRINTER, 0));
        MEASURE("out32", "common", h_out32(PRINTER, 0));
}

// The serial line takes most of the time, unless it has nothing to do.
static void
let_line_drain(void)
{
        while (!(inb(COM1 + UART_LINE_STATUS) & UART_DRAINED))
                ;
}

static void
measure_debug(void)
{
        h_putch('\n');
        let_line_drain();
        MEASURE_VOID("putch", "common", h_putch('a'));
        let_line_drain();
        MEASURE_VOID("putch", "newline", h_putch('\n'));
        // So many lines that each further one moves the screen.
        for (int i = 0; i < 30; i++)
                h_putch('\n');
        let_line_drain();
        MEASURE_VOID("putch", "worst", h_putch('\n'));
        let_line_drain();
        MEASURE_VOID("putstr", "common", h_putstr("8 bytes."));
        let_line_drain();
        MEASURE_VOID("putstrln", "common", h_putstrln("8 bytes."));

        struct h_measurement sum;
        MEASURE_VOID("start_measurement", "common", h_start_measurement(0));
        MEASURE_VOID("stop_measurement", "common", h_stop_measurement(0));
        MEASURE_VOID("read_measurement", "common", sum = h_read_measurement(0));
        (void)sum;
}

void
measure_devices(void)
{
        measure_ports();
        measure_debug();
}
