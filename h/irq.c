// SPDX-License-Identifier: MIT
// Interrupt lines. While one is in service its controller holds back all lines
// of a lower rank, so each is acknowledged as soon as it has come. The timer's,
// line 0, has the highest rank: no device can keep it from ending user code.
//
// A line that is raised and gone again before the processor has asked for the
// vector is spurious: the controller answers with its lowest line, 7, although
// no line of it is in service. For the second controller (15) the first one
// takes it for a real interrupt, on line 2.
//
// The contracts are in <h/execution.h> and <h/internal/interrupts.h>; what the
// controllers understand is in <kernel/pic.h>.
#include <h/internal/interrupts.h>
#include <h/internal/paranoid.h>
#include <kernel/cpu.h>
#include <kernel/descriptors.h>
#include <kernel/pic.h>
#include <kernel/todo.h>

// H4-BEGIN 4.6
#define TIMER_LINE 0u

static uint16_t
controller(unsigned line)
{
        return line < PIC_LINES ? PIC1 : PIC2;
}

static uint8_t
bit(unsigned line)
{
        return (uint8_t)(1u << line % PIC_LINES);
}

static void
mask(unsigned line)
{
        uint16_t port = controller(line) + PIC_MASK;
        outb(port, inb(port) | bit(line));
}

static void
unmask(unsigned line)
{
        uint16_t port = controller(line) + PIC_MASK;
        outb(port, inb(port) & (uint8_t)~bit(line));
}

// Says to the controller, or to both, that the line is no longer in service.
static void
acknowledge(unsigned line)
{
        if (line >= PIC_LINES)
                outb(PIC2, PIC_END_OF_LINE + line % PIC_LINES);
        outb(PIC1, PIC_END_OF_LINE + (line < PIC_LINES ? line : PIC_CASCADE));
}

static bool
in_service(unsigned line)
{
        outb(controller(line), PIC_READ_SERVICE);
        return (inb(controller(line)) & bit(line)) != 0;
}

static bool
is_last_of_controller(unsigned line)
{
        return line % PIC_LINES == PIC_LINES - 1;
}

// A line that the client may silence.
static bool
is_clients(unsigned line)
{
        return line < IRQ_LINES && line != TIMER_LINE && line != PIC_CASCADE;
}
// H4-STUB 4.6
// H4-END 4.6

enum h_error
h_enable_irq(unsigned line)
{
        H_OPERATION();
        // H4-BEGIN 4.6
        if (!is_clients(line) && line != TIMER_LINE)
                return H_BAD_IRQ;

        unmask(line);
        return H_OK;
        // H4-STUB 4.6
        //| H4_TODO("4.6", line);
        // H4-END 4.6
}

enum h_error
h_disable_irq(unsigned line)
{
        H_OPERATION();
        // H4-BEGIN 4.6
        if (!is_clients(line))
                return H_BAD_IRQ;

        mask(line);
        return H_OK;
        // H4-STUB 4.6
        //| H4_TODO("4.6", line);
        // H4-END 4.6
}

enum h_error
h_mask_ack_irq(unsigned line)
{
        H_OPERATION();
        // H4-BEGIN 4.6
        if (!is_clients(line))
                return H_BAD_IRQ;

        mask(line);
        acknowledge(line);
        return H_OK;
        // H4-STUB 4.6
        //| H4_TODO("4.6", line);
        // H4-END 4.6
}

bool
irq_arrived(unsigned line)
{
        // H4-BEGIN 4.6
        if (is_last_of_controller(line) && !in_service(line)) {
                if (line >= PIC_LINES)
                        acknowledge(PIC_CASCADE);
                return false;
        }

        if (line != TIMER_LINE)
                mask(line);
        acknowledge(line);
        return true;
        // H4-STUB 4.6
        //| H4_TODO("4.6", line);
        // H4-END 4.6
}

void
irq_init(void)
{
        // H4-BEGIN 4.6
        const unsigned silent = ~(1u << TIMER_LINE | 1u << PIC_CASCADE);

        pic_init();
        outb(PIC1 + PIC_MASK, (uint8_t)silent);
        // H4-STUB 4.6
        //| H4_TODO("4.6");
        // H4-END 4.6
}
