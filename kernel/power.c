// SPDX-License-Identifier: MIT
#include <kernel/cpu.h>
#include <kernel/power.h>
#include <kernel/serial.h>

// Where Bochs listens for the word "Shutdown", and where QEMU's isa-debug-exit
// device does for a number.
#define BOCHS_SHUTDOWN 0x8900u
#define QEMU_EXIT 0xF4u

// Far more than a full line takes at 9600 baud. A line that is set to something
// absurd, or held up, must not keep the machine from ending.
#define PATIENCE 200000u

static void (*power_observer)(void);

void
power_set_observer(void (*observer)(void))
{
        power_observer = observer;
}

// What a serial line has not sent yet is lost when the machine goes off. Where
// there is no line, all bits are read as 1.
static void
drain(uint16_t port)
{
        for (uint32_t i = 0; i < PATIENCE; i++)
                if ((inb(port + UART_LINE_STATUS) & UART_DRAINED) != 0)
                        return;
}

void
power_off(unsigned code)
{
        if (power_observer)
                power_observer();
        drain(COM1);
        drain(COM2);
        for (const char *word = "Shutdown"; *word != '\0'; word++)
                outb(BOCHS_SHUTDOWN, (uint8_t)*word);
        outb(QEMU_EXIT, (uint8_t)code);
        halt_forever();
}
