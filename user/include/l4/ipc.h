// SPDX-License-Identifier: MIT
// Sending and receiving. A message is in the message registers; <l4/message.h> puts it
// there. Each call returns the tag of the message that has come, or says that it has
// failed; then L4_ErrorCode() holds the phase in bit 0 (1: receiving), and what it
// was in bits 1 to 3:
//
//     1  timeout      3  cancelled          5, 6  a page fault within a message took
//     2  no partner   4  too long                 too long: here, at the partner
//                                           7  aborted
#ifndef USER_L4_IPC_H
#define USER_L4_IPC_H

#include <l4/message.h>
#include <l4/syscalls.h>
#include <l4/thread.h>
#include <l4/types.h>

// --- What the tag says --------------------------------------------------------------------

static inline L4_Bool_t
L4_IpcFailed(L4_MsgTag_t tag)
{
        return (tag.X.flags & 8) != 0;
}

static inline L4_Bool_t
L4_IpcSucceeded(L4_MsgTag_t tag)
{
        return !L4_IpcFailed(tag);
}

// Has it been sent in somebody else's name; was it for somebody else; has it come
// from another processor?
static inline L4_Bool_t
L4_IpcPropagated(L4_MsgTag_t tag)
{
        return (tag.X.flags & 1) != 0;
}

static inline L4_Bool_t
L4_IpcRedirected(L4_MsgTag_t tag)
{
        return (tag.X.flags & 2) != 0;
}

static inline L4_Bool_t
L4_IpcXcpu(L4_MsgTag_t tag)
{
        return (tag.X.flags & 4) != 0;
}

// The message is to be sent in the name of the virtual sender.
static inline void
L4_Set_Propagation(L4_MsgTag_t *tag)
{
        tag->X.flags = 1;
}

// How long to wait for a receiver, and for a sender, in one word.
static inline L4_Word_t
L4_Timeouts(L4_Time_t send, L4_Time_t receive)
{
        return (L4_Word_t)send.raw << 16 | receive.raw;
}

// --- Sending ----------------------------------------------------------------------------------

static inline L4_MsgTag_t
L4_Send_Timeout(L4_ThreadId_t to, L4_Time_t timeout)
{
        return L4_Ipc(to, L4_nilthread, L4_Timeouts(timeout, L4_Never), 0);
}

static inline L4_MsgTag_t
L4_Send(L4_ThreadId_t to)
{
        return L4_Send_Timeout(to, L4_Never);
}

// To one who waits already.
static inline L4_MsgTag_t
L4_Reply(L4_ThreadId_t to)
{
        return L4_Send_Timeout(to, L4_ZeroTime);
}

// --- Receiving --------------------------------------------------------------------------------

// From one thread.
static inline L4_MsgTag_t
L4_Receive_Timeout(L4_ThreadId_t from, L4_Time_t timeout)
{
        return L4_Ipc(L4_nilthread, from, L4_Timeouts(L4_Never, timeout), 0);
}

static inline L4_MsgTag_t
L4_Receive(L4_ThreadId_t from)
{
        return L4_Receive_Timeout(from, L4_Never);
}

// From whoever sends; from whoever sends in the same space.
static inline L4_MsgTag_t
L4_Wait_Timeout(L4_Time_t timeout, L4_ThreadId_t *from)
{
        return L4_Ipc(L4_nilthread, L4_anythread,
                      L4_Timeouts(L4_Never, timeout), from);
}

static inline L4_MsgTag_t
L4_Wait(L4_ThreadId_t *from)
{
        return L4_Wait_Timeout(L4_Never, from);
}

static inline L4_MsgTag_t
L4_WaitLocal_Timeout(L4_Time_t timeout, L4_ThreadId_t *from)
{
        return L4_Ipc(L4_nilthread, L4_anylocalthread,
                      L4_Timeouts(L4_Never, timeout), from);
}

// Nothing comes from oneself: this ends when the time is over.
static inline L4_MsgTag_t
L4_Sleep(L4_Time_t time)
{
        return L4_Receive_Timeout(L4_MyGlobalId(), time);
}

// --- Both in one call -----------------------------------------------------------------------

// Sends to a thread, and receives from it.
static inline L4_MsgTag_t
L4_Call_Timeouts(L4_ThreadId_t to, L4_Time_t send, L4_Time_t receive)
{
        return L4_Ipc(to, to, L4_Timeouts(send, receive), 0);
}

static inline L4_MsgTag_t
L4_Call(L4_ThreadId_t to)
{
        return L4_Call_Timeouts(to, L4_Never, L4_Never);
}

// Sends to one who waits already, and receives from whoever sends.
static inline L4_MsgTag_t
L4_ReplyWait_Timeout(L4_ThreadId_t to, L4_Time_t receive, L4_ThreadId_t *from)
{
        return L4_Ipc(to, L4_anythread, L4_Timeouts(L4_ZeroTime, receive),
                      from);
}

static inline L4_MsgTag_t
L4_ReplyWait(L4_ThreadId_t to, L4_ThreadId_t *from)
{
        return L4_ReplyWait_Timeout(to, L4_Never, from);
}

// The same within a space.
static inline L4_MsgTag_t
L4_Lcall(L4_ThreadId_t to)
{
        return L4_Lipc(to, to, L4_Timeouts(L4_Never, L4_Never), 0);
}

static inline L4_MsgTag_t
L4_LreplyWait(L4_ThreadId_t to, L4_ThreadId_t *from)
{
        return L4_Lipc(to, L4_anylocalthread,
                       L4_Timeouts(L4_ZeroTime, L4_Never), from);
}

#endif
