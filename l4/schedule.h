// SPDX-License-Identifier: MIT
// Which thread runs. The ready threads of each priority form a ring; of the highest
// priority that has some, the first one runs until its time slice ends.
#ifndef L4_SCHEDULE_H
#define L4_SCHEDULE_H

#include "thread.h"

// Times in microseconds, and what stands for no end.
#define SLICE_NEVER 0u
#define SLICE_DEFAULT 10000u
#define QUANTUM_NEVER UINT64_MAX
#define PERIOD 1000u // of the timer
#define PRIORITY_DEFAULT 100u
#define PRIORITY_HIGHEST 255u

// The thread that runs, or was left last; null: that one is no more, or nobody has
// been run.
extern struct thread *current;

// --- The ready threads (exercise 5.6) ----------------------------------------------------

// All rings are empty.
void ready_init(void);

// The thread is in none of the rings: it becomes the last one of its priority.
void ready_add(struct thread *thread);

// It is in one of the rings, and is in none now.
void ready_remove(struct thread *thread);

// Is it in one of the rings?
bool ready_is(const struct thread *thread);

// The first thread of the highest priority that has any; null.
struct thread *ready_first(void);

// One thread takes the place of another one of its priority.
void ready_replace(struct thread *thread, struct thread *by);

// A thread that is in one of the rings becomes the last one of its priority.
void ready_last(struct thread *thread);

// --- States (thread.c) -----------------------------------------------------------------------

// The thread becomes READY, and is among the ready ones unless it is stopped. For an
// interrupt line there is no such ring.
void thread_ready(struct thread *thread);

// It becomes SENDING or RECEIVING, and is not among the ready ones.
void thread_block(struct thread *thread, enum thread_state state);

// It becomes RECEIVING, and is among the ready ones: it looks for a sender when it is
// its turn.
void thread_look(struct thread *thread);

// It is not run, or may be run again as far as this reason goes: STOPPED_...
void thread_stop(struct thread *thread, unsigned reason);
void thread_go_on(struct thread *thread, unsigned reason);

// Gives it another priority.
void thread_set_priority(struct thread *thread, uint8_t priority);

// --- Time (exercise 5.7) -----------------------------------------------------------------------

// Nobody is favoured, and nobody pays for another one.
void slices_init(void);

// A thread that becomes active: a time slice of SLICE_DEFAULT, no limit of time.
void slice_begin(struct thread *thread);

// The timer's period has ended while `thread` ran, or was left last; null: nobody.
// Whoever pays for it has that much less of its time slice and of its total quantum.
// When the time slice ends, it begins anew, and the next thread of the priority has
// its turn.
void slice_tick(struct thread *thread);

// The thread gives the rest of its time slice to `to`, which is READY and runs next,
// whatever its priority is; null: to whoever is next.
void slice_give(struct thread *thread, struct thread *to);

// After an interrupt: is `thread`, which ran, to go on? It is, while its turn lasts and
// nobody comes before it; and it may ask for that, for a while, although somebody does
// (delayed preemption). Returns it, or null: whoever is next.
struct thread *slice_defend(struct thread *thread);

// Is anybody to be run so?
bool slice_is_favoured(void);

// Was anybody, when the thread that runs was chosen? (schedule)
extern bool chosen_by_favour;

// The thread that has the current one's place among the ready ones: that one itself
// but after the short way (direct.c), which leaves it there. Whatever else begins in
// the kernel puts that right first, and ends in schedule().
extern struct thread *seated;

static inline void
ready_settle(void)
{
        if (seated != current)
                ready_replace(seated, current);
}

// The thread will be no more.
void slice_forget(struct thread *thread);

// Who is to be run in place of `rival`, which comes before it; null: nobody.
struct thread *slice_favoured(const struct thread *rival);

// --- Running --------------------------------------------------------------------------------------

// Runs the thread that is next: `preferred` if it is ready and no other one has a
// higher priority. It may be null. Does not return.
_Noreturn void schedule(struct thread *preferred);

#endif
