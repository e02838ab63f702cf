// SPDX-License-Identifier: MIT
// The send phase: a message arrives at one who waits for it, or its sender waits.
//
// The contracts are in ipc.h. Source: the dissertation, figure 7.1; L4 X.2, Ipc.
#include "ipc.h"
#include "schedule.h"
#include "timeout.h"

static struct thread *
wait_for_receiver(struct thread *thread, struct thread *receiver,
                  uint16_t timeout)
{
        if (time_is_zero(timeout)) {
                ipc_fail(thread, IPC_PHASE_SEND, IPC_TIMEOUT, 0);
                return thread;
        }
        thread_block(thread, THREAD_SENDING);
        ring_join(&receiver->senders, thread);
        thread->receiver = receiver;
        if (thread->sent_as != thread->id)
                receiver->deputies++;
        if (timeout != TIME_NEVER)
                timeout_add(thread, time_end(timeout, h_clock()));
        return NULL;
}

struct thread *
ipc_send(struct thread *thread, struct thread *receiver, uint16_t timeout)
{
        if (receiver->state != THREAD_RECEIVING ||
            !ipc_fits(receiver, receiver->partner, thread))
                return wait_for_receiver(thread, receiver, timeout);
        if (!ipc_deliver(thread, receiver))
                return thread;

        ipc_sent(thread, receiver);
        return thread->state == THREAD_READY ? thread : receiver;
}
