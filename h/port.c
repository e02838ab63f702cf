// SPDX-License-Identifier: MIT
// The ports that H lends. What is not in this list stays H's: interrupt and DMA
// controllers, timer, CMOS, A20 and reset, PCI configuration and bus masters,
// interrupt levels, power. With any of those a client could reach memory past
// all page tables, or stop the timer.
//
// The contracts are in <h/h.h>.
#include <h/h.h>
#include <h/internal/port.h>
#include <kernel/cpu.h>

struct port_range {
        uint16_t first;
        uint16_t last;
};

// An item of several bytes is at as many ports, all of one range.
static const struct port_range lent[] = {
        { 0x0060, 0x0060 }, // keyboard controller: data
        { 0x0064, 0x0064 }, // its status when read, commands when written
        { 0x0170, 0x0177 }, // second ATA channel
        { 0x01F0, 0x01F7 }, // first ATA channel
        { 0x0278, 0x027F }, // LPT2
        { 0x02E8, 0x02EF }, // COM4
        { 0x02F8, 0x02FF }, // COM2
        { 0x0300, 0x031F }, // NE2000
        { 0x0376, 0x0376 }, // second ATA channel: control
        { 0x0378, 0x037F }, // LPT1
        { 0x03B0, 0x03DF }, // VGA, and the printer port of old video cards
        { 0x03E8, 0x03EF }, // COM3
        { 0x03F6, 0x03F6 }, // first ATA channel: control
        { 0x03F8, 0x03FF }, // COM1
};

#define LENT (sizeof(lent) / sizeof(lent[0]))

static bool
is_lent(uint16_t port, unsigned bytes)
{
        for (size_t i = 0; i < LENT; i++)
                if (lent[i].first <= port && port + (bytes - 1) <= lent[i].last)
                        return true;
        return false;
}

#define KEYBOARD_COMMAND 0x64

// Commands to the keyboard controller that concern its output port, whose lines
// are the processor's reset and A20, which takes every other megabyte away:
//
//   0xD0, 0xD1   read it; write it with the next byte of data
//   0xDD, 0xDF   A20 off; on
//   0xF0-0xFF    pull lines of it for a moment: 0xFE is the reset
//
// Since 0xD1 never gets there, no byte of data is taken for the output port.
// Source: Intel 8042 data sheet (UPI-41AH/42AH); IBM PS/2 Hardware Interface
// Technical Reference, keyboard and auxiliary device controller.
static bool
is_refused_command(uint8_t command)
{
        return command == 0xD0 || command == 0xD1 || command == 0xDD ||
               command == 0xDF || command >= 0xF0;
}

bool
ports_for_programs(uint16_t first, uint16_t last)
{
        // At the latest behind a few dozen ports comes one that is not lent.
        for (uint32_t port = first; port <= last; port++)
                if (port == KEYBOARD_COMMAND || !is_lent((uint16_t)port, 1))
                        return false;
        return true;
}

enum h_error
h_in8(uint16_t port, uint8_t *value)
{
        if (!is_lent(port, 1))
                return H_PORT;

        *value = inb(port);
        return H_OK;
}

enum h_error
h_in16(uint16_t port, uint16_t *value)
{
        if (!is_lent(port, 2))
                return H_PORT;

        *value = inw(port);
        return H_OK;
}

enum h_error
h_in32(uint16_t port, uint32_t *value)
{
        if (!is_lent(port, 4))
                return H_PORT;

        *value = inl(port);
        return H_OK;
}

enum h_error
h_out8(uint16_t port, uint8_t value)
{
        if (!is_lent(port, 1))
                return H_PORT;
        if (port == KEYBOARD_COMMAND && is_refused_command(value))
                return H_PORT;

        outb(port, value);
        return H_OK;
}

enum h_error
h_out16(uint16_t port, uint16_t value)
{
        if (!is_lent(port, 2))
                return H_PORT;

        outw(port, value);
        return H_OK;
}

enum h_error
h_out32(uint16_t port, uint32_t value)
{
        if (!is_lent(port, 4))
                return H_PORT;

        outl(port, value);
        return H_OK;
}
