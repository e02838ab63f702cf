// SPDX-License-Identifier: MIT
// COM1, the first serial line, polled: no interrupt is used.
// Source: National Semiconductor PC16550D data sheet, section 8.
#ifndef KERNEL_SERIAL_H
#define KERNEL_SERIAL_H

#define COM1 0x3F8u
#define COM2 0x2F8u

// The registers of a serial line, relative to its port.
#define UART_DATA 0u         // transmit, receive; divisor's low byte
#define UART_INTERRUPTS 1u   // which interrupts it raises; divisor's high byte
#define UART_FIFO 2u         // FIFO control, when written
#define UART_LINE_CONTROL 3u // format of a character; bit 7: divisor access
#define UART_MODEM_CONTROL 4u
#define UART_LINE_STATUS 5u

#define UART_8N1 0x03u            // line control: 8 bits, no parity, 1 stop bit
#define UART_DIVISOR_ACCESS 0x80u // line control
#define UART_FIFO_CLEAR 0x07u     // FIFO control: on, and empty both ways
#define UART_CONNECTED 0x03u      // modem control: DTR and RTS
#define UART_READY 0x20u          // line status: it takes another byte (THRE)
#define UART_DRAINED 0x40u        // line status: all has been sent (TEMT)

// Sets 115200 baud, 8 data bits, no parity, 1 stop bit.
void serial_init(void);

// Waits until the line takes a byte, and sends it.
void serial_putc(char character);

#endif
