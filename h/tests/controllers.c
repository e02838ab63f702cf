// SPDX-License-Identifier: MIT
// See controllers.h.
#include "controllers.h"
#include "machine.h"

#include <kernel/pic.h>
#include <kernel/pit.h>

struct controllers controllers;

static unsigned polls; // of port B since counter 2 was started

void
controllers_reset(void)
{
        controllers = (struct controllers){
                .pic = { { .base = 0x08 }, { .base = 0x70 } },
        };
}

static struct controller *
controller_of(uint16_t port)
{
        return &controllers.pic[port >= PIC2];
}

static uint8_t
lowest(uint8_t bits)
{
        return (uint8_t)(bits & -bits);
}

// The line that would be served next: raised, not masked, and before all that are
// in service.
static uint8_t
due(const struct controller *pic)
{
        uint8_t line = lowest((uint8_t)(pic->requests & ~pic->mask));
        uint8_t served = lowest(pic->service);

        return served == 0 || line < served ? line : 0;
}

static void
connect(void)
{
        const uint8_t cascade = 1u << PIC_CASCADE;

        controllers.pic[0].requests &= (uint8_t)~cascade;
        if (due(&controllers.pic[1]) != 0)
                controllers.pic[0].requests |= cascade;
}

void
controllers_raise(unsigned line)
{
        controllers.pic[line / PIC_LINES].requests |=
                (uint8_t)(1u << line % PIC_LINES);
        connect();
}

void
controllers_drop(unsigned line)
{
        controllers.pic[line / PIC_LINES].requests &=
                (uint8_t) ~(1u << line % PIC_LINES);
        connect();
}

bool
controllers_tell(void)
{
        connect();
        return due(&controllers.pic[0]) != 0;
}

// One of them is asked for the vector.
static uint32_t
take(struct controller *pic)
{
        uint8_t line = due(pic);
        unsigned number = PIC_LINES - 1;

        if (line != 0) {
                number = (unsigned)__builtin_ctz(line);
                pic->requests &= (uint8_t)~line;
                pic->service |= line;
        }
        return pic->base + number;
}

uint32_t
controllers_take(void)
{
        connect();
        uint32_t vector = take(&controllers.pic[0]);
        if (vector != controllers.pic[0].base + PIC_CASCADE)
                return vector;
        vector = take(&controllers.pic[1]);
        connect();
        return vector;
}

static void
command(struct controller *pic, uint8_t value)
{
        if (value & 0x10) {
                if (value != 0x11)
                        machine_stop("ICW1 is 0x%02x", value);
                *pic = (struct controller){ .step = 2 };
        } else if (value == PIC_READ_REQUESTS || value == PIC_READ_SERVICE) {
                pic->read_isr = value == PIC_READ_SERVICE;
        } else if ((value & 0xF8) == PIC_END_OF_LINE) {
                pic->service &= (uint8_t) ~(1u << (value & 7));
        } else {
                machine_stop("an interrupt controller's command 0x%02x", value);
        }
}

static void
data(struct controller *pic, uint8_t value)
{
        bool second = pic == &controllers.pic[1];
        uint8_t wiring = second ? PIC_CASCADE : 1u << PIC_CASCADE;

        switch (pic->step) {
        case 0:
                pic->mask = value;
                return;
        case 2:
                pic->base = value;
                break;
        case 3:
                if (value != wiring)
                        machine_stop("ICW3 is 0x%02x", value);
                break;
        default:
                if (value != 1)
                        machine_stop("ICW4 is 0x%02x", value);
                break;
        }
        pic->step = pic->step == 4 ? 0 : pic->step + 1;
}

static void
control_timer(uint8_t value)
{
        if (value >> 6 == 2) {
                polls = 0;
                return;
        }
        if (value != (PIT_SELECT_0 | PIT_TWO_BYTES | PIT_PERIODIC))
                machine_stop("a timer's control word is 0x%02x", value);
        controllers.control = value;
        controllers.bytes = 0;
}

bool
controllers_write(uint16_t port, uint8_t value)
{
        switch (port) {
        case PIC1:
        case PIC2:
                command(controller_of(port), value);
                return true;
        case PIC1 + PIC_MASK:
        case PIC2 + PIC_MASK:
                data(controller_of(port), value);
                return true;
        case PIT_CONTROL:
                control_timer(value);
                return true;
        case PIT_COUNTER_0:
                controllers.count =
                        controllers.bytes++ % 2 == 0
                                ? value
                                : (uint16_t)(controllers.count | value << 8);
                return true;
        case PIT_COUNTER_2:
        case PORT_B:
                return true;
        default:
                return false;
        }
}

bool
controllers_read(uint16_t port, uint8_t *value)
{
        const struct controller *pic = controller_of(port);

        switch (port) {
        case PIC1:
        case PIC2:
                connect();
                *value = pic->read_isr ? pic->service : pic->requests;
                return true;
        case PIC1 + PIC_MASK:
        case PIC2 + PIC_MASK:
                *value = pic->mask;
                return true;
        case PORT_B:
                *value = polls++ < 100 ? 0 : PORT_B_OUTPUT_2;
                return true;
        default:
                return false;
        }
}
