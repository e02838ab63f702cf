// SPDX-License-Identifier: MIT
// COM1, the first serial line, polled: no interrupt is used.
// Source: National Semiconductor PC16550D data sheet, section 8.
#ifndef KERNEL_SERIAL_H
#define KERNEL_SERIAL_H

#define COM1 0x3F8u
#define COM2 0x2F8u

// The registers of a serial line, relative to its port.
#define UART_DATA 0u       // transmit when written, receive when read
#define UART_INTERRUPTS 1u // which interrupts it raises
#define UART_FIFO 2u       // FIFO control when written; interrupts when read
#define UART_LINE_CONTROL 3u
#define UART_MODEM_CONTROL 4u
#define UART_LINE_STATUS 5u

// While bit 7 of line control is set, the first two registers are another one:
// the number by which the clock, 115200 times a second, is divided.
#define UART_DIVISOR_LOW 0u
#define UART_DIVISOR_HIGH 1u

#define UART_8N1 0x03u            // line control: 8 bits, no parity, 1 stop bit
#define UART_DIVISOR_ACCESS 0x80u // line control
#define UART_FIFO_CLEAR 0x07u     // FIFO control: on, and empty both ways
#define UART_CONNECTED 0x03u      // modem control: DTR and RTS
#define UART_READY 0x20u          // line status: it takes another byte (THRE)
#define UART_DRAINED 0x40u        // line status: all has been sent (TEMT)

// Prepares COM1, however it was set before: 115200 baud; 8 data bits, no parity,
// 1 stop bit; no interrupts; FIFOs on and empty; DTR and RTS on, the other bits
// of modem control off. The registers that send and receive are left in reach.
void serial_init(void);

// Waits until the line takes another byte, and sends this one as it is: 8 bits,
// nothing added, left out or replaced. Whether it takes one only the line knows:
// others may have filled it.
void serial_putc(char character);

#endif
