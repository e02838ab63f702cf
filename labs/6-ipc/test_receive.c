// SPDX-License-Identifier: MIT
// Receiving: from whom, and what is if nobody is there.
#include "meeting.h"

#define TAG_OF(n) (tag_make(0x100 + (n), 2, 0))
#define WORDS_OF(n) (0x1000 * ((n) + 1))

// R receives; A and B are of its space, C and D of another one. All four are SENDING to
// it: C first, then A, D, B.
enum {
        A,
        B,
        C,
        D
};

static struct thread *r, *four[4];

static void
four_send(void)
{
        static const unsigned order[] = { C, A, D, B };

        meeting_begin();
        struct space *near = meeting_space(), *far = meeting_space();
        r = meeting_thread(near);
        four[A] = meeting_thread(near);
        four[B] = meeting_thread(near);
        four[C] = meeting_thread(far);
        four[D] = meeting_thread(far);
        for (unsigned i = 0; i < 4; i++)
                meeting_has_sent(four[order[i]], r, TAG_OF(order[i]),
                                 WORDS_OF(order[i]), ID_NIL, TIME_NEVER);
        current = r;
}

// It receives, and gets the message of this one.
static void
expect_from(uint32_t from, uint16_t timeout, unsigned due, const char *what)
{
        trying("ipc_receive from 0x%08x: %s", from, what);
        expect_next(ipc_receive(r, from, timeout), r, what);
        trying_over();
        expect_received(r, four[due], TAG_OF(due), WORDS_OF(due), what);
        expect_ready(r, "the receiver");
        expect_sent(four[due], "the sender");
}

// A sender that had a timeout has none any more.
static void
receiving_ends_timeouts(void)
{
        four_send();
        timeout_add(four[A], 1u << 30);
        timeout_add(four[C], 1u << 30);
        four[A]->receive = ID_ANY;
        expect_from(ID_ANY, TIME_LONG, C, "from anybody");
        ipc_receive(r, ID_ANY_LOCAL, TIME_LONG);
        expect_received(r, four[A], TAG_OF(A), WORDS_OF(A), "from any local");
        expect_waiting(four[A], ID_ANY, false,
                       "A, whose send phase had a timeout, and whose receive "
                       "phase has none,");
        expect_bool(false, timeouts_any(), "there are timeouts");
}

TEST(receive_from_each_sender)
{
        meeting_first();
        four_send();
        expect_from(four[D]->id, TIME_NEVER, D, "from D by its global ID");
        expect_senders(r,
                       (struct thread *[]){ four[C], four[A], four[B], NULL },
                       "C, A, D and B send, and D is received");
        expect_from(four[B]->local, TIME_ZERO, B, "from B by its local ID");
        expect_senders(r, (struct thread *[]){ four[C], four[A], NULL },
                       "C, A and B send, and B is received");
        expect_from(ID_ANY_LOCAL, TIME_LONG, A, "from any local thread");
        expect_senders(r, (struct thread *[]){ four[C], NULL },
                       "C and A send, and A is received");
        expect_from(ID_ANY, TIME_ZERO, C, "from anybody");
        expect_senders(r, (struct thread *[]){ NULL }, "nobody sends any more");

        four_send();
        expect_from(ID_ANY, TIME_NEVER, C, "from anybody, the 1. time");
        expect_from(ID_ANY, TIME_NEVER, A, "from anybody, the 2. time");
        expect_from(ID_ANY, TIME_NEVER, D, "from anybody, the 3. time");
        expect_from(ID_ANY, TIME_NEVER, B, "from anybody, the 4. time");

        four_send();
        expect_from(ID_ANY_LOCAL, TIME_NEVER, A, "any local, the 1. time");
        expect_from(ID_ANY_LOCAL, TIME_NEVER, B, "any local, the 2. time");
        expect_from(four[C]->id, time_past(), C,
                    "until a point that has passed, while C sends");

        receiving_ends_timeouts();
}

// Nobody fits: C sends, of another space, and B to somebody else.
static struct thread *x;

static void
nobody_fits(void)
{
        meeting_begin();
        struct space *near = meeting_space(), *far = meeting_space();
        r = meeting_thread(near);
        four[A] = meeting_thread(near);
        four[B] = meeting_thread(near);
        four[C] = meeting_thread(far);
        x = meeting_thread(far);
        meeting_has_sent(four[B], x, TAG_OF(B), WORDS_OF(B), ID_NIL, 0);
        current = r;
}

static void
expect_wait(uint32_t from, uint32_t partner, const char *who)
{
        for (unsigned timed = 0; timed < 2; timed++) {
                nobody_fits();
                if (from != ID_ANY)
                        meeting_has_sent(four[C], r, TAG_OF(C), WORDS_OF(C),
                                         ID_NIL, 0);
                trying("ipc_receive from 0x%08x: %s", from, who);
                expect_next(
                        ipc_receive(r, from, timed ? TIME_LONG : TIME_NEVER), r,
                        who);
                trying_over();
                expect_waiting(r, partner, timed, who);
                expect_untold(r, who);
                expect_sending(four[B], x, false,
                               "B, who sends to another one,");
                if (from != ID_ANY)
                        expect_sending(four[C], r, false,
                                       "C, who is not waited for,");
        }
}

TEST(receive_waits_for_each)
{
        meeting_first();
        nobody_fits(); // IDs are the same each time
        uint32_t a = four[A]->id, b = four[B]->id, here = four[A]->local;
        uint32_t xs = x->id;

        expect_wait(ID_ANY, ID_ANY, "who receives from anybody");
        expect_wait(ID_ANY_LOCAL, ID_ANY_LOCAL, "who receives from any local");
        expect_wait(a, a, "who receives from A by its global ID");
        expect_wait(here, a, "who receives from A by its local ID");
        expect_wait(b, b, "who receives from B, who sends to another one,");
        expect_wait(xs, xs, "who receives from one of another space");

        // Several wait for one; how long, is each one's own.
        nobody_fits();
        ipc_receive(r, a, TIME_LONG);
        ipc_receive(four[C], a, TIME_NEVER);
        ipc_receive(x, a, TIME_LONG);
        expect_waiting(r, a, true, "the 1. who waits for A");
        expect_waiting(four[C], a, false, "the 2. who waits for A");
        expect_waiting(x, a, true, "the 3. who waits for A");
        expect_number(3, crowd_ring(four[A]->waiters),
                      "how many stand in the ring of who waits for A");
}

TEST(receive_from_oneself_and_lines)
{
        meeting_first();
        nobody_fits();
        ipc_receive(r, r->id, TIME_LONG);
        expect_waiting(r, r->id, true, "who sleeps, by its global ID,");
        expect_number(1, crowd_ring(r->waiters), "how many wait for it");
        ipc_end(r, IPC_TIMEOUT);
        expect_failed(RECEIVE_ERROR(IPC_TIMEOUT), r, "who has slept");

        nobody_fits();
        ipc_receive(r, r->local, TIME_NEVER);
        expect_waiting(r, r->id, false, "who sleeps, by its local ID,");

        nobody_fits();
        struct thread *line = thread_find(id_interrupt(5));
        ipc_receive(r, line->id, TIME_NEVER);
        expect_waiting(r, line->id, false, "who receives from line 5");

        // Line 5 has been raised, and line 7 before it.
        nobody_fits();
        struct thread *other = thread_find(id_interrupt(7));
        line = thread_find(id_interrupt(5));
        line->handler = other->handler = r->id;
        crowd_sends(other, r, 0);
        crowd_sends(line, r, 0);
        other->role = line->role = ROLE_INTERRUPT;
        ipc_receive(r, line->id, TIME_ZERO);
        expect_ready(r, "the handler");
        expect_hex(line->id, get_register(r, H_EAX), "the handler's EAX");
        expect_hex(tag_make(LABEL_INTERRUPT, 0, 0), get_register(r, H_ESI),
                   "the handler's ESI");
        expect_waiting(line, r->id, false, "line 5, whose message has come,");
        expect_sending(other, r, false, "line 7");
        ipc_receive(r, ID_ANY, TIME_ZERO);
        expect_hex(other->id, get_register(r, H_EAX), "the handler's EAX");
        expect_waiting(other, r->id, false, "line 7, whose message has come,");
        expect_number(2, crowd_ring(r->waiters),
                      "how many wait for the handler of two lines");
}

// --- Refused ------------------------------------------------------------------------

static void
expect_refused(uint32_t from, uint16_t timeout, enum ipc_error due,
               const char *what)
{
        for (int i = 1; i <= 4; i++)
                utcb_write(r, i, MARK + (uint32_t)i);
        trying("ipc_receive from 0x%08x: %s", from, what);
        expect_next(ipc_receive(r, from, timeout), r, what);
        trying_over();
        expect_failed(RECEIVE_ERROR(due), r, what);
        for (int i = 1; i <= 4; i++)
                expect_hex(MARK + (uint32_t)i, utcb_read(r, i),
                           "%s: message register %d", what, i);
        expect_sending(four[C], r, false, "C, who sends all the time,");
}

TEST(receive_refuses)
{
        meeting_first();
        static const uint32_t nobody[] = { 0x14002,    0x000C8002, 0x80000001,
                                           0x40,       0xBF000140, 0x00800140,
                                           0xFFFFFF80, 0xFFFFFFC1, 0xFFFFFFFE,
                                           ID_NIL };

        nobody_fits();
        meeting_has_sent(four[C], r, TAG_OF(C), WORDS_OF(C), ID_NIL, 0);
        for (unsigned i = 0; i < sizeof(nobody) / sizeof(nobody[0]); i++) {
                expect_refused(nobody[i], TIME_NEVER, IPC_NO_PARTNER,
                               "from nobody");
                expect_refused(nobody[i], TIME_ZERO, IPC_NO_PARTNER,
                               "from nobody, and no time at all");
        }
        expect_refused(four[A]->id + 1, TIME_NEVER, IPC_NO_PARTNER,
                       "from another version of A's ID");
        expect_refused(four[A]->id, TIME_ZERO, IPC_TIMEOUT,
                       "from A, and no time at all");
        expect_refused(ID_ANY_LOCAL, TIME_ZERO, IPC_TIMEOUT,
                       "from any local, and no time at all");
        expect_refused(r->id, time_past(), IPC_TIMEOUT,
                       "from oneself until a point that has passed");
        expect_bool(true, four[A]->waiters == NULL && r->waiters == NULL,
                    "nobody stands in a ring of waiters");
        expect_bool(false, timeouts_any(), "there are timeouts");

        // More than 63 words: both are told, and the sender receives nothing.
        nobody_fits();
        meeting_has_sent(four[C], r, tag_make(7, 60, 4), 0, ID_ANY, TIME_NEVER);
        for (int i = 1; i <= 4; i++)
                utcb_write(four[C], i, WORDS_OF(C));
        ipc_receive(r, ID_ANY, TIME_NEVER);
        expect_failed(RECEIVE_ERROR(IPC_OVERFLOW), r,
                      "the receiver of a message that is too long");
        expect_failed(SEND_ERROR(IPC_OVERFLOW), four[C],
                      "the sender of a message that is too long");
        expect_hex(MARK + 1, utcb_read(r, 1), "the receiver's first word");
        expect_senders(r, (struct thread *[]){ NULL }, "after that");
}
