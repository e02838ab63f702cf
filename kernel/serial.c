// SPDX-License-Identifier: MIT
// COM1: setting it up, and sending a character.
//
// The registers and the contracts are in <kernel/serial.h>.
#include <kernel/cpu.h>
#include <kernel/serial.h>
#include <kernel/todo.h>

void
serial_init(void)
{
        // H4-BEGIN 0.1
        // 115200 baud is the clock itself: it is divided by 1.
        outb(COM1 + UART_LINE_CONTROL, UART_DIVISOR_ACCESS);
        outb(COM1 + UART_DIVISOR_LOW, 1);
        outb(COM1 + UART_DIVISOR_HIGH, 0);
        outb(COM1 + UART_LINE_CONTROL, UART_8N1);

        outb(COM1 + UART_INTERRUPTS, 0);
        outb(COM1 + UART_FIFO, UART_FIFO_CLEAR);
        outb(COM1 + UART_MODEM_CONTROL, UART_CONNECTED);
        // H4-STUB 0.1
        //| H4_TODO("0.1");
        // H4-END 0.1
}

void
serial_putc(char character)
{
        // H4-BEGIN 0.1
        while ((inb(COM1 + UART_LINE_STATUS) & UART_READY) == 0)
                ;
        outb(COM1 + UART_DATA, (uint8_t)character);
        // H4-STUB 0.1
        //| H4_TODO("0.1", character);
        // H4-END 0.1
}
