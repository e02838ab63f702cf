// SPDX-License-Identifier: MIT
// Interrupt lines in tests without devices: the interrupt is what H makes of it, a line
// that is masked, and of which the kernel is told.
#ifndef LAB6_LINES_H
#define LAB6_LINES_H

#include <l4/protocol.h>

#include <h4/crowd.h>

#define LINES 16u
#define TAG_OF_LINES tag_make(LABEL_INTERRUPT, 0, 0)

static inline bool
line_is_clients(unsigned line)
{
        return line != 0 && line != 2;
}

static inline struct thread *
line_thread(unsigned line)
{
        struct thread *thread = thread_find(id_interrupt(line));

        if (!thread)
                fail("there is no thread of line %u", line);
        return thread;
}

// Is the line open? The masks of the two interrupt controllers say so.
static inline bool
line_is_open(unsigned line)
{
        uint16_t port = line < 8 ? 0x21 : 0xA1;
        uint8_t mask;

        __asm__ volatile("inb %1, %0" : "=a"(mask) : "Nd"(port));
        return (mask >> line % 8 & 1) == 0;
}

// There is an interrupt, if the line is open. Whether it was.
static inline bool
line_rises(unsigned line)
{
        if (!line_is_open(line))
                return false;
        must(h_disable_irq(line), "h_disable_irq");
        interrupt_raised(line);
        return true;
}

// A program's message to the line, an answer for example: what Ipc does with it.
static inline void
line_is_answered(unsigned line, struct thread *by)
{
        const struct registers in = {
                .eax = id_interrupt(line),
                .esi = tag_make(0x77, 3, 0),
        };

        current = by;
        call_ipc(by, &in);
}

// A program receives, and finds something at once, or not: then it does not wait.
static inline uint32_t
line_is_asked_for(uint32_t from, struct thread *by)
{
        const struct registers in = { .edx = from, .ecx = TIME_ZERO };

        current = by;
        set_register(by, H_EAX, 0x12);
        call_ipc(by, &in);
        return get_register(by, H_EAX);
}

static inline void
line_expect(unsigned line, enum thread_state state, bool open, const char *when)
{
        const struct thread *thread = line_thread(line);

        if (thread->state != state)
                fail_values(crowd_state(state), crowd_state(thread->state),
                            "line %u, %s: the state", line, when);
        if (line_is_open(line) != open)
                expect_bool(open, line_is_open(line),
                            "line %u, %s: the interrupt controller lets it in",
                            line, when);
}

#endif
