// SPDX-License-Identifier: MIT
// How long a thread runs: its time slice, after which others of its priority have
// their turn, and its total quantum, after which its scheduler decides. Both are
// counted by periods of the timer.
//
// Who gives its time slice away pays for what the other one does with it, until the
// period ends. Who delays its preemption goes on for a while, and is told by the flag
// "pending" in its UTCB to give up the processor soon:
//
//     another one comes before it         it has not given up:
//     |                                   |
//     v      goes on, the flag is set     v     is preempted all the same
//   --+-----------------------------------+---------------------------------
//     <------------- delay --------------->
//
// The contracts are in schedule.h. Source: L4 X.2, scheduling.
#include "protocol.h"
#include "schedule.h"
#include "space.h"
#include "todo.h"

// H4-BEGIN 5.7
// Who runs although others of up to this priority come before it, and who pays for
// who runs. Null: nobody; itself.
static struct thread *favoured;
static uint8_t favoured_before;
static struct thread *payer;
static bool turn_is_over; // of the thread that ran
static bool put_off;      // its preemption was, and it is favoured for that

static void
no_favour(void)
{
        favoured = NULL;
        payer = NULL;
        put_off = false;
}
// H4-STUB 5.7
// H4-END 5.7

void
slices_init(void)
{
        // H4-BEGIN 5.7
        no_favour();
        turn_is_over = false;
        // H4-STUB 5.7
        //| H4_TODO("5.7");
        // H4-END 5.7
}

void
slice_begin(struct thread *thread)
{
        // H4-BEGIN 5.7
        thread->slice = SLICE_DEFAULT;
        thread->slice_left = SLICE_DEFAULT;
        thread->quantum_left = QUANTUM_NEVER;
        thread->sensitive = thread->priority;
        thread->delay = 0;
        thread->delay_left = 0;
        // H4-STUB 5.7
        //| H4_TODO("5.7", thread);
        // H4-END 5.7
}

void
slice_forget(struct thread *thread)
{
        // H4-BEGIN 5.7
        if (favoured == thread)
                no_favour();
        if (payer == thread)
                payer = NULL;
        // H4-STUB 5.7
        //| H4_TODO("5.7", thread);
        // H4-END 5.7
}

// H4-BEGIN 5.7
// A period less of the total quantum. When it has ended the thread is stopped, and
// its scheduler is told once it does nothing else.
static void
pay_quantum(struct thread *thread)
{
        if (thread->quantum_left == QUANTUM_NEVER)
                return;
        thread->quantum_left -=
                thread->quantum_left < PERIOD ? thread->quantum_left : PERIOD;
        if (thread->quantum_left == 0)
                thread_used_up(thread);
}

// A period less of the time slice. Has it ended?
static bool
pay_slice(struct thread *thread)
{
        if (thread->slice == SLICE_NEVER)
                return false;
        if (thread->slice_left > PERIOD) {
                thread->slice_left -= PERIOD;
                return false;
        }
        thread->slice_left = thread->slice;
        return true;
}
// H4-STUB 5.7
// H4-END 5.7

void
slice_tick(struct thread *thread)
{
        // H4-BEGIN 5.7
        struct thread *who = thread;
        if (payer && ready_is(payer) && payer->state == THREAD_READY)
                who = payer;
        if (!who || !ready_is(who))
                return;

        if (thread && favoured == thread && put_off)
                thread->delay_left -= thread->delay_left < PERIOD
                                              ? thread->delay_left
                                              : PERIOD;
        if (pay_slice(who)) {
                turn_is_over = true;
                ready_last(who);
        }
        pay_quantum(who);
        // H4-STUB 5.7
        //| H4_TODO("5.7", thread);
        // H4-END 5.7
}

void
slice_give(struct thread *thread, struct thread *to)
{
        // H4-BEGIN 5.7
        if (to) {
                payer = payer ? payer : thread;
                favoured_before =
                        favoured == thread ? favoured_before : thread->priority;
                favoured = to;
                put_off = false;
                return;
        }
        uint32_t flags = utcb_read(thread, UTCB_FLAGS);
        if ((flags & PREEMPT_PENDING) != 0)
                utcb_write(thread, UTCB_FLAGS, flags & ~PREEMPT_PENDING);
        thread->slice_left = thread->slice;
        thread->delay_left = thread->delay;
        no_favour();
        if (ready_is(thread))
                ready_last(thread);
        // H4-STUB 5.7
        //| H4_TODO("5.7", thread, to);
        // H4-END 5.7
}

// H4-BEGIN 5.7
// Does the thread want to go on before `rival`?
static bool
delays(const struct thread *thread, const struct thread *rival)
{
        uint32_t flags = utcb_read(thread, UTCB_FLAGS);

        if ((flags & PREEMPT_DELAY) == 0 || thread->delay_left == 0 ||
            rival->priority > thread->sensitive)
                return false;
        utcb_write(thread, UTCB_FLAGS, flags | PREEMPT_PENDING);
        return true;
}
// H4-STUB 5.7
// H4-END 5.7

struct thread *
slice_defend(struct thread *thread)
{
        // H4-BEGIN 5.7
        const struct thread *rival = ready_first();
        bool over = turn_is_over || (put_off && favoured == thread);

        turn_is_over = false;
        no_favour();
        if (!thread || !ready_is(thread))
                return NULL;
        if (rival == thread || (rival->priority == thread->priority && !over))
                return thread;
        if (delays(thread, rival)) {
                favoured = thread;
                favoured_before = thread->sensitive;
                put_off = true;
                return thread;
        }
        thread->delay_left = thread->delay; // it has been preempted
        if ((utcb_read(thread, UTCB_FLAGS) & PREEMPT_SIGNAL) != 0)
                protocol_preempted(thread);
        return NULL;
        // H4-STUB 5.7
        //| H4_TODO("5.7", thread);
        // H4-END 5.7
}

struct thread *
slice_favoured(const struct thread *rival)
{
        // H4-BEGIN 5.7
        if (favoured &&
            (!ready_is(favoured) || rival->priority > favoured_before))
                no_favour();
        return favoured;
        // H4-STUB 5.7
        //| H4_TODO("5.7", rival);
        // H4-END 5.7
}

bool
slice_is_favoured(void)
{
        // H4-BEGIN 5.7
        return favoured != NULL;
        // H4-STUB 5.7
        //| H4_TODO("5.7");
        // H4-END 5.7
}
