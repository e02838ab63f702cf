// SPDX-License-Identifier: MIT
// Schedule and ThreadSwitch: what one thread says about the time of another.
//
// The contracts are in calls.h. Source: l4/README.md; L4 X.2, scheduling.
#include "calls.h"
#include "ipc.h"
#include "schedule.h"
#include "space.h"
#include "timeout.h"
#include "todo.h"

// H4-BEGIN 5.8
#define UNCHANGED 0xFFFFFFFFu
#define TIME_UNCHANGED 0xFFFFu

static bool
may_schedule(const struct thread *self, const struct thread *thread)
{
        const struct thread *scheduler = thread_find(thread->scheduler);

        return scheduler && scheduler->space == self->space;
}

static bool
is_period(uint16_t word)
{
        return word == TIME_UNCHANGED || word == TIME_NEVER ||
               ((word & 0x8000) == 0 && time_period(word) > 0);
}

static enum call_error
check(const struct thread *self, const struct thread *thread,
      const struct registers *in)
{
        uint8_t priority = (uint8_t)in->ecx;
        uint8_t sensitive = (uint8_t)(in->edi >> 16);

        if (!may_schedule(self, thread))
                return CALL_NO_PRIVILEGE;
        if ((in->ecx != UNCHANGED && priority > self->priority) ||
            (in->edi != UNCHANGED && sensitive > self->priority) ||
            (in->esi != UNCHANGED && in->esi != 0) ||
            !is_period((uint16_t)in->edx) ||
            !is_period((uint16_t)(in->edx >> 16)))
                return CALL_BAD_PARAMETER;
        return CALL_OK;
}

// What is left of the time slice and of the total quantum.
static uint32_t
time_left(const struct thread *thread)
{
        uint64_t slice =
                thread->slice == SLICE_NEVER ? UINT64_MAX : thread->slice_left;

        return (uint32_t)time_word(slice) << 16 |
               time_word(thread->quantum_left);
}

static void
set_time(struct thread *thread, uint32_t time)
{
        uint16_t slice = (uint16_t)(time >> 16);
        uint16_t quantum = (uint16_t)time;

        if (slice != TIME_UNCHANGED) {
                uint64_t period = time_period(slice);
                thread->slice =
                        period > UINT32_MAX ? SLICE_NEVER : (uint32_t)period;
                thread->slice_left = thread->slice;
        }
        if (quantum != TIME_UNCHANGED) {
                thread->quantum_left = time_period(quantum);
                thread->slice_left = thread->slice;
                if (thread->state == THREAD_SENDING &&
                    thread->role == ROLE_PREEMPTION)
                        ipc_end(thread, IPC_CANCELLED);
                thread_go_on(thread, STOPPED_QUANTUM);
        }
}

// Who comes before a thread never disturbs it less than others.
static void
set_order(struct thread *thread, uint32_t priority, uint32_t delay)
{
        if (priority != UNCHANGED)
                thread_set_priority(thread, (uint8_t)priority);
        if (delay != UNCHANGED) {
                thread->sensitive = (uint8_t)(delay >> 16);
                thread->delay = delay & 0xFFFF;
                thread->delay_left = thread->delay;
        }
        if (thread->sensitive < thread->priority)
                thread->sensitive = thread->priority;
}

static enum schedule_state
state_of(const struct thread *thread)
{
        enum thread_state phase = thread_phase(thread);
        bool carries = thread_carries(thread);

        if (phase == THREAD_INACTIVE)
                return SCHEDULE_DEAD;
        if (phase == THREAD_SENDING)
                return carries ? SCHEDULE_SENDING : SCHEDULE_PENDING_SEND;
        if (phase == THREAD_RECEIVING)
                return carries ? SCHEDULE_RECEIVING : SCHEDULE_WAITING;
        return thread->stopped != 0 ? SCHEDULE_INACTIVE : SCHEDULE_RUNNING;
}
// H4-STUB 5.8
// H4-END 5.8

struct thread *
call_schedule(struct thread *self, const struct registers *in)
{
        // H4-BEGIN 5.8
        struct thread *thread = thread_named(self, in->eax);
        enum schedule_state state = SCHEDULE_ERROR;
        enum call_error error = CALL_BAD_THREAD;
        uint32_t left = 0;

        if (thread && thread->space)
                error = check(self, thread, in);
        if (error == CALL_OK) {
                state = state_of(thread);
                left = time_left(thread);
                set_time(thread, in->edx);
                set_order(thread, in->ecx, in->edi);
        } else {
                utcb_write(self, UTCB_ERROR, error);
        }
        set_register(self, H_EAX, state);
        set_register(self, H_EDX, left);
        return self;
        // H4-STUB 5.8
        //| H4_TODO("5.8", self, in);
        // H4-END 5.8
}

struct thread *
call_thread_switch(struct thread *self, const struct registers *in)
{
        // H4-BEGIN 5.8
        struct thread *to = thread_named(self, in->eax);

        if (to == self)
                return self;
        if (to && to->state == THREAD_READY && ready_is(to)) {
                slice_give(self, to);
                return to;
        }
        slice_give(self, NULL);
        return NULL;
        // H4-STUB 5.8
        //| H4_TODO("5.8", self, in);
        // H4-END 5.8
}
