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

// The total quantum of a thread has ended: protocol_used_up. Where the kernel has work for it,
// or it looks, that comes once this is over; all that it does until then is paid for with
// nothing.
void thread_used_up(struct thread *thread);

// Gives it another priority.
void thread_set_priority(struct thread *thread, uint8_t priority);

// --- Time (exercise 5.7) -----------------------------------------------------------------------

// A favour: one thread runs although others come before it, up to a priority that is
// the border of the favour. There is one at most. It begins
//
//   - when somebody gives that thread its time (slice_give): the border is the giver's
//     priority, or the border of the favour by which the giver ran itself;
//   - when that thread delays its preemption (slice_defend): the border is its
//     sensitive priority.
//
// It ends with the next slice_defend, which may begin another one; when somebody above
// the border is ready; and when the thread is not ready any more, gives up its time or
// is no more. Nothing of it is left then: who would have paid does not, and whoever
// runs next delays nothing.
//
// Paying: of each period of the timer one thread pays all, which is who ran. But under
// a favour that was given, the giver pays for this one period; where a gives to b and b
// to c, that is a. A giver that is not READY by then, as one that looks is not, or is
// no more, pays nothing, and who ran pays after all. Where who ran is no more the giver
// pays all the same. Whoever is not ready pays nothing in any case.

// There is no favour, nobody pays for another one, and no turn is over.
void slices_init(void);

// A thread that becomes active: a time slice of SLICE_DEFAULT, all of it left, no limit
// of time, no delay of preemption, and none left.
void slice_begin(struct thread *thread);

// The timer's period has ended while `thread` ran, or was left last; null: nobody.
// Whoever pays for it has that much less of its time slice and of its total quantum, or
// nothing if less was left. When the time slice ends, it begins anew, the thread
// becomes the last of its ring, and the turn of who ran is over. When the total quantum
// ends: thread_used_up. Both may end at once. One that delays its preemption has that
// much less of its delay, too. slice_defend comes next, for the same thread.
void slice_tick(struct thread *thread);

// The thread gives the rest of its time slice to `to`, which is READY and runs next,
// whatever its priority is: see above. Null: to whoever is next. Then it begins anew,
// as the last of its ring: the whole time slice and the whole delay are left, and the
// flag "pending" is taken back.
void slice_give(struct thread *thread, struct thread *to);

// After an interrupt: is `thread`, which ran, to go on? Null, or one that is not ready:
// no. It is, if nobody else is the first of the ready ones, or only one of the same
// priority while its own turn is not over. A turn that is over is so for one question.
//
// Otherwise it is to be preempted, and may delay that (abi.h, UTCB_FLAGS): where it
// has set "delay" in its flags, some of its delay is left, and the first of the ready
// ones is not above its sensitive priority. Then "pending" is set, no other flag
// changes, and it goes on by a favour. Whether that lasts is asked again after each
// interrupt, and one of the same priority is still to be let run then, even if a new
// time slice has begun.
//
// Where it is preempted the whole delay is left for the next time, and if it has set
// "signal": protocol_preempted. In its ring it stays where it is.
//
// Returns the thread, or null: whoever is next.
struct thread *slice_defend(struct thread *thread);

// Is there a favour?
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

// The thread will be no more: nobody is favoured, or pays, who is this one.
void slice_forget(struct thread *thread);

// The first of the ready ones is `rival`: who is to be run in its place, by a favour of
// either kind; null: nobody. A favour that does not hold against it ends.
struct thread *slice_favoured(const struct thread *rival);

// --- Running --------------------------------------------------------------------------------------

// Runs the thread that is next: `preferred` if it is ready and no other one has a
// higher priority. It may be null. Does not return.
_Noreturn void schedule(struct thread *preferred);

#endif
