// SPDX-License-Identifier: MIT
// Tests of messages to somebody else: which ones are redirected, and what becomes of the
// call. No program is needed.
#include <l4/protocol.h>

#include "seen.h"

#define TAG_PLAIN 0x00070045u

static struct space *home, *warden, *abroad;
static struct thread *a, *neighbour; // locked in
static struct thread *r, *colleague; // r: who redirects
static struct thread *b, *c;         // outside, in one space

static void
begin(void)
{
        crowd_begin();
        interrupts_init();
        home = crowd_space();
        warden = crowd_space();
        abroad = crowd_space();
        a = crowd_thread(home);
        neighbour = crowd_thread(home);
        r = crowd_thread(warden);
        colleague = crowd_thread(warden);
        b = crowd_thread(abroad);
        c = crowd_thread(abroad);
        home->redirector = r->id;
}

static uint32_t
id_of(const struct thread *thread)
{
        return thread ? thread->id : 0;
}

static struct thread *
send(struct thread *thread, struct thread *to, uint32_t tag, uint32_t receive)
{
        thread->role = ROLE_USER;
        thread->tag = tag;
        thread->sent_as = random_word();
        thread->intended = random_word();
        thread->receive = receive;
        return ipc_address(thread, to);
}

// The message goes by way of somebody.
static void
redirected(struct thread *thread, struct thread *to, const struct thread *by,
           uint32_t receive, uint32_t due, const char *what)
{
        expect_id(id_of(by), id_of(send(thread, to, TAG_PLAIN, receive)),
                  "%s: the ID of who gets the message", what);
        expect_hex(TAG_PLAIN | TAG_REDIRECTED, thread->tag, "%s: the tag",
                   what);
        expect_id(to->id, thread->intended, "%s: intended", what);
        expect_id(thread->id, thread->sent_as, "%s: sent_as", what);
        expect_id(due, thread->receive,
                  "%s, and to receive from 0x%08x then: from whom it is now",
                  what, receive);
}

static void
not_redirected(struct thread *thread, struct thread *to, const char *what)
{
        expect_id(id_of(to),
                  id_of(send(thread, to, TAG_PLAIN | TAG_REDIRECTED, to->id)),
                  "%s: the ID of who gets the message", what);
        expect_hex(TAG_PLAIN, thread->tag, "%s: the tag, without the flag",
                   what);
        expect_id(ID_NIL, thread->intended,
                  "%s: intended, nil unless redirected", what);
        expect_id(thread->id, thread->sent_as, "%s: sent_as", what);
        expect_hex(to->id, thread->receive,
                   "%s: from whom to receive then, the receiver", what);
}

TEST(messages_are_redirected)
{
        begin();
        redirected(a, b, r, b->id, r->id, "to a thread outside");
        redirected(a, b, r, ID_ANY, ID_ANY, "to a thread outside");
        redirected(a, b, r, ID_ANY_LOCAL, ID_ANY_LOCAL, "to a thread outside");
        redirected(a, b, r, ID_NIL, ID_NIL, "to a thread outside");
        redirected(a, b, r, c->id, c->id, "to a thread outside");
        redirected(a, b, r, a->local, a->local, "to a thread outside");
        redirected(neighbour, c, r, c->id, r->id, "from a neighbour");

        home->redirector = neighbour->id;
        redirected(a, b, neighbour, b->id, neighbour->id,
                   "the redirector is of the sender's space, to a thread "
                   "outside");
        // Each message goes to one redirector, wherever that one's own go.
        home->redirector = r->id;
        warden->redirector = c->id;
        redirected(a, b, r, b->id, r->id,
                   "the redirector is redirected itself, to a thread outside");
}

TEST(some_messages_are_not_redirected)
{
        begin();
        not_redirected(a, neighbour, "to a neighbour");
        not_redirected(a, a, "to oneself");
        not_redirected(a, r, "to the redirector");
        not_redirected(a, colleague, "to a thread of the redirector's space");
        not_redirected(a, thread_find(id_interrupt(4)), "to an interrupt line");
        not_redirected(r, b, "from the redirector");
        not_redirected(colleague, a, "from the redirector's space");
        not_redirected(b, a, "from outside");

        home->redirector = a->id;
        not_redirected(a, b, "from a thread that is its own redirector");
        home->redirector = ID_ANY;
        not_redirected(a, b, "the space has no redirector any more");
}

TEST(deputies_are_redirected_too)
{
        begin();
        utcb_write(a, UTCB_ACTUAL, neighbour->local);
        expect_id(r->id, id_of(send(a, b, TAG_PLAIN | TAG_PROPAGATED, b->id)),
                  "as a neighbour, to a thread outside: who gets the message");
        expect_hex(TAG_PLAIN | TAG_PROPAGATED | TAG_REDIRECTED, a->tag,
                   "as a neighbour, to a thread outside: the tag");
        expect_id(neighbour->id, a->sent_as,
                  "as a neighbour, to a thread outside: sent_as");
        expect_id(b->id, a->intended,
                  "as a neighbour, to a thread outside: intended");
        expect_id(r->id, a->receive,
                  "as a neighbour, to a thread outside, and to receive from "
                  "that one: from whom it is now");

        // By the receiver that was meant, and not by who gets it.
        home->redirector = neighbour->id;
        utcb_write(a, UTCB_ACTUAL, c->id);
        expect_hex(neighbour->id,
                   id_of(send(a, b, TAG_PLAIN | TAG_PROPAGATED, ID_NIL)),
                   "the redirector is a neighbour; as a stranger, to a thread "
                   "outside: who gets the message");
        expect_hex(a->id, a->sent_as,
                   "the redirector is a neighbour; as a stranger, to a thread "
                   "outside: sent_as");
        expect_hex(TAG_PLAIN | TAG_REDIRECTED, a->tag,
                   "the redirector is a neighbour; as a stranger, to a thread "
                   "outside: the tag");

        // What the redirector passes on.
        home->redirector = r->id;
        utcb_write(r, UTCB_ACTUAL, a->id);
        expect_hex(b->id, id_of(send(r, b, TAG_PLAIN | TAG_PROPAGATED, ID_ANY)),
                   "the redirector passes a message on: who gets it");
        expect_id(a->id, r->sent_as,
                  "the redirector passes a message on: sent_as");
        expect_hex(TAG_PLAIN | TAG_PROPAGATED, r->tag,
                   "the redirector passes a message on: the tag");
}

TEST(redirectors_that_are_no_more)
{
        begin();
        for (uint32_t i = 0; i < 2; i++) {
                home->redirector = i == 0 ? id_make(CROWD_FIRST + 900, 1)
                                          : id_make(id_number(r->id), 2);
                expect_id(0, id_of(send(a, b, TAG_PLAIN, b->id)),
                          "the redirector is no more, to a thread outside: "
                          "who gets the message");
                expect_id(0, id_of(send(a, r, TAG_PLAIN, r->id)),
                          "the redirector is no more, to another thread of "
                          "the space that was its own: who gets the message");
                not_redirected(a, neighbour,
                               "the redirector is no more, to a neighbour");
                not_redirected(a, thread_find(id_interrupt(4)),
                               "the redirector is no more, to an interrupt "
                               "line");
                not_redirected(b, a, "the redirector is no more, from outside");
        }
}
