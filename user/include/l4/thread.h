// SPDX-License-Identifier: MIT
// Threads: who I am, what I have said of myself, and what can be done to others.
#ifndef USER_L4_THREAD_H
#define USER_L4_THREAD_H

#include <l4/syscalls.h>
#include <l4/types.h>

// Errors of system calls.
#define L4_ERROR_OK L4_ErrOk
#define L4_ERROR_NO_PRIVILEGE L4_ErrNoPrivilege
#define L4_ERROR_INVALID_THREAD L4_ErrInvalidThread
#define L4_ERROR_INVALID_SPACE L4_ErrInvalidSpace
#define L4_ERROR_INVALID_SCHEDULER L4_ErrInvalidScheduler
#define L4_ERROR_INVALID_PARAMETER L4_ErrInvalidParam
#define L4_ERROR_UTCB_AREA L4_ErrUtcbArea
#define L4_ERROR_KIP_AREA L4_ErrKipArea
#define L4_ERROR_NO_MEMORY L4_ErrNoMem

// --- The calling thread -----------------------------------------------------------------

static inline L4_ThreadId_t
L4_MyGlobalId(void)
{
        return (L4_ThreadId_t){ .raw = __L4_TCR_MyGlobalId() };
}

static inline L4_ThreadId_t
L4_MyLocalId(void)
{
        return (L4_ThreadId_t){ .raw = __L4_TCR_MyLocalId() };
}

// The global one.
static inline L4_ThreadId_t
L4_Myself(void)
{
        return L4_MyGlobalId();
}

static inline int
L4_ProcessorNo(void)
{
        return (int)__L4_TCR_ProcessorNo();
}

// A word that the thread has for itself, and that others can ask for.
static inline L4_Word_t
L4_UserDefinedHandle(void)
{
        return __L4_TCR_UserDefinedHandle();
}

static inline void
L4_Set_UserDefinedHandle(L4_Word_t handle)
{
        __L4_TCR_Set_UserDefinedHandle(handle);
}

// Who gets the thread's page faults, and who its exceptions.
static inline L4_ThreadId_t
L4_Pager(void)
{
        return (L4_ThreadId_t){ .raw = __L4_TCR_Pager() };
}

static inline void
L4_Set_Pager(L4_ThreadId_t pager)
{
        __L4_TCR_Set_Pager(pager.raw);
}

static inline L4_ThreadId_t
L4_ExceptionHandler(void)
{
        return (L4_ThreadId_t){ .raw = __L4_TCR_ExceptionHandler() };
}

static inline void
L4_Set_ExceptionHandler(L4_ThreadId_t handler)
{
        __L4_TCR_Set_ExceptionHandler(handler.raw);
}

// Of the last system call that failed.
static inline L4_Word_t
L4_ErrorCode(void)
{
        return __L4_TCR_ErrorCode();
}

// An error of a system call other than Ipc, in words.
const char *L4_ErrorCode_String(L4_Word_t code);

// How long page faults within a message may take: as L4_Timeouts makes it.
static inline L4_Word_t
L4_XferTimeouts(void)
{
        return __L4_TCR_XferTimeout();
}

static inline void
L4_Set_XferTimeouts(L4_Word_t timeouts)
{
        __L4_TCR_Set_XferTimeout(timeouts);
}

// Of the last message: for whom it was, if it was redirected; who has really sent it,
// if it was propagated.
static inline L4_ThreadId_t
L4_IntendedReceiver(void)
{
        return (L4_ThreadId_t){ .raw = __L4_TCR_IntendedReceiver() };
}

static inline L4_ThreadId_t
L4_ActualSender(void)
{
        return (L4_ThreadId_t){ .raw = __L4_TCR_ActualSender() };
}

// In whose name the next message with L4_Set_Propagation is sent.
static inline void
L4_Set_VirtualSender(L4_ThreadId_t sender)
{
        __L4_TCR_Set_VirtualSender(sender.raw);
}

// All words have 32 bits here: the mask is nothing that could be set.
static inline L4_Word_t
L4_WordSizeMask(void)
{
        return 0;
}

static inline L4_Word_t
L4_Reset_WordSizeMask(void)
{
        return 0;
}

// --- Preemption -----------------------------------------------------------------------------
//
// Whoever wants to go on for a while when its time is over disables preemption, does
// what is urgent, enables it again, and calls L4_Yield() if one is pending.

#define __L4_FLAG_SIGNAL 0x20u
#define __L4_FLAG_DELAY 0x40u
#define __L4_FLAG_PENDING 0x80u

// Changes the flags. Were any of `bits` set before?
static inline L4_Bool_t
__L4_ChangeFlags(L4_Word_t bits, L4_Word_t value)
{
        L4_Word_t before = __L4_TCR_Flags();

        __L4_TCR_Set_Flags((before & ~bits) | value);
        return (before & bits) != 0;
}

// Whether the kernel sends a message at each preemption. Was it so before?
static inline L4_Bool_t
L4_EnablePreemptionFaultException(void)
{
        return __L4_ChangeFlags(__L4_FLAG_SIGNAL, __L4_FLAG_SIGNAL);
}

static inline L4_Bool_t
L4_DisablePreemptionFaultException(void)
{
        return __L4_ChangeFlags(__L4_FLAG_SIGNAL, 0);
}

// Whether the thread is preempted at once. Was it so before?
static inline L4_Bool_t
L4_EnablePreemption(void)
{
        return !__L4_ChangeFlags(__L4_FLAG_DELAY, 0);
}

static inline L4_Bool_t
L4_DisablePreemption(void)
{
        return !__L4_ChangeFlags(__L4_FLAG_DELAY, __L4_FLAG_DELAY);
}

// Has a preemption been put off since the last call?
static inline L4_Bool_t
L4_PreemptionPending(void)
{
        return __L4_ChangeFlags(__L4_FLAG_PENDING, 0);
}

// Flags of coprocessors, 0 to 7, which this kernel takes no notice of.
static inline void
L4_Set_CopFlag(L4_Word_t n)
{
        __L4_ChangeFlags(0, 0x100u << (n & 7));
}

static inline void
L4_Clr_CopFlag(L4_Word_t n)
{
        __L4_ChangeFlags(0x100u << (n & 7), 0);
}

#include <l4/exchange.h>

#endif
