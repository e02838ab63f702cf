// SPDX-License-Identifier: MIT
// The serial line's interrupts: it is raised when its transmitter is empty and that is
// asked for. Source: National Semiconductor PC16550D data sheet.
#ifndef USER_H4_SERIAL_H
#define USER_H4_SERIAL_H

#include <h4/act.h>

#define NUMBER 4u
#define line L4_GlobalId(NUMBER, 1)
#define INTERRUPT TAG(0xFFF0, 0)
#define WORDS 0 // there are none

#define PORT 0x3F8u
#define ENABLE (PORT + 1)
#define REASON (PORT + 2)
#define MODEM (PORT + 4)
#define WHEN_EMPTY 2u
#define CONNECTED 8u

static inline void
out(L4_Word_t port, L4_Word_t byte)
{
        __asm__ volatile("outb %b0, %w1" : : "a"(byte), "Nd"(port));
}

static inline L4_Word_t
in(L4_Word_t port)
{
        L4_Word_t byte = 0;

        __asm__ volatile("inb %w1, %b0" : "+a"(byte) : "Nd"(port));
        return byte;
}

// Takes the line back, and lets it interrupt once more.
static inline void
raise(void)
{
        out(ENABLE, 0);
        in(REASON);
        out(MODEM, in(MODEM) | CONNECTED);
        out(ENABLE, WHEN_EMPTY);
}

static inline void
quiet(void)
{
        out(ENABLE, 0);
        in(REASON);
}

static inline L4_Word_t
handle_by(L4_ThreadId_t handler)
{
        return thread_control(line, line, none, handler, SAME);
}

// This thread handles it. Lines that are the machine's do not interrupt before.
static inline void
begin(void)
{
        quiet();
        expect_word(0, handle_by(me), "a handler");
}

static inline struct act *
wait_for(L4_ThreadId_t from, L4_Word_t timeouts)
{
        struct act *waits = act(0, none, from, timeouts);

        perform(waits);
        return waits;
}

static inline struct act *
act_now(L4_ThreadId_t to)
{
        struct act *sends = act(0, to, none, NEVER);

        perform(sends);
        return sends;
}

#endif
