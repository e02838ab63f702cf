// SPDX-License-Identifier: MIT
// What can be done to other threads of the same space, or by their pager: part of
// <l4/thread.h>.
#ifndef USER_L4_EXCHANGE_H
#define USER_L4_EXCHANGE_H

#include <l4/syscalls.h>
#include <l4/thread.h>

// Controls of L4_ExchangeRegisters, and of what it tells.
#define __L4_EXREGS_HALT 0x001u // the value; see __L4_EXREGS_SET_HALT
#define __L4_EXREGS_CANCEL_RECEIVE 0x002u
#define __L4_EXREGS_CANCEL_SEND 0x004u
#define __L4_EXREGS_SP 0x008u
#define __L4_EXREGS_IP 0x010u
#define __L4_EXREGS_FLAGS 0x020u
#define __L4_EXREGS_HANDLE 0x040u
#define __L4_EXREGS_PAGER 0x080u
#define __L4_EXREGS_SET_HALT 0x100u
#define __L4_EXREGS_DELIVER 0x200u

#define __L4_EXREGS_CANCEL                                                     \
        (__L4_EXREGS_CANCEL_RECEIVE | __L4_EXREGS_CANCEL_SEND)
#define __L4_EXREGS_STOP                                                       \
        (__L4_EXREGS_SET_HALT | __L4_EXREGS_HALT | __L4_EXREGS_DELIVER)

// What a thread was doing when something was done to it.
typedef union {
        L4_Word_t raw;
} L4_ThreadState_t;

static inline L4_Bool_t
L4_ThreadWasHalted(L4_ThreadState_t s)
{
        return (s.raw & 1) != 0;
}

static inline L4_Bool_t
L4_ThreadWasReceiving(L4_ThreadState_t s)
{
        return (s.raw & 2) != 0;
}

static inline L4_Bool_t
L4_ThreadWasSending(L4_ThreadState_t s)
{
        return (s.raw & 4) != 0;
}

static inline L4_Bool_t
L4_ThreadWasIpcing(L4_ThreadState_t s)
{
        return (s.raw & 6) != 0;
}

// --- Names ---------------------------------------------------------------------------

// The global ID of a thread of the caller's space, and the local one. Nil: there is
// no such thread.
static inline L4_ThreadId_t
L4_GlobalIdOf(L4_ThreadId_t t)
{
        if (!L4_IsLocalId(t))
                return t;
        return L4_ExchangeRegisters(t, 0, 0, 0, 0, 0, L4_nilthread, 0, 0, 0, 0,
                                    0, 0);
}

static inline L4_ThreadId_t
L4_LocalIdOf(L4_ThreadId_t t)
{
        if (!L4_IsGlobalId(t))
                return t;
        return L4_ExchangeRegisters(t, 0, 0, 0, 0, 0, L4_nilthread, 0, 0, 0, 0,
                                    0, 0);
}

// Are they two names of one thread?
static inline L4_Bool_t
L4_SameThreads(L4_ThreadId_t a, L4_ThreadId_t b)
{
        return L4_GlobalIdOf(a).raw == L4_GlobalIdOf(b).raw;
}

// --- What it has ---------------------------------------------------------------------

// Its user-defined handle.
static inline L4_Word_t
L4_UserDefinedHandleOf(L4_ThreadId_t t)
{
        L4_Word_t handle = 0;

        L4_ExchangeRegisters(t, __L4_EXREGS_DELIVER, 0, 0, 0, 0, L4_nilthread,
                             0, 0, 0, 0, &handle, 0);
        return handle;
}

static inline void
L4_Set_UserDefinedHandleOf(L4_ThreadId_t t, L4_Word_t handle)
{
        L4_ExchangeRegisters(t, __L4_EXREGS_HANDLE, 0, 0, 0, handle,
                             L4_nilthread, 0, 0, 0, 0, 0, 0);
}

static inline L4_ThreadId_t
L4_PagerOf(L4_ThreadId_t t)
{
        L4_ThreadId_t pager = L4_nilthread;

        L4_ExchangeRegisters(t, __L4_EXREGS_DELIVER, 0, 0, 0, 0, L4_nilthread,
                             0, 0, 0, 0, 0, &pager);
        return pager;
}

static inline void
L4_Set_PagerOf(L4_ThreadId_t t, L4_ThreadId_t pager)
{
        L4_ExchangeRegisters(t, __L4_EXREGS_PAGER, 0, 0, 0, 0, pager, 0, 0, 0,
                             0, 0, 0);
}

// --- Starting and stopping -----------------------------------------------------------

// Lets it go on. What it waits for is cancelled.
static inline void
L4_Start(L4_ThreadId_t t)
{
        L4_ExchangeRegisters(t, __L4_EXREGS_SET_HALT | __L4_EXREGS_CANCEL, 0, 0,
                             0, 0, L4_nilthread, 0, 0, 0, 0, 0, 0);
}

// The same, from another instruction and with another stack; with other flags.
static inline void
L4_Start_SpIp(L4_ThreadId_t t, L4_Word_t sp, L4_Word_t ip)
{
        L4_ExchangeRegisters(t,
                             __L4_EXREGS_SET_HALT | __L4_EXREGS_CANCEL |
                                     __L4_EXREGS_SP | __L4_EXREGS_IP,
                             sp, ip, 0, 0, L4_nilthread, 0, 0, 0, 0, 0, 0);
}

static inline void
L4_Start_SpIpFlags(L4_ThreadId_t t, L4_Word_t sp, L4_Word_t ip, L4_Word_t flags)
{
        L4_ExchangeRegisters(t,
                             __L4_EXREGS_SET_HALT | __L4_EXREGS_CANCEL |
                                     __L4_EXREGS_SP | __L4_EXREGS_IP |
                                     __L4_EXREGS_FLAGS,
                             sp, ip, flags, 0, L4_nilthread, 0, 0, 0, 0, 0, 0);
}

static inline L4_ThreadState_t
__L4_Stop(L4_ThreadId_t t, L4_Word_t cancel, L4_Word_t *sp, L4_Word_t *ip,
          L4_Word_t *flags)
{
        L4_ThreadState_t state = { .raw = 0 };

        L4_ExchangeRegisters(t, __L4_EXREGS_STOP | cancel, 0, 0, 0, 0,
                             L4_nilthread, &state.raw, sp, ip, flags, 0, 0);
        return state;
}

// Stops it, and tells what it was doing: as it is; or what it waits for is cancelled.
static inline L4_ThreadState_t
L4_Stop(L4_ThreadId_t t)
{
        return __L4_Stop(t, 0, 0, 0, 0);
}

static inline L4_ThreadState_t
L4_AbortReceive_and_stop(L4_ThreadId_t t)
{
        return __L4_Stop(t, __L4_EXREGS_CANCEL_RECEIVE, 0, 0, 0);
}

static inline L4_ThreadState_t
L4_AbortSend_and_stop(L4_ThreadId_t t)
{
        return __L4_Stop(t, __L4_EXREGS_CANCEL_SEND, 0, 0, 0);
}

static inline L4_ThreadState_t
L4_AbortIpc_and_stop(L4_ThreadId_t t)
{
        return __L4_Stop(t, __L4_EXREGS_CANCEL, 0, 0, 0);
}

// The same, and tells where it was.
static inline L4_ThreadState_t
L4_Stop_SpIpFlags(L4_ThreadId_t t, L4_Word_t *sp, L4_Word_t *ip,
                  L4_Word_t *flags)
{
        return __L4_Stop(t, 0, sp, ip, flags);
}

static inline L4_ThreadState_t
L4_AbortReceive_and_stop_SpIpFlags(L4_ThreadId_t t, L4_Word_t *sp,
                                   L4_Word_t *ip, L4_Word_t *flags)
{
        return __L4_Stop(t, __L4_EXREGS_CANCEL_RECEIVE, sp, ip, flags);
}

static inline L4_ThreadState_t
L4_AbortSend_and_stop_SpIpFlags(L4_ThreadId_t t, L4_Word_t *sp, L4_Word_t *ip,
                                L4_Word_t *flags)
{
        return __L4_Stop(t, __L4_EXREGS_CANCEL_SEND, sp, ip, flags);
}

static inline L4_ThreadState_t
L4_AbortIpc_and_stop_SpIpFlags(L4_ThreadId_t t, L4_Word_t *sp, L4_Word_t *ip,
                               L4_Word_t *flags)
{
        return __L4_Stop(t, __L4_EXREGS_CANCEL, sp, ip, flags);
}

// --- Interrupts ------------------------------------------------------------------------

// Who is told of an interrupt line, whose thread is L4_GlobalId(line, 1); or nobody.
// Returns whether it is done. For privileged threads.
static inline L4_Word_t
L4_AssociateInterrupt(L4_ThreadId_t line, L4_ThreadId_t handler)
{
        return L4_ThreadControl(line, line, L4_nilthread, handler,
                                (void *)(uintptr_t)0xFFFFFFFF);
}

static inline L4_Word_t
L4_DeassociateInterrupt(L4_ThreadId_t line)
{
        return L4_ThreadControl(line, line, L4_nilthread, line,
                                (void *)(uintptr_t)0xFFFFFFFF);
}

#endif
