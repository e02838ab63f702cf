// SPDX-License-Identifier: MIT
// The receive phase: from one who is sending already, or from whoever will be.
//
// The contracts are in ipc.h. Source: the dissertation, figures 7.2 and 7.3; L4 X.2,
// Ipc.
#include "calls.h"
#include "ipc.h"
#include "schedule.h"
#include "space.h"
#include "timeout.h"
#include "todo.h"

// H4-BEGIN 6.2
// From whom, as a global ID or one of the two for many; ID_NIL: nobody is there.
static uint32_t
partner_of(const struct thread *thread, uint32_t from)
{
        if (from == ID_ANY || from == ID_ANY_LOCAL)
                return from;

        const struct thread *partner = thread_named(thread, from);
        return partner ? partner->id : ID_NIL;
}

static void
wait_for_sender(struct thread *thread, uint32_t partner, uint16_t timeout)
{
        struct thread *one = thread_find(partner);
        if (!one && partner != ID_ANY && partner != ID_ANY_LOCAL) {
                ipc_fail(thread, IPC_PHASE_RECEIVE, IPC_NO_PARTNER, 0);
                return;
        }
        if (!timeout_begin(thread, timeout)) {
                ipc_fail(thread, IPC_PHASE_RECEIVE, IPC_TIMEOUT, 0);
                return;
        }
        thread_block(thread, THREAD_RECEIVING);
        thread->partner = partner;
        if (one)
                ring_join(&one->waiters, thread);
}

// Is somebody there who fits? If that is not known yet, it looks.
static struct thread *
receive_from(struct thread *thread, uint32_t partner, uint16_t timeout,
             bool there)
{
        struct thread *sender = ipc_found(thread, partner);

        if (!there) {
                wait_for_sender(thread, partner, timeout);
        } else if (!sender) {
                thread->partner = partner;
                thread_look(thread);
        } else if (ipc_deliver(sender, thread)) {
                ipc_sent(sender, thread);
        }
        return thread;
}
// H4-STUB 6.2
// H4-END 6.2

struct thread *
ipc_receive(struct thread *thread, uint32_t from, uint16_t timeout)
{
        // H4-BEGIN 6.2
        uint32_t partner = partner_of(thread, from);

        if (partner == ID_NIL) {
                ipc_fail(thread, IPC_PHASE_RECEIVE, IPC_NO_PARTNER, 0);
                return thread;
        }
        return receive_from(thread, partner, timeout,
                            ipc_search(thread, partner));
        // H4-STUB 6.2
        //| H4_TODO("6.2", thread, from, timeout);
        // H4-END 6.2
}

struct thread *
ipc_look(struct thread *thread)
{
        // H4-BEGIN 6.2
        return receive_from(thread, thread->partner, thread->receive_timeout,
                            ipc_search_on(thread));
        // H4-STUB 6.2
        //| H4_TODO("6.2", thread);
        // H4-END 6.2
}

// H4-BEGIN 6.2
// From whom the thread receives now that its message has arrived.
static uint32_t
answer_from(const struct thread *thread, const struct thread *receiver)
{
        switch (thread->role) {
        case ROLE_USER:
                return thread->receive == ID_NIL
                               ? ID_NIL
                               : partner_of(thread, thread->receive);
        case ROLE_PREEMPTION:
                return ID_NIL;
        default:
                return receiver->id;
        }
}

// A program has sent, and receives nothing.
static void
answer_sender(struct thread *thread)
{
        set_register(thread, H_ESI, thread->tag & ~TAG_ERROR);
        set_register(thread, H_EAX, ID_NIL);
}

// The message has come in the name of another one. Who waits for an answer of the
// thread waits for one of the receiver's then; the timeout of a page fault in the middle of
// a message goes on meanwhile (carry.h).
static void
hand_over(struct thread *thread, struct thread *receiver)
{
        struct thread *other = thread_find(thread->sent_as);

        if (!other || other == thread || other == receiver ||
            other->state != THREAD_RECEIVING || other->partner != thread->id)
                return;
        other->partner = receiver->id;
        ring_leave(other);
        if (ipc_search(other, receiver->id)) {
                if (other->work == WORK_NONE)
                        timeout_remove(other);
                thread_look(other);
        } else if (!other->looks) {
                ring_join(&receiver->waiters, other);
        }
}
// H4-STUB 6.2
// H4-END 6.2

void
ipc_sent(struct thread *thread, struct thread *receiver)
{
        // H4-BEGIN 6.2
        if ((thread->role == ROLE_USER) && thread->sent_as != thread->id)
                hand_over(thread, receiver);

        uint32_t partner = answer_from(thread, receiver);

        // Nobody waits to send to an interrupt line: it never has to look.
        if (partner != ID_NIL && !ipc_search(thread, partner)) {
                wait_for_sender(thread, partner, thread->receive_timeout);
        } else if (partner != ID_NIL) {
                thread->partner = partner;
                thread_look(thread);
        } else if (thread->role == ROLE_USER && thread->receive != ID_NIL) {
                ipc_fail(thread, IPC_PHASE_RECEIVE, IPC_NO_PARTNER, 0);
        } else {
                thread_ready(thread);
                if (thread->role == ROLE_USER)
                        answer_sender(thread);
        }
        // H4-STUB 6.2
        //| H4_TODO("6.2", thread, receiver);
        // H4-END 6.2
}
