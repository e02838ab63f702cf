// SPDX-License-Identifier: MIT
// Who meets whom, and the rings in which threads wait for each other.
//
// The contracts are in ipc.h.
#include "ipc.h"
#include "partners.h"
#include "rings.h"
#include "schedule.h"
#include "space.h"
#include "timeout.h"
#include "transfer.h"
#include "typed.h"

void
ring_join(struct thread **ring, struct thread *thread)
{
        ring_put_in(ring, thread);
}

void
ring_leave(struct thread *thread)
{
        if (!thread->ring)
                return;
        partners_sender_leaves(thread);
        if (thread->receiver && thread->sent_as != thread->id)
                thread->receiver->deputies--;
        thread->receiver = NULL;
        ring_take_out(thread);
}

// The thread that a receiver is told of; the sender itself, if that one is no more.
static const struct thread *
shown(const struct thread *sender)
{
        if (sender->sent_as == sender->id)
                return sender;

        const struct thread *other = thread_find(sender->sent_as);
        return other ? other : sender;
}

bool
ipc_fits(const struct thread *receiver, uint32_t partner,
         const struct thread *sender)
{
        // A message of the kernel's is for a program: it answers no other.
        if (receiver->role != ROLE_USER && sender->role != ROLE_USER)
                return false;
        if (partner == ID_ANY || partner == sender->sent_as)
                return true;
        return partner == ID_ANY_LOCAL &&
               shown(sender)->space == receiver->space;
}

// Has the message typed words, and a size that a message can have?
static bool
carries_items(uint32_t tag)
{
        uint32_t typed = tag_typed(tag);

        return typed > 0 && tag_untyped(tag) + typed < MESSAGE_REGISTERS;
}

bool
ipc_arrive(struct thread *sender, struct thread *receiver)
{
        const struct thread *from = shown(sender);
        struct transfer done =
                transfer_message(sender, receiver, thread_name(from, receiver));

        if (done.error != IPC_OK) {
                ipc_fail(receiver, IPC_PHASE_RECEIVE, done.error, done.offset);
                ipc_fail(sender, IPC_PHASE_SEND, done.error, done.offset);
                return false;
        }
        ring_leave(sender);
        // That of a page fault in the middle of a message goes on (carry.h).
        if (sender->work == WORK_NONE)
                timeout_remove(sender);
        ring_leave(receiver);
        timeout_remove(receiver);
        thread_ready(receiver);
        return true;
}

bool
ipc_deliver(struct thread *sender, struct thread *receiver)
{
        if (sender->role == ROLE_USER && carries_items(sender->tag) &&
            !typed_carry(sender, receiver))
                return false;
        return ipc_arrive(sender, receiver);
}
