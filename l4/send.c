// SPDX-License-Identifier: MIT
// The send phase: a message arrives at one who waits for it, or its sender waits.
//
// The contracts are in ipc.h. Source: the dissertation, figure 7.1; L4 X.2, Ipc.
#include "ipc.h"
#include "schedule.h"
#include "timeout.h"
#include "todo.h"

// H4-BEGIN 6.1
static struct thread *
wait_for_receiver(struct thread *thread, struct thread *receiver,
                  uint16_t timeout)
{
        if (!timeout_begin(thread, timeout)) {
                ipc_fail(thread, IPC_PHASE_SEND, IPC_TIMEOUT, 0);
                return thread;
        }
        thread_block(thread, THREAD_SENDING);
        ring_join(&receiver->senders, thread);
        thread->receiver = receiver;
        if (thread->sent_as != thread->id)
                receiver->deputies++;
        return NULL;
}
// H4-STUB 6.1
// H4-END 6.1

struct thread *
ipc_send(struct thread *thread, struct thread *receiver, uint16_t timeout)
{
        // H4-BEGIN 6.1
        bool fits = ipc_waits_for(receiver, thread);

        // An interrupt line waits for nothing but its handler's answer.
        if (!fits && !receiver->space) {
                ipc_fail(thread, IPC_PHASE_SEND,
                         receiver->handler == thread->id ? IPC_TIMEOUT
                                                         : IPC_NO_PARTNER,
                         0);
                return thread;
        }
        if (!fits)
                return wait_for_receiver(thread, receiver, timeout);
        if (!ipc_deliver(thread, receiver))
                return thread;

        ipc_sent(thread, receiver);
        if (thread->looks)
                ipc_look(thread); // its own call: one message more at most
        return thread->state == THREAD_READY ? thread : receiver;
        // H4-STUB 6.1
        //| H4_TODO("6.1", thread, receiver, timeout);
        // H4-END 6.1
}
