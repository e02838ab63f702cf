// SPDX-License-Identifier: MIT
#include <kernel/cpu.h>
#include <kernel/serial.h>

void
serial_init(void)
{
        outb(COM1 + UART_INTERRUPTS, 0);

        // 115200 baud is the clock itself: it is divided by 1.
        outb(COM1 + UART_LINE_CONTROL, UART_DIVISOR_ACCESS);
        outb(COM1 + UART_DATA, 1);
        outb(COM1 + UART_INTERRUPTS, 0);
        outb(COM1 + UART_LINE_CONTROL, UART_8N1);

        outb(COM1 + UART_FIFO, UART_FIFO_CLEAR);
        outb(COM1 + UART_MODEM_CONTROL, UART_CONNECTED);
}

void
serial_putc(char character)
{
        while ((inb(COM1 + UART_LINE_STATUS) & UART_READY) == 0)
                ;
        outb(COM1 + UART_DATA, (uint8_t)character);
}
