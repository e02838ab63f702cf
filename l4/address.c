// SPDX-License-Identifier: MIT
// Messages in somebody else's name, and messages that go to somebody else.
//
//   propagation    A sends as V: the receiver is told of V, and answers V
//   redirection    A's space has a redirector: what A sends to others goes there
//
// The contract is in ipc.h. Source: L4 X.2, Ipc and SpaceControl.
#include "ipc.h"
#include "space.h"
#include "todo.h"

// H4-BEGIN 6.9
#define MOST_REDIRECTORS 8 // in a row, as one space may have the next one's

// Is it a thread through which messages of the space go?
static bool
redirects(const struct thread *thread, const struct space *space)
{
        for (unsigned i = 0; space && i < MOST_REDIRECTORS; i++) {
                const struct thread *one = thread_find(space->redirector);
                if (one == thread)
                        return true;
                space = one ? one->space : NULL;
        }
        return false;
}

static bool
may_send_as(const struct thread *thread, const struct thread *other,
            const struct thread *receiver)
{
        return other->space == thread->space ||
               receiver->space == thread->space ||
               redirects(thread, other->space);
}

static void
propagate(struct thread *thread, struct thread *receiver)
{
        struct thread *other =
                thread_named(thread, utcb_read(thread, UTCB_ACTUAL));

        if (!other || other == thread ||
            !may_send_as(thread, other, receiver)) {
                thread->tag &= ~TAG_PROPAGATED;
                return;
        }
        thread->sent_as = other->id;
}

// Who gets what the thread sends to the receiver. Null: the one through whom it goes
// is no more.
static struct thread *
redirect(struct thread *thread, struct thread *receiver)
{
        if (thread->space->redirector == ID_ANY)
                return receiver;

        struct thread *redirector = thread_find(thread->space->redirector);
        if (redirector == thread || receiver->space == thread->space ||
            !receiver->space)
                return receiver;
        if (!redirector || receiver->space == redirector->space)
                return redirector ? receiver : NULL;
        thread->intended = receiver->id;
        thread->tag |= TAG_REDIRECTED;
        if (thread->receive == receiver->id)
                thread->receive = redirector->id;
        return redirector;
}
// H4-STUB 6.9
// H4-END 6.9

struct thread *
ipc_address(struct thread *thread, struct thread *receiver)
{
        // H4-BEGIN 6.9
        bool propagated = (thread->tag & TAG_PROPAGATED) != 0;

        thread->tag &= ~(TAG_REDIRECTED | TAG_CROSS | TAG_ERROR);
        thread->sent_as = thread->id;
        thread->intended = ID_NIL;
        if (propagated)
                propagate(thread, receiver);
        return redirect(thread, receiver);
        // H4-STUB 6.9
        //| H4_TODO("6.9", thread, receiver);
        // H4-END 6.9
}
