// SPDX-License-Identifier: MIT
// Tests of messages in somebody else's name: who may send as whom. No program is needed.
#include <l4/protocol.h>

#include <h4/crowd.h>

#define CHAIN 8u // so many redirectors in a row count

static struct space *home, *abroad, *third;
static struct thread *a, *neighbour; // of the one space
static struct thread *b, *c;         // of the second and the third one

static void
begin(void)
{
        crowd_begin();
        interrupts_init();
        home = crowd_space();
        abroad = crowd_space();
        third = crowd_space();
        a = crowd_thread(home);
        neighbour = crowd_thread(home);
        b = crowd_thread(abroad);
        c = crowd_thread(third);
}

static struct thread *
line(uint32_t number)
{
        return thread_find(id_interrupt(number));
}

// The thread has sent other messages before, in other names.
static struct thread *
send(struct thread *thread, struct thread *to, uint32_t tag)
{
        thread->role = ROLE_USER;
        thread->tag = tag;
        thread->sent_as = id_make(CROWD_FIRST + random_below(4), 1);
        thread->intended = random_word();
        thread->receive = ID_ANY;
        return ipc_address(thread, to);
}

static uint32_t
id_of(const struct thread *thread)
{
        return thread ? thread->id : 0;
}

// --- One's own name --------------------------------------------------------------------------

static void
own(struct thread *to, uint32_t tag, uint32_t due, const char *what)
{
        trying("ipc_address, the tag being 0x%08x: %s", tag, what);
        utcb_write(a, UTCB_ACTUAL, neighbour->id);
        expect_id(id_of(to), id_of(send(a, to, tag)),
                  "%s: the ID of who gets the message", what);
        trying_over();
        expect_id(a->id, a->sent_as, "%s: sent_as", what);
        expect_id(ID_NIL, a->intended, "%s: intended, nil unless redirected",
                  what);
        expect_hex(due, a->tag, "%s: the tag that was 0x%08x", what, tag);
        expect_hex(ID_ANY, a->receive, "%s: from whom to receive then", what);
}

TEST(messages_go_in_ones_own_name)
{
        begin();
        own(neighbour, 0, 0, "to a thread of the space");
        own(b, 0x12340FC3, 0x12340FC3, "to a thread of another space");
        own(a, 5, 5, "to oneself");
        own(line(4), 1, 1, "to an interrupt line");
        for (uint32_t flags = 0; flags < 16; flags++) {
                if ((flags << 12 & TAG_PROPAGATED) != 0)
                        continue;
                uint32_t tag = random_word() & ~0xF000u;
                own(b, tag | flags << 12, tag,
                    "flags in the tag that do not hold");
                own(neighbour, tag | flags << 12, tag,
                    "flags in the tag that do not hold, within the space");
        }
}

// --- The three permissions --------------------------------------------------------------------

static void
propagates(struct thread *thread, uint32_t as, const struct thread *due,
           struct thread *to, const char *what)
{
        uint32_t tag = (random_word() & ~0xF000u) | TAG_PROPAGATED;
        uint32_t flags = random_word() & 0xE000u;

        trying("ipc_address in the name of 0x%08x: %s", as, what);
        utcb_write(thread, UTCB_ACTUAL, as);
        expect_id(id_of(to), id_of(send(thread, to, tag | flags)),
                  "%s: the ID of who gets the message", what);
        trying_over();
        expect_id(id_of(due), thread->sent_as, "%s: sent_as", what);
        expect_hex(tag, thread->tag,
                   "%s: the tag that was 0x%08x, which is propagated", what,
                   tag | flags);
        expect_id(ID_NIL, thread->intended,
                  "%s: intended, nil unless redirected", what);
}

// It goes in the thread's own name.
static void
refused(struct thread *thread, uint32_t as, struct thread *to, const char *what)
{
        uint32_t tag = (random_word() & ~0xF000u) | TAG_PROPAGATED;

        trying("ipc_address in the name of 0x%08x: %s", as, what);
        utcb_write(thread, UTCB_ACTUAL, as);
        expect_id(id_of(to), id_of(send(thread, to, tag)),
                  "%s: the ID of who gets the message", what);
        trying_over();
        expect_id(thread->id, thread->sent_as, "%s: sent_as", what);
        expect_hex(tag & ~TAG_PROPAGATED, thread->tag,
                   "%s: the tag, without the flag", what);
}

TEST(threads_of_a_space_send_as_each_other)
{
        begin();
        propagates(a, neighbour->id, neighbour, b, "as a neighbour");
        propagates(a, neighbour->local, neighbour, b,
                   "as a neighbour by its local ID");
        propagates(neighbour, a->local, a, c, "as the other one");
        propagates(a, neighbour->local, neighbour, neighbour,
                   "as a neighbour, to itself");
        propagates(a, neighbour->id, neighbour, a,
                   "as a neighbour, to oneself");
        propagates(a, neighbour->id, neighbour, line(4),
                   "as a neighbour, to an interrupt line");
        struct thread *inactive = thread_take(id_make(CROWD_FIRST + 900, 1));
        inactive->space = home;
        propagates(a, inactive->id, inactive, b,
                   "as a neighbour that is INACTIVE");
}

TEST(within_the_space_one_may_be_anybody)
{
        begin();
        propagates(a, b->id, b, neighbour,
                   "as a thread of another space, to a neighbour");
        propagates(a, c->id, c, a, "as a thread of another space, to oneself");
        propagates(a, id_interrupt(4), line(4), neighbour,
                   "as an interrupt line, to a neighbour");
        propagates(b, a->id, a, b, "as a thread of another space, to oneself");
}

// A chain of spaces, each with a redirector in the next one; who can send as a thread of
// the first one.
TEST(redirectors_send_as_those_behind_them)
{
        struct thread *threads[CHAIN + 2];
        char what[] = "the 0th redirector in a row";

        begin();
        abroad->redirector = a->id;
        propagates(a, b->id, b, c, "as one whose redirector the sender is");
        refused(neighbour, b->id, c,
                "as one whose redirector is a neighbour of the sender");
        abroad->redirector = ID_ANY;
        for (uint32_t i = 0; i < CHAIN + 2; i++) {
                threads[i] = crowd_thread(crowd_space());
                if (i > 0)
                        threads[i - 1]->space->redirector = threads[i]->id;
        }
        for (uint32_t i = 1; i < CHAIN + 2; i++) {
                // Its own messages are not redirected while this is looked at.
                uint32_t next = threads[i]->space->redirector;
                threads[i]->space->redirector = ID_ANY;
                what[4] = (char)('0' + i);
                if (i <= CHAIN)
                        propagates(threads[i], threads[0]->id, threads[0], c,
                                   what);
                else
                        refused(threads[i], threads[0]->id, c, what);
                threads[i]->space->redirector = next;
        }
        refused(a, threads[0]->id, c, "one that is no redirector");
}

// --- And everything beside them ---------------------------------------------------------------

TEST(nobody_sends_as_just_anybody)
{
        static const uint32_t nobodies[] = {
                ID_NIL,     ID_ANY,     ID_ANY_LOCAL, 1u << 6,
                0xDEADBEEF, 0x00800000, 0x00800120,   CROWD_AREA + 0x1500,
        };

        begin();
        for (uint32_t i = 0; i < sizeof(nobodies) / sizeof(nobodies[0]); i++) {
                refused(a, nobodies[i], b, "as nobody");
                refused(a, nobodies[i], neighbour, "as nobody, to a neighbour");
        }
        refused(a, a->id, b, "as oneself");
        refused(a, a->local, b, "as oneself by the local ID");
        refused(a, a->id, neighbour, "as oneself, to a neighbour");
        refused(a, id_make(id_number(neighbour->id), 2), b,
                "as a neighbour of another version");
        refused(a, c->id, b, "as a thread of a third space");
        refused(a, b->id, b, "as the receiver, in another space");
        refused(a, id_interrupt(4), b, "as an interrupt line");
        refused(a, id_interrupt(4), line(5),
                "as an interrupt line, to another one");
        refused(a, b->id, line(5),
                "as a thread of another space, to an interrupt line");

        abroad->redirector = id_make(CROWD_FIRST + 900, 1);
        refused(a, b->id, c, "as one whose redirector is no more");
        // In a circle, in which the sender is not.
        abroad->redirector = c->id;
        third->redirector = b->id;
        refused(a, b->id, c, "as one whose redirectors form a circle");
        abroad->redirector = b->id;
        refused(a, b->id, c, "as one that is its own redirector");
        third->redirector = ID_ANY;
        abroad->redirector = ID_ANY;
        home->redirector = b->id;
        refused(a, c->id, b, "as a third one, by one that is redirected");
}
