// SPDX-License-Identifier: MIT
// What the tests of interrupts share: devices that raise their lines, and a
// processor that takes them in ring 0 (wait_for_vector) by gates that the test
// sets up itself. So a line is really in service, as it is when ring 3 is left.
#ifndef LINES_H
#define LINES_H

#include <h/internal/entry.h>
#include <h4/test.h>
#include <kernel/cpu.h>
#include <kernel/pic.h>
#include <kernel/pit.h>

// Lines that there are devices for. In QEMU there is no printer.
#define LINE_TIMER 0u
#define LINE_KEYBOARD 1u
#define LINE_COM1 4u
#define LINE_PRINTER 7u
#define LINE_CLOCK 8u
#define LINE_DISK 14u
#define LINE_SECOND_DISK 15u

#define ALL_LINES 0xFFFFu
#define CASCADE (1u << PIC_CASCADE)

static struct {
        struct table_register idt;
        uint16_t masks;
        uint8_t com1_interrupts, com1_modem;
        struct descriptor gates[VECTORS];
} lines;

static inline uint16_t
lines_masked(void)
{
        return (uint16_t)(inb(PIC1 + PIC_MASK) | inb(PIC2 + PIC_MASK) << 8);
}

static inline void
lines_mask(uint16_t masks)
{
        outb(PIC1 + PIC_MASK, (uint8_t)masks);
        outb(PIC2 + PIC_MASK, (uint8_t)(masks >> 8));
}

// What the controllers answer to a command: PIC_READ_REQUESTS,
// PIC_READ_SERVICE.
static inline uint16_t
lines_read(uint8_t command)
{
        outb(PIC1, command);
        outb(PIC2, command);
        return (uint16_t)(inb(PIC1) | inb(PIC2) << 8);
}

static inline uint16_t
lines_in_service(void)
{
        return lines_read(PIC_READ_SERVICE);
}

// The timer stands still until it gets a count: a test that lets its line through, as H
// does, is not to have an interrupt that it has not asked for.
static inline void
lines_silence_timer(void)
{
        outb(PIT_CONTROL, PIT_TWO_BYTES | PIT_PERIODIC);
}

// Both controllers anew: nothing is in service, all lines are masked. Line 15 is
// vector 47.
static inline void
lines_begin(void)
{
        const struct table_register table = { sizeof(lines.gates) - 1,
                                              (uint32_t)lines.gates };

        sidt(&lines.idt);
        const struct descriptor *old = (void *)(uintptr_t)lines.idt.base;
        for (unsigned i = 0; i < VECTORS; i++)
                lines.gates[i] =
                        i < IRQ_BASE
                                ? old[i]
                                : gate_descriptor(KERNEL_CODE, gate_entries[i],
                                                  TYPE_INTERRUPT_GATE);
        lidt(&table);

        lines.masks = lines_masked();
        lines.com1_interrupts = inb(0x3F9);
        lines.com1_modem = inb(0x3FC);
        lines_silence_timer();
        pic_init();
}

static inline void
lines_end(void)
{
        // As rarely as it can, a square wave: as BIOSes do.
        outb(PIT_CONTROL, PIT_TWO_BYTES | 0x06);
        outb(PIT_COUNTER_0, 0);
        outb(PIT_COUNTER_0, 0);
        pic_init();
        lines_mask(lines.masks);
        lidt(&lines.idt);
}

// A register of the real-time clock.
static inline void
clock_write(uint8_t number, uint8_t value)
{
        outb(0x70, number);
        outb(0x71, value);
}

static inline void
line_ask_device(unsigned line)
{
        switch (line) {
        case LINE_TIMER: // counts down from 120, again and again
                outb(PIT_CONTROL, PIT_TWO_BYTES | PIT_PERIODIC);
                outb(PIT_COUNTER_0, 120);
                outb(PIT_COUNTER_0, 0);
                break;
        case LINE_KEYBOARD: // the controller takes a byte for a key
                outb(0x64, 0xD2);
                while (inb(0x64) & 2)
                        ;
                outb(0x60, 0x1E);
                break;
        case LINE_COM1: // there is room for a byte to be sent
                outb(0x3FC, 0x0B);
                outb(0x3F9, 0x02);
                break;
        case LINE_PRINTER: // a byte was taken
                outb(0x37A, 0x1C);
                outb(0x378, 'x');
                outb(0x37A, 0x1D);
                outb(0x37A, 0x1C);
                break;
        case LINE_CLOCK: // an interrupt 8192 times a second
                clock_write(0x0A, 0x23);
                clock_write(0x0B, 0x42);
                break;
        default: // CHECK POWER MODE was done, or refused
                outb(line == LINE_DISK ? 0x3F6 : 0x376, 0);
                outb(line == LINE_DISK ? 0x1F6 : 0x176, 0xE0);
                outb(line == LINE_DISK ? 0x1F7 : 0x177, 0xE5);
        }
}

// The device has been answered, and says no more.
static inline void
line_calm_device(unsigned line)
{
        switch (line) {
        case LINE_TIMER:
                lines_silence_timer();
                break;
        case LINE_KEYBOARD:
                inb(0x60);
                break;
        case LINE_COM1:
                outb(0x3F9, lines.com1_interrupts);
                outb(0x3FC, lines.com1_modem);
                break;
        case LINE_PRINTER:
                inb(0x379);
                outb(0x37A, 0x0C);
                break;
        case LINE_CLOCK: // as it is from the start
                clock_write(0x0B, 0x02);
                clock_write(0x0A, 0x26);
                outb(0x70, 0x0C);
                inb(0x71);
                break;
        default:
                inb(line == LINE_DISK ? 0x1F7 : 0x177);
        }
}

// Makes the device raise its line. Answers whether there is one. QEMU's devices need time
// of a busy host: all but the printer, which may be missing, are waited for long.
static inline bool
line_raise(unsigned line)
{
        unsigned looks = line == LINE_PRINTER ? 20000 : 400000;

        line_ask_device(line);
        for (unsigned i = 0; i < looks; i++)
                if (lines_read(PIC_READ_REQUESTS) >> line & 1)
                        return true;
        if (line != LINE_PRINTER)
                fail("the harness cannot get interrupt line %u raised", line);
        return false;
}

// Makes the device raise its line, and the processor take the interrupt. The
// line is in service then, and its device calm. The masks stay. Answers whether
// there is such a device.
//
// A line of a higher rank than those in service already, or none is taken.
static inline bool
line_take(unsigned line)
{
        uint16_t masks = lines_masked();

        if (!line_raise(line))
                return false;
        lines_mask((uint16_t)(ALL_LINES & ~(1u << line | CASCADE)));
        uint32_t vector = wait_for_vector();
        lines_mask(masks);
        line_calm_device(line);
        expect_number(IRQ_BASE + line, vector,
                      "the vector of interrupt line %u", line);
        return true;
}

// In Bochs, where a microsecond has as many instructions as any other. In QEMU under a
// debugger it has as many as the machine that it runs on lets it have. QEMU is told by a
// bit that processors leave clear.
static inline bool
time_is_exact(void)
{
        uint32_t leaf = 1, features;

        __asm__ volatile("cpuid" : "+a"(leaf), "=c"(features) : : "ebx", "edx");
        return (features & 0x80000000u) == 0;
}

#endif
