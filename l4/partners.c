// SPDX-License-Identifier: MIT
// A thread that has got another ID may be waited for by that one at once. Rings keep their
// order, so those who are to be told come first in them:
//
//     senders:  [by the former ID] ... [last_sender] [by the new one] ...
//     waiters:  [partner != id] ...                  [partner == id] ...
//
// The contracts are in partners.h.
#include "partners.h"

#include "ipc.h"
#include "schedule.h"

static struct thread *thread; // who is not found any more; null: nobody
static uint32_t former_id;    // ID_NIL: it goes on, with another one

// The last one of its senders who is to be told; null: all have been.
static const struct thread *last_sender;

void
partners_init(void)
{
        thread = NULL;
        last_sender = NULL;
}

bool
partners_left(void)
{
        return thread != NULL;
}

void
partners_sender_leaves(const struct thread *sender)
{
        if (sender != last_sender)
                return;
        last_sender = sender == thread->senders ? NULL : sender->last_in_ring;
}

// Who is told next; null: all have been.
static struct thread *
next_partner(void)
{
        struct thread *waiter = thread->waiters;

        if (last_sender)
                return thread->senders;
        return waiter && waiter->partner != thread->id ? waiter : NULL;
}

static void
all_are_told(void)
{
        if (former_id != ID_NIL) {
                thread->id = former_id;
                thread_give(thread);
        }
        thread = NULL;
}

// Until all have been told, or there is an interrupt that somebody may let come.
static void
tell(bool to_the_end)
{
        struct thread *partner;

        while ((partner = next_partner()) != NULL) {
                ipc_end(partner, IPC_NO_PARTNER);
                if (!to_the_end && next_partner() && h_interrupt_pending())
                        return;
        }
        all_are_told();
}

void
partners_tell(struct thread *of, uint32_t former)
{
        thread = of;
        former_id = former;
        last_sender = of->senders ? of->senders->last_in_ring : NULL;
        tell(current == NULL);
        if (partners_left())
                current->work = WORK_TELL;
}

// Somebody else may have done it already, and perhaps begun anew.
struct thread *
partners_go_on(struct thread *worker)
{
        if (partners_left())
                tell(false);
        if (!partners_left())
                worker->work = WORK_LEAVE;
        return worker;
}
