// SPDX-License-Identifier: MIT
// Threads whose faults, exceptions and preemptions are told to others, and what the
// others are told.
#ifndef LAB6_TELLING_H
#define LAB6_TELLING_H

#include <l4/protocol.h>

#include "kept.h"

// a is the one that is told of; b is in its space, c and d are in another one.
static struct space *here, *there;
static struct thread *a, *b, *c, *d;

static inline void
begin(void)
{
        crowd_begin();
        timeouts_init();
        interrupts_init();
        here = crowd_space();
        there = crowd_space();
        a = crowd_thread(here);
        b = crowd_thread(here);
        c = crowd_thread(there);
        d = crowd_thread(there);
        a->scheduler = d->id;
        current = a;
}

// What programs of a's space send goes to a thread of a third one. The kernel's messages
// do not.
static inline void
redirect(void)
{
        here->redirector = crowd_thread(crowd_space())->id;
}

// Its registers but the selectors are any words, as is what a message would change.
static inline struct kept
leave_any(struct thread *thread)
{
        set_register(thread, H_EIP, random_word());
        set_register(thread, H_ESP, random_word());
        set_register(thread, H_EFLAGS, random_word() & 0x8D5);
        return keep_any(thread);
}

static inline void
set_named(const struct thread *thread, uint32_t pager, uint32_t handler)
{
        utcb_write(thread, UTCB_PAGER, pager);
        utcb_write(thread, UTCB_EXCEPTION_HANDLER, handler);
}

// The thread has been told of a, and may go on. In its UTCB no word more has been
// written than the tag says; 0xAB.. was there before.
static inline void
clear_words(const struct thread *who)
{
        for (int i = 1; i < 16; i++)
                utcb_write(who, i, 0xAB000000u + (uint32_t)i);
}

static inline void
expect_told(const struct thread *who, uint32_t tag, const char *when)
{
        uint32_t after = tag_untyped(tag) + 1;

        crowd_expect_state(THREAD_READY, who, when);
        crowd_expect_free(who, when);
        expect_hex(tag, get_register(who, H_ESI), "%s: the tag", when);
        expect_id(thread_name(a, who), get_register(who, H_EAX),
                  "%s: EAX, from whom", when);
        expect_hex(0xAB000000u + after, utcb_read(who, (int)after),
                   "%s: message register %u, behind the message", when, after);
}

// a waits: it is SENDING to this one, or RECEIVING from it.
static inline void
expect_waits(enum thread_state state, enum thread_role role,
             struct thread *whom, const char *when)
{
        crowd_expect_state(state, a, when);
        expect_number(role, a->role, "%s: its role", when);
        expect_number(0, a->stopped, "%s: why it is stopped", when);
        expect_number(0, a->wake_place, "%s: its timeout", when);
        expect_bool(false, ready_is(a), "%s: it is ready", when);
        if (state == THREAD_RECEIVING)
                expect_id(whom->id, a->partner, "%s: from whom", when);
        if (a->ring !=
            (state == THREAD_SENDING ? &whom->senders : &whom->waiters))
                fail("%s: it is not in that one's ring", when);
}

// It has got what it waits for, and waits for nobody.
static inline void
let_go(struct thread *thread)
{
        timeout_remove(thread);
        ring_leave(thread);
        thread->role = ROLE_USER;
        thread->stopped = 0;
        thread->sent_as = thread->id;
        thread_ready(thread);
}

#endif
