// SPDX-License-Identifier: MIT
// Four threads with UTCBs, for tests of time slices without a program.
#ifndef LAB5_SLICES_H
#define LAB5_SLICES_H

#include <l4/schedule.h>
#include <l4/stand_in/no_messages.h>

#include "parts.h"

#define AREA 0x00800000u
#define THREADS 4u
#define OTHER_FLAGS 0xFFFFFF1Fu // all but "signal", "delay" and "pending"

static struct thread threads[THREADS];

static struct thread *const a = &threads[0];
static struct thread *const b = &threads[1];
static struct thread *const c = &threads[2];
static struct thread *const d = &threads[3];

// All of one priority, ready in their order, with a slice of 10 ms.
static inline void
begin(void)
{
        parts_begin();
        utcbs_init();
        ready_init();
        slices_init();
        asked_preempted.times = asked_used_up.times = 0;
        struct space *space = parts_space_with(AREA, H_PAGE_SIZE);
        for (uint32_t i = 0; i < THREADS; i++) {
                threads[i] = (struct thread){
                        .id = id_make(100 + i, 1),
                        .state = THREAD_READY,
                        .priority = 100,
                        .space = space,
                        .slice = 10000,
                        .slice_left = 10000,
                        .quantum_left = QUANTUM_NEVER,
                };
                expect_call(CALL_OK,
                            utcb_take(&threads[i], AREA + i * UTCB_SIZE),
                            "utcb_take");
        }
}

static inline void
ready(struct thread *thread, uint8_t priority)
{
        thread->priority = priority;
        ready_add(thread);
}

static inline void
expect_thread(const struct thread *due, const struct thread *found,
              const char *what)
{
        expect_hex(due ? due->id : 0, found ? found->id : 0, "%s", what);
}

// Calls of protocol_used_up or protocol_preempted until now; the last one was for `a`.
static inline void
expect_asked(uint32_t due, const struct asked *asked, const char *what)
{
        expect_number(due, asked->times, "%s", what);
        if (due > 0)
                expect_thread(a, asked->last, "for whom it was called last");
}

#endif
