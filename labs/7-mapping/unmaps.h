// SPDX-License-Identifier: MIT
// For tests of Unmap: a thread that calls it, without a program; and an interrupt that is
// pending while the test wants it to be.
#ifndef LAB7_UNMAPS_H
#define LAB7_UNMAPS_H

#include <kernel/cpu.h>
#include <kernel/pic.h>

#include "trees.h"

#define UNMAP_MOST 64u
#define UNMAP_FLUSH 0x40u
#define UNMAP_STALE 0x57A1E000u // stands in MR0's place in memory

// What the call says, and what it has said afterwards.
struct unmap {
        struct thread *thread;
        uint32_t control;
        uint32_t words[UNMAP_MOST];
};

// --- An interrupt ---------------------------------------------------------------------------

#define COM1_LINE 4u
#define COM1_INTERRUPTS 0x3F9u
#define COM1_MODEM 0x3FCu

// COM1 has room for a byte to be sent, and says so from now on. All lines are masked.
static inline void
interrupts_begin(void)
{
        pic_init();
        outb(COM1_MODEM, 0x0B);
        outb(COM1_INTERRUPTS, 0x02);
}

// Its line is open or masked: the interrupt is pending or is not.
static inline void
interrupt_is(bool pending)
{
        outb(PIC1 + PIC_MASK,
             pending ? (uint8_t) ~(1u << COM1_LINE) : (uint8_t)0xFF);
        if (h_interrupt_pending() != pending)
                fail("the harness cannot have an interrupt that is%s pending",
                     pending ? "" : " not");
}

static inline void
interrupts_end(void)
{
        outb(COM1_INTERRUPTS, 0);
        pic_init();
}

// --- The call -------------------------------------------------------------------------------

// A space and a thread in it.
static inline struct thread *
unmap_thread(void)
{
        return crowd_thread(crowd_space());
}

static inline uint32_t
unmap_last(const struct unmap *call)
{
        return call->control & 0x3F;
}

// Calls; what stands in the registers is what a program has put there.
static inline struct thread *
unmap_call(const struct unmap *call)
{
        struct thread *thread = call->thread;
        const struct registers in = {
                .eax = call->control,
                .ecx = get_register(thread, H_ECX),
                .edx = get_register(thread, H_EDX),
                .ebx = get_register(thread, H_EBX),
                .ebp = get_register(thread, H_EBP),
                .esi = call->words[0],
                .edi = get_register(thread, H_EDI),
        };

        set_register(thread, H_EAX, call->control);
        set_register(thread, H_ESI, call->words[0]);
        utcb_write(thread, 0, UNMAP_STALE);
        for (int i = 1; i < (int)UNMAP_MOST; i++)
                utcb_write(thread, i, call->words[i]);
        current = thread;
        return call_unmap(thread, &in);
}

// What each word is to be: only the rights change, to what has been used, and only up to
// the last one.
static inline void
unmap_expect(const struct unmap *call, const unsigned *used, const char *when)
{
        const struct thread *thread = call->thread;

        for (uint32_t i = 0; i < UNMAP_MOST; i++) {
                uint32_t due = call->words[i];
                if (i <= unmap_last(call))
                        due = (due & ~FPAGE_RIGHTS) | used[i];
                uint32_t found = utcb_read(thread, (int)i);
                if (i == 0)
                        expect_hex(due, get_register(thread, H_ESI),
                                   "%s: ESI, of %u flexpages", when,
                                   unmap_last(call) + 1);
                if (found != due)
                        expect_hex(due, found,
                                   "%s: message register %u in memory, of %u "
                                   "flexpages",
                                   when, i, unmap_last(call) + 1);
        }
}

// It is over, and the thread runs.
static inline void
unmap_expect_over(const struct unmap *call, const struct thread *next,
                  const char *when)
{
        expect_bool(true, next == call->thread,
                    "%s: the thread itself is preferred", when);
        expect_number(WORK_NONE, call->thread->work,
                      "%s: what the kernel has to do for the thread", when);
}

// From the beginning to the end, without an interrupt.
static inline void
unmap_all(const struct unmap *call, const unsigned *used, const char *when)
{
        unmap_expect_over(call, unmap_call(call), when);
        unmap_expect(call, used, when);
}

#endif
