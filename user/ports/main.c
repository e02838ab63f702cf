// SPDX-License-Identifier: MIT
// Instance 1 was given the first serial line and writes to it, without asking
// anybody. All others have no ports at all.
#include <stdbool.h>
#include <user/system.h>

#define COM1 0x3F8
#define LINE_STATUS (COM1 + 5)
#define READY 0x20 // the transmitter has sent all that it had
#define FIFO 16    // bytes that it takes at once

#define INTERRUPT_MASK 0x21 // of the interrupt controller: nobody's but H's
#define GENERAL_PROTECTION 13

static uint8_t
read_port(uint16_t port)
{
        uint8_t value;

        __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
        return value;
}

static void
write_port(uint16_t port, uint8_t value)
{
        __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

// No system call, and no line that the client could hold back: what is sent here
// comes between all others. It is short, to be out before the timer comes.
static void
use_serial_line(void)
{
        static const char text[FIFO + 1] = "  COM1 is mine.\n";

        while (!(read_port(LINE_STATUS) & READY))
                ;
        for (uint32_t i = 0; i < FIFO; i++)
                write_port(COM1, (uint8_t)text[i]);
}

static void
use_interrupt_controller(void)
{
        write_port(INTERRUPT_MASK, 0xFF);
}

static bool
refused(void (*action)(void))
{
        uint32_t code;

        return attempt(action, &code) == GENERAL_PROTECTION && code == 0;
}

uint32_t
main(uint32_t instance)
{
        uint32_t code;
        bool mine = instance == 1;
        bool fine = mine ? attempt(use_serial_line, &code) == ATTEMPT_FINE
                         : refused(use_serial_line);

        print(mine ? "My ports are mine" : "No port is mine");
        print(fine ? ", as it should be.\n" : ": that is not so.\n");
        if (!refused(use_interrupt_controller)) {
                print("The interrupt controller is within my reach.\n");
                return 1;
        }
        return fine ? 0 : 1;
}
