// SPDX-License-Identifier: MIT
// For tests of one part of messages without a program: threads that are active, with
// UTCBs and contexts, in as many spaces as are wanted; and what they are seen to be
// afterwards. The tests put them into states and rings by the given functions, or
// by hand.
//
// No exercise of lab 6 is called here. What needs timeouts calls timeouts_init itself,
// what needs interrupt lines interrupts_init.
#ifndef H4_CROWD_H
#define H4_CROWD_H

#include <h4/call_errors.h>
#include <h4/system.h>
#include <h4/test.h>
#include <h4/thread_ids.h>
#include <kernel/format.h>
#include <kernel/string.h>
#include <l4/calls.h>
#include <l4/ipc.h>
#include <l4/panic.h>
#include <l4/partners.h>
#include <l4/pool.h>
#include <l4/rings.h>
#include <l4/schedule.h>
#include <l4/space.h>
#include <l4/timeout.h>
#include <l4/typed.h>
#include <l4/units.h>

#define CROWD_AREA 0x00800000u // of UTCBs, in each space
#define CROWD_PRIORITY 100u

static struct {
        uint32_t threads; // so many there are
        struct space *where[32];
        uint32_t in[32]; // threads in each of these spaces
} crowd;

// On a machine with so many superpages besides (<h4/system.h>); with so many units at most,
// for tests that need few threads, mappings and pages of the pool: each of them costs time.
static inline void
crowd_begin_with(uint32_t superpages, uint32_t most_units)
{
        crowd.threads = 0;
        for (unsigned i = 0; i < 32; i++) {
                crowd.where[i] = NULL;
                crowd.in[i] = 0;
        }
        system_begin_h_large(superpages);
        current = NULL;
        units_init();
        if (unit_count > most_units)
                unit_count = most_units;
        pool_init();
        ready_init();
        threads_init();
        spaces_init();
        utcbs_init();
        partners_init();
        slices_init();
        typed_init();
}

static inline void
crowd_begin(void)
{
        crowd_begin_with(0, UINT32_MAX);
}

static inline struct space *
crowd_space(void)
{
        struct space *space = space_take();

        if (!space)
                fail("there is no room for an address space");
        space->utcb_first = CROWD_AREA;
        space->utcb_bytes = 64 * H_PAGE_SIZE;
        return space;
}

// How many threads of the space there have been.
static inline uint32_t *
crowd_in(struct space *space)
{
        for (unsigned i = 0; i < 32; i++) {
                if (!crowd.where[i])
                        crowd.where[i] = space;
                if (crowd.where[i] == space)
                        return &crowd.in[i];
        }
        fail("the harness has room for 32 spaces");
}

// One more thread of the space, active, READY and among the ready ones: its UTCB is
// the next one of the area. Its registers hold what no function writes.
static inline struct thread *
crowd_thread(struct space *space)
{
        struct thread *thread =
                thread_take(id_make(CROWD_FIRST + crowd.threads++, 1));
        uint32_t *there = crowd_in(space);

        if (!thread || h_alloc_fault_context(&thread->context) != H_OK)
                fail("there is no room for a thread");
        thread->space = space;
        thread->utcb_wanted = CROWD_AREA + (*there)++ * UTCB_SIZE;
        expect_number(CALL_OK, utcb_take(thread, thread->utcb_wanted),
                      "utcb_take");
        struct h_vaddr utcb = { thread->local - UTCB_MR0 };
        must(h_set_gs(thread->context, utcb, 4), "h_set_gs");
        must(h_bind(thread->context, space->pagemap, thread->utcb,
                    thread->mr0 + 1),
             "h_bind");
        utcb_write(thread, UTCB_LOCAL_ID, thread->local);
        utcb_write(thread, UTCB_MY_GLOBAL_ID, thread->id);
        space->threads++;
        space->active++;
        thread->priority = CROWD_PRIORITY;
        thread->sent_as = thread->id;
        slice_begin(thread);
        thread_ready(thread);
        for (unsigned reg = H_EDI; reg <= H_EAX; reg++)
                if (reg != H_BOGUS_ESP)
                        set_register(thread, (enum h_register)reg,
                                     0x5EED0000u + reg);
        return thread;
}

// --- States, as Ipc leaves them -----------------------------------------------------

// The thread is SENDING to the other one, its message a program's with this tag.
static inline void
crowd_sends(struct thread *thread, struct thread *to, uint32_t tag)
{
        thread->role = ROLE_USER;
        thread->tag = tag;
        thread->receive = ID_NIL;
        thread_block(thread, THREAD_SENDING);
        ring_join(&to->senders, thread);
        thread->receiver = to;
        if (thread->sent_as != thread->id)
                to->deputies++;
}

// The thread is RECEIVING, for a program, from the other one.
static inline void
crowd_receives(struct thread *thread, struct thread *from)
{
        thread->role = ROLE_USER;
        thread_block(thread, THREAD_RECEIVING);
        thread->partner = from->id;
        ring_join(&from->waiters, thread);
}

// The same from ID_ANY or ID_ANY_LOCAL.
static inline void
crowd_receives_any(struct thread *thread, uint32_t any)
{
        thread->role = ROLE_USER;
        thread_block(thread, THREAD_RECEIVING);
        thread->partner = any;
}

// --- How they are found --------------------------------------------------------------

static inline const char *
crowd_state(enum thread_state state)
{
        static const char *const states[] = { "INACTIVE", "READY", "SENDING",
                                              "RECEIVING" };

        return (unsigned)state < 4 ? states[state] : "no state";
}

static inline void
crowd_expect_state(enum thread_state due, const struct thread *thread,
                   const char *who)
{
        if (thread->state == due)
                return;

        // As other messages go on: "S, which waits, is ...".
        char name[120];
        size_t length = strlen(who);
        format(name, sizeof(name), "%s", who);
        if (length > 0 && length < sizeof(name) && who[length - 1] == ',')
                name[length - 1] = '\0';
        fail_values(crowd_state(due), crowd_state(thread->state),
                    "%s: the state", name);
}

// How many threads stand in a ring; whether one of them does.
static inline uint32_t
crowd_ring(const struct thread *first)
{
        uint32_t count = 0;

        for (const struct thread *at = first; at && count < 4096;
             at = at->next_in_ring == first ? NULL : at->next_in_ring)
                count++;
        return count;
}

// The thread is in no ring, and has no timeout.
static inline void
crowd_expect_free(const struct thread *thread, const char *who)
{
        if (thread->ring)
                fail("%s still stands in a ring", who);
        if (thread->wake_place != 0)
                fail("%s still has a timeout", who);
}

// The error that a code in the UTCB says.
static inline const char *
crowd_error(uint32_t code)
{
        static const char *const names[] = {
                "no error",
                "timeout",
                "no partner",
                "cancelled",
                "overflow",
                "the sender's page fault too late",
                "the partner's page fault too late",
                "aborted",
        };

        return names[code >> 1 & 7];
}

// What a program finds after an Ipc that has failed: the error code, tag and EAX.
static inline void
crowd_expect_error(uint32_t due, const struct thread *thread, const char *who)
{
        expect_hex(due, utcb_read(thread, UTCB_ERROR),
                   "%s: the error code in the UTCB (%s, %s)", who,
                   crowd_error(due), due & 1 ? "receiving" : "sending");
        expect_hex(TAG_ERROR, get_register(thread, H_ESI), "%s: ESI", who);
        expect_hex(ID_NIL, get_register(thread, H_EAX), "%s: EAX", who);
}

#endif
