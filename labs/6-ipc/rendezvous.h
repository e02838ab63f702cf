// SPDX-License-Identifier: MIT
// Sending and receiving by a small model, for tests that do both at random: eight
// threads in two spaces, what each is due to be, and whether it is.
#ifndef LAB6_RENDEZVOUS_H
#define LAB6_RENDEZVOUS_H

#include "meeting.h"

#define SIDES 8u
#define NEAR 5u // so many are of the first space

// What is left of each one's time slice: messages cost time, and give none.
#define SIDES_LEFT 4321u

// Partners, behind the threads themselves.
enum {
        FROM_ANY = SIDES,
        FROM_ANY_LOCAL,
        FROM_NOBODY,
        PARTNERS,
};

struct side {
        struct thread *is;

        // The state, and what is due in it.
        enum thread_state state;
        unsigned partner; // RECEIVING
        unsigned to;      // SENDING
        unsigned order;   // the less, the earlier it has begun to send
        bool looks, timed;

        // Its message.
        uint16_t then_timeout;
        unsigned as, then;
        uint32_t tag, word;

        // What the program finds.
        uint32_t eax, esi, error, mr1;
};

static struct side sides[SIDES];
static unsigned begun; // messages

// What is being done, for the words of a failure.
static struct {
        uint32_t number;
        unsigned who, partner;
        const char *what;
} step;

static const char *const names[] = { "A", "B", "C",       "D",         "E", "F",
                                     "G", "H", "anybody", "any local", "" };

// --- The model --------------------------------------------------------------------

static inline bool
due_fits(unsigned receiver, unsigned partner, unsigned sender)
{
        unsigned as = sides[sender].as;

        return partner == FROM_ANY || partner == as ||
               (partner == FROM_ANY_LOCAL && (as < NEAR) == (receiver < NEAR));
}

// Who is found: FROM_NOBODY.
static inline unsigned
due_sender(unsigned receiver, unsigned partner)
{
        unsigned found = FROM_NOBODY;

        for (unsigned i = 0; i < SIDES; i++)
                if (sides[i].state == THREAD_SENDING &&
                    sides[i].to == receiver && due_fits(receiver, partner, i) &&
                    (found == FROM_NOBODY ||
                     sides[i].order < sides[found].order))
                        found = i;
        return found;
}

static inline void
due_ready(unsigned who)
{
        sides[who].state = THREAD_READY;
        sides[who].looks = false;
        sides[who].timed = false;
}

static inline void
due_error(unsigned who, uint32_t error)
{
        due_ready(who);
        sides[who].eax = ID_NIL;
        sides[who].esi = TAG_ERROR;
        sides[who].error = error;
}

static inline void
due_wait(unsigned who, unsigned partner, uint16_t timeout)
{
        struct side *side = &sides[who];

        if (timeout == TIME_ZERO) {
                due_error(who, RECEIVE_ERROR(IPC_TIMEOUT));
                return;
        }
        side->state = THREAD_RECEIVING;
        side->looks = false;
        side->partner = partner;
        side->timed = timeout != TIME_NEVER;
}

static inline void
due_look(unsigned who, unsigned partner)
{
        sides[who].state = THREAD_RECEIVING;
        sides[who].looks = true;
        sides[who].partner = partner;
        sides[who].timed = false;
}

// The message has arrived: the receiver's registers, and what the sender is then.
static inline void
due_arrived(unsigned sender, unsigned receiver)
{
        struct side *from = &sides[sender], *to = &sides[receiver];
        struct side *other = &sides[from->as];

        due_ready(receiver);
        to->eax = thread_name(other->is, to->is);
        to->esi = from->tag;
        to->mr1 = from->word;
        due_ready(sender);
        if (from->as != sender && from->as != receiver &&
            other->state == THREAD_RECEIVING && other->partner == sender) {
                other->partner = receiver;
                if (due_sender(from->as, receiver) != FROM_NOBODY)
                        due_look(from->as, receiver);
        }
        if (from->then == FROM_NOBODY) {
                from->eax = ID_NIL;
                from->esi = from->tag;
        } else if (due_sender(sender, from->then) != FROM_NOBODY) {
                due_look(sender, from->then);
        } else {
                due_wait(sender, from->then, from->then_timeout);
        }
}

static inline void
due_receive(unsigned who, unsigned partner, uint16_t timeout)
{
        unsigned sender = due_sender(who, partner);

        if (sender == FROM_NOBODY)
                due_wait(who, partner, timeout);
        else
                due_arrived(sender, who);
}

// Would the message of this one arrive at once?
static inline bool
due_at_once(unsigned sender, unsigned receiver)
{
        const struct side *to = &sides[receiver];

        return to->state == THREAD_RECEIVING && !to->looks &&
               due_fits(receiver, to->partner, sender);
}

// --- The threads --------------------------------------------------------------------

static inline void
sides_begin(void)
{
        meeting_begin();
        struct space *near = meeting_space(), *far = meeting_space();

        begun = 0;
        for (unsigned i = 0; i < SIDES; i++) {
                struct thread *is = meeting_thread(i < NEAR ? near : far);
                is->slice_left = SIDES_LEFT;
                sides[i] = (struct side){
                        .is = is,
                        .state = THREAD_READY,
                        .as = i,
                        .eax = get_register(is, H_EAX),
                        .esi = get_register(is, H_ESI),
                        .error = MARK,
                        .mr1 = MARK + 1,
                };
        }
}

// How this one calls a partner: by one of the forms that mean it.
static inline uint32_t
side_name(unsigned who, unsigned partner)
{
        if (partner >= SIDES)
                return partner == FROM_ANY         ? ID_ANY
                       : partner == FROM_ANY_LOCAL ? ID_ANY_LOCAL
                                                   : ID_NIL;
        return (who < NEAR) == (partner < NEAR) && random_below(2)
                       ? sides[partner].is->local
                       : sides[partner].is->id;
}

static inline uint16_t
random_timeout(void)
{
        static const uint16_t timeouts[] = { TIME_NEVER, TIME_NEVER, TIME_LONG,
                                             TIME_LONG, TIME_ZERO };
        return timeouts[random_below(5)];
}

// Somebody to receive from.
static inline unsigned
random_partner(void)
{
        unsigned n = random_below(2 * SIDES);

        return n < SIDES / 2 ? random_below(SIDES)
               : n % 4       ? FROM_ANY
                             : FROM_ANY_LOCAL;
}

// A message of its own: in whose name, and from whom it receives then. One of three
// messages is a deputy's, for one of the same space, and more for one that waits for
// just this thread.
static inline void
random_message(unsigned who)
{
        struct side *side = &sides[who];
        unsigned first = who < NEAR ? 0 : NEAR;
        unsigned count = who < NEAR ? NEAR : SIDES - NEAR;

        side->as = random_below(3) ? who : first + random_below(count);
        for (unsigned i = 0; i < SIDES; i++)
                if (i != who && sides[i].state == THREAD_RECEIVING &&
                    sides[i].partner == who && random_below(2))
                        side->as = i;
        side->then = random_below(4) ? random_partner() : FROM_NOBODY;
        if (due_sender(who, FROM_ANY) != FROM_NOBODY && random_below(3))
                side->then = FROM_ANY;
        side->then_timeout = random_timeout();
        side->word = side->mr1 = 0x10000 + begun;
        side->tag = tag_make(begun & 0xFFF, 1, 0) |
                    (side->as != who ? TAG_PROPAGATED : 0);
        side->order = begun++;

        struct thread *is = side->is;
        is->role = ROLE_USER;
        is->tag = side->tag;
        is->sent_as = sides[side->as].is->id;
        is->intended = ID_NIL;
        is->receive = side_name(who, side->then);
        is->receive_timeout = side->then_timeout;
        utcb_write(is, 1, side->word);
}

#endif
