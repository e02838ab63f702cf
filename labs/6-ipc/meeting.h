// SPDX-License-Identifier: MIT
// What the tests of sending and receiving say of threads, and expect of them.
#ifndef LAB6_MEETING_H
#define LAB6_MEETING_H

#include <l4/protocol.h>

#include <h4/crowd.h>

#define TIME_LONG 0x53E8u // 1000 * 2^20 us: for ever, but not never
#define MARK 0x0BAD0000u // in MR1 .. MR4 and the error code: nobody has written

// The error codes of a phase.
#define SEND_ERROR(error) ((uint32_t)(error) << 1 | IPC_PHASE_SEND)
#define RECEIVE_ERROR(error) ((uint32_t)(error) << 1 | IPC_PHASE_RECEIVE)

// A test has one system, and many situations in it: the same threads, made in the same
// order, are as when they were new.
static struct {
        bool begun;
        uint32_t spaces, threads; // of this situation
        struct space *space[4];
        struct thread *thread[24];
        uint32_t id[24];
} meeting;

// At the beginning of each test.
static inline void
meeting_first(void)
{
        meeting.begun = false;
        for (unsigned i = 0; i < 24; i++)
                meeting.thread[i] = NULL;
        for (unsigned i = 0; i < 4; i++)
                meeting.space[i] = NULL;
}

// In no ring, without a timeout, and with empty rings.
static inline void
meeting_forgets(struct thread *thread)
{
        thread->ring = NULL;
        thread->senders = thread->waiters = thread->asked = NULL;
        thread->receiver = NULL;
        thread->deputies = 0;
        thread->wake_place = 0;
        thread->next_ready = thread->last_ready = NULL;
        thread->looks = false;
        thread->stopped = 0;
        thread->handler = ID_NIL;
        thread->state = THREAD_READY;
        thread->partner = thread->intended = thread->receive = ID_NIL;
        thread->tag = 0;
        thread->receive_timeout = TIME_NEVER;
}

// A situation without threads but those of the lines.
static inline void
meeting_begin(void)
{
        if (!meeting.begun) {
                crowd_begin();
                interrupts_init();
        }
        meeting.begun = true;
        meeting.spaces = meeting.threads = 0;
        timeouts_init();
        ready_init();
        current = NULL;
        for (uint32_t line = 0; line < 16; line++)
                meeting_forgets(thread_find(id_interrupt(line)));
}

static inline struct space *
meeting_space(void)
{
        struct space **space = &meeting.space[meeting.spaces++];

        if (!*space)
                *space = crowd_space();
        return *space;
}

// A thread, READY, whose UTCB has marks where messages and errors are written.
static inline struct thread *
meeting_thread(struct space *space)
{
        uint32_t n = meeting.threads++;
        struct thread *thread = meeting.thread[n];

        if (!thread) {
                thread = meeting.thread[n] = crowd_thread(space);
                meeting.id[n] = thread->id;
        } else {
                meeting_forgets(thread);
                thread->id = thread->sent_as = meeting.id[n];
                thread_ready(thread);
                set_register(thread, H_ESI, 0x5EED0000u + H_ESI);
                set_register(thread, H_EAX, 0x5EED0000u + H_EAX);
        }
        thread->role = ROLE_USER;
        for (int i = 1; i <= 4; i++)
                utcb_write(thread, i, MARK + (uint32_t)i);
        utcb_write(thread, UTCB_ERROR, MARK);
        return thread;
}

// What it is about to send: this tag, and words that begin with this one.
static inline void
meeting_says(struct thread *thread, uint32_t tag, uint32_t first)
{
        thread->role = ROLE_USER;
        thread->tag = tag;
        thread->receive = ID_NIL;
        thread->receive_timeout = TIME_NEVER;
        for (uint32_t i = 1; i <= tag_untyped(tag); i++)
                utcb_write(thread, (int)i, first + i);
}

// SENDING these words already, and receiving then.
static inline void
meeting_has_sent(struct thread *thread, struct thread *to, uint32_t tag,
                 uint32_t first, uint32_t then, uint16_t timeout)
{
        meeting_says(thread, tag, first);
        crowd_sends(thread, to, tag);
        thread->receive = then;
        thread->receive_timeout = timeout;
}

// It sends as the other one from now on.
static inline void
meeting_deputy(struct thread *thread, const struct thread *other)
{
        thread->sent_as = other->id;
}

// A point in time that has passed.
static inline uint16_t
time_past(void)
{
        uint32_t before = (uint32_t)(h_clock() >> 8) - 2; // 512 us

        return (uint16_t)(0x8000u | 8u << 11 | (before & 0x7FF));
}

// --- What is expected ---------------------------------------------------------------

// It has received these words, from whom as it calls that one.
static inline void
expect_received(const struct thread *thread, const struct thread *from,
                uint32_t tag, uint32_t first, const char *what)
{
        expect_hex(tag, get_register(thread, H_ESI),
                   "%s: ESI of the receiver, the tag", what);
        expect_id(thread_name(from, thread), get_register(thread, H_EAX),
                  "%s: EAX of the receiver, from whom", what);
        for (uint32_t i = 1; i <= 4; i++)
                expect_hex(i <= tag_untyped(tag) ? first + i : MARK + i,
                           utcb_read(thread, (int)i),
                           "%s: message register %u of the receiver", what, i);
        expect_hex(MARK, utcb_read(thread, UTCB_ERROR),
                   "%s: the error code of the receiver", what);
}

// Among the ready ones, in no ring, without a timeout.
static inline void
expect_ready(const struct thread *thread, const char *who)
{
        crowd_expect_state(THREAD_READY, thread, who);
        if (thread->looks)
                fail("%s is READY, and looks", who);
        crowd_expect_free(thread, who);
        expect_bool(thread->stopped == 0, ready_is(thread),
                    "%s is among the ready ones", who);
}

// READY after its message has been received, and nothing else.
static inline void
expect_sent(const struct thread *thread, const char *who)
{
        expect_ready(thread, who);
        expect_hex(thread->tag & ~TAG_ERROR, get_register(thread, H_ESI),
                   "%s, who has sent and receives nothing: ESI", who);
        expect_hex(ID_NIL, get_register(thread, H_EAX),
                   "%s, who has sent and receives nothing: EAX", who);
}

static inline void
expect_failed(uint32_t error, const struct thread *thread, const char *who)
{
        expect_ready(thread, who);
        crowd_expect_error(error, thread, who);
}

// No register has been written that a message or an error writes.
static inline void
expect_untold(const struct thread *thread, const char *who)
{
        expect_hex(0x5EED0000u + H_ESI, get_register(thread, H_ESI),
                   "%s waits: its ESI", who);
        expect_hex(0x5EED0000u + H_EAX, get_register(thread, H_EAX),
                   "%s waits: its EAX", who);
        expect_hex(MARK, utcb_read(thread, UTCB_ERROR),
                   "%s waits: its error code", who);
}

static inline void
expect_place(struct thread *const *ring, const struct thread *thread,
             bool timed, const char *who)
{
        if (ring ? thread->ring != ring : thread->ring != NULL)
                fail("%s is to stand in %s, and stands in %s", who,
                     ring ? "the other one's ring" : "no ring",
                     thread->ring ? "a different one" : "none");
        expect_bool(timed, thread->wake_place != 0, "%s has a timeout", who);
}

static inline void
expect_sending(const struct thread *thread, struct thread *to, bool timed,
               const char *who)
{
        crowd_expect_state(THREAD_SENDING, thread, who);
        expect_bool(true, thread->receiver == to,
                    "%s is SENDING to the right one", who);
        expect_place(&to->senders, thread, timed, who);
        expect_bool(false, ready_is(thread), "%s is among the ready ones", who);
}

// RECEIVING from an ID, and if that means a thread in its ring.
static inline void
expect_waiting(const struct thread *thread, uint32_t partner, bool timed,
               const char *who)
{
        struct thread *one = thread_find(partner);

        crowd_expect_state(THREAD_RECEIVING, thread, who);
        expect_bool(false, thread->looks, "%s looks", who);
        expect_id(partner, thread->partner, "%s waits: for whom", who);
        expect_place(one ? &one->waiters : NULL, thread, timed, who);
        expect_bool(false, ready_is(thread), "%s is among the ready ones", who);
}

static inline void
expect_looking(const struct thread *thread, uint32_t partner, const char *who)
{
        crowd_expect_state(THREAD_RECEIVING, thread, who);
        expect_bool(true, thread->looks, "%s looks", who);
        expect_id(partner, thread->partner, "%s looks: for whom", who);
        expect_place(NULL, thread, false, who);
        expect_bool(true, ready_is(thread), "%s is among the ready ones", who);
}

// What a call of the thread has returned: who is to run next.
static inline void
expect_next(const struct thread *next, const struct thread *thread,
            const char *who)
{
        if (next != thread && (next || thread->state == THREAD_READY))
                fail("%s: %s is returned, as who is to run next, and not the "
                     "thread%s",
                     who, next ? "another one" : "null",
                     thread->state == THREAD_READY ? ", which is READY"
                                                   : " or null");
}

// These senders stand there, the first one first; null ends them.
static inline void
expect_senders(const struct thread *to, struct thread *const *due,
               const char *what)
{
        const struct thread *at = to->senders;
        uint32_t count = 0;

        for (; due[count]; count++) {
                if (count >= crowd_ring(to->senders))
                        break;
                expect_id(due[count]->id, at->id,
                          "%s: the ID of the %u. sender that waits", what,
                          count + 1);
                at = at->next_in_ring;
        }
        while (due[count])
                count++;
        expect_number(count, crowd_ring(to->senders),
                      "%s: how many senders wait", what);
}

#endif
