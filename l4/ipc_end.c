// SPDX-License-Identifier: MIT
// How messages end that do not arrive.
//
// The contracts are in ipc.h.
#include "calls.h"
#include "ipc.h"
#include "protocol.h"
#include "schedule.h"
#include "space.h"
#include "timeout.h"

void
ipc_fail(struct thread *thread, uint32_t phase, enum ipc_error error,
         uint32_t offset)
{
        ring_leave(thread);
        timeout_remove(thread);
        thread_ready(thread);
        if (thread->role != ROLE_USER) {
                protocol_failed(thread, error);
                return;
        }
        utcb_write(thread, UTCB_ERROR,
                   offset << 4 | (uint32_t)error << 1 | phase);
        set_register(thread, H_ESI, TAG_ERROR);
        set_register(thread, H_EAX, ID_NIL);
}

void
ipc_end(struct thread *thread, enum ipc_error error)
{
        ipc_fail(thread,
                 thread->state == THREAD_SENDING ? IPC_PHASE_SEND
                                                 : IPC_PHASE_RECEIVE,
                 error, 0);
}

void
ipc_abandon(struct thread *thread)
{
        while (thread->senders)
                ipc_end(thread->senders, IPC_NO_PARTNER);
        while (thread->waiters)
                ipc_end(thread->waiters, IPC_NO_PARTNER);
}

void
ipc_forget(struct thread *thread)
{
        ring_leave(thread);
        timeout_remove(thread);
        ipc_abandon(thread);
}

void
ipc_await_start(struct thread *thread, uint32_t pager)
{
        const struct thread *from = thread_named(thread, pager);

        thread->role = ROLE_START;
        thread_block(thread, THREAD_RECEIVING);
        thread->partner = from ? from->id : pager;
        thread->receive_timeout = TIME_NEVER;
        if (from && from->receiver == thread)
                thread_look(thread); // it has been sent already
}
