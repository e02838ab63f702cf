// SPDX-License-Identifier: MIT
// How threads are scheduled. A thread's scheduler may say so, and nobody may give a
// higher priority than its own.
#ifndef USER_L4_SCHEDULE_H
#define USER_L4_SCHEDULE_H

#include <l4/syscalls.h>
#include <l4/types.h>

// What L4_Schedule and the others here return: an error, or what the thread does.
#define L4_SCHEDRESULT_ERROR 0
#define L4_SCHEDRESULT_DEAD 1
#define L4_SCHEDRESULT_INACTIVE 2 // it is stopped
#define L4_SCHEDRESULT_RUNNING 3
#define L4_SCHEDRESULT_PENDING_SEND 4
#define L4_SCHEDRESULT_SENDING 5
#define L4_SCHEDRESULT_WAITING 6
#define L4_SCHEDRESULT_RECEIVING 7

#define __L4_AS_IT_IS 0xFFFFFFFFu

// Gives up what is left of the time slice.
static inline void
L4_Yield(void)
{
        L4_ThreadSwitch(L4_nilthread);
}

// 0 to 255; of the threads that are ready one with the highest priority runs.
static inline L4_Word_t
L4_Set_Priority(L4_ThreadId_t t, L4_Word_t priority)
{
        return L4_Schedule(t, __L4_AS_IT_IS, __L4_AS_IT_IS, priority,
                           __L4_AS_IT_IS, 0);
}

static inline L4_Word_t
L4_Set_ProcessorNo(L4_ThreadId_t t, L4_Word_t number)
{
        return L4_Schedule(t, __L4_AS_IT_IS, number, __L4_AS_IT_IS,
                           __L4_AS_IT_IS, 0);
}

// What is left of the time slice and of the total quantum.
static inline L4_Word_t
L4_Timeslice(L4_ThreadId_t t, L4_Time_t *slice, L4_Time_t *quantum)
{
        L4_Word_t left;
        L4_Word_t result = L4_Schedule(t, __L4_AS_IT_IS, __L4_AS_IT_IS,
                                       __L4_AS_IT_IS, __L4_AS_IT_IS, &left);

        slice->raw = (L4_Word16_t)(left >> 16);
        quantum->raw = (L4_Word16_t)left;
        return result;
}

// How long it runs before others of its priority have their turn, and how long in
// all before its scheduler is asked. Both are periods.
static inline L4_Word_t
L4_Set_Timeslice(L4_ThreadId_t t, L4_Time_t slice, L4_Time_t quantum)
{
        return L4_Schedule(t, (L4_Word_t)slice.raw << 16 | quantum.raw,
                           __L4_AS_IT_IS, __L4_AS_IT_IS, __L4_AS_IT_IS, 0);
}

// For how many microseconds it may put off that threads up to a priority preempt it.
static inline L4_Word_t
L4_Set_PreemptionDelay(L4_ThreadId_t t, L4_Word_t sensitive_priority,
                       L4_Word_t microseconds)
{
        return L4_Schedule(t, __L4_AS_IT_IS, __L4_AS_IT_IS, __L4_AS_IT_IS,
                           sensitive_priority << 16 | (microseconds & 0xFFFF),
                           0);
}

#endif
