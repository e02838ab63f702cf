// SPDX-License-Identifier: MIT
// Who meets whom, and the rings in which threads wait for each other.
//
// A search goes once round the ring of senders, and may be broken off:
//
//     senders:  [do not fit] ... [asked]  [not asked yet] ...  [who comes meanwhile]
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

// So many are asked before an interrupt is looked for.
#define ASKED_AT_ONCE 64u

void
ring_join(struct thread **ring, struct thread *thread)
{
        ring_put_in(ring, thread);
}

// Whom the receiver asks next does not change by that.
static void
sender_leaves(struct thread *sender, struct thread *receiver)
{
        if (receiver->asked == sender)
                receiver->asked = sender == receiver->senders
                                          ? NULL
                                          : sender->last_in_ring;
        if (sender->sent_as != sender->id)
                receiver->deputies--;
        sender->receiver = NULL;
}

void
ring_leave(struct thread *thread)
{
        if (!thread->ring)
                return;
        partners_sender_leaves(thread);
        if (thread->receiver)
                sender_leaves(thread, thread->receiver);
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

// --- A search -----------------------------------------------------------------------

// Who is asked next; null: all have been.
static struct thread *
next_sender(const struct thread *thread)
{
        struct thread *next;

        if (!thread->asked)
                return thread->senders;
        next = thread->asked->next_in_ring;
        return next == thread->senders ? NULL : next;
}

// Unless others send in its name it is one alone who can be meant, and knows to whom it
// sends.
static bool
search_one(struct thread *thread, uint32_t partner)
{
        struct thread *one = thread_find(partner);

        if (!one || one->receiver != thread || !ipc_fits(thread, partner, one))
                return false;
        thread->asked = one == thread->senders ? NULL : one->last_in_ring;
        return true;
}

static bool
search(struct thread *thread, uint32_t partner)
{
        struct thread *sender;

        if (thread->deputies == 0 && partner != ID_ANY &&
            partner != ID_ANY_LOCAL)
                return search_one(thread, partner);
        for (uint32_t n = 1; (sender = next_sender(thread)) != NULL; n++) {
                if (ipc_fits(thread, partner, sender))
                        return true;
                thread->asked = sender;
                if (n % ASKED_AT_ONCE == 0 && h_interrupt_pending())
                        return true;
        }
        return false;
}

bool
ipc_search(struct thread *thread, uint32_t partner)
{
        thread->asked = NULL;
        return search(thread, partner);
}

bool
ipc_search_on(struct thread *thread)
{
        return search(thread, thread->partner);
}

struct thread *
ipc_found(const struct thread *thread, uint32_t partner)
{
        struct thread *sender = next_sender(thread);

        return sender && ipc_fits(thread, partner, sender) ? sender : NULL;
}

bool
ipc_waits_for(const struct thread *receiver, const struct thread *sender)
{
        uint32_t partner = receiver->partner;

        if (receiver->state != THREAD_RECEIVING ||
            !ipc_fits(receiver, partner, sender))
                return false;
        return !receiver->looks ||
               (receiver->asked && !ipc_found(receiver, partner));
}

// --- Messages that arrive -----------------------------------------------------------

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
