// SPDX-License-Identifier: MIT
// A test of all that decides in whose name a message goes and to whom, at random, with a
// model of spaces and redirectors; and that nothing else is changed. No program is
// needed.
#include <l4/protocol.h>

#include "seen.h"

#define SPACES 5u
#define THREADS 9u
#define LINES 2u
#define ALL (THREADS + LINES)
#define NOBODY 99u
#define STEPS 70u

static struct space *spaces[SPACES];
static struct thread *threads[ALL]; // the last ones are interrupt lines

// Of each thread its space, of each space its redirector: numbers, or NOBODY.
static uint32_t space_of[ALL];
static uint32_t redirector_of[SPACES];
static bool has_redirector[SPACES];

static void
begin(void)
{
        crowd_begin();
        interrupts_init();
        for (uint32_t i = 0; i < SPACES; i++)
                spaces[i] = crowd_space();
        for (uint32_t i = 0; i < ALL; i++) {
                space_of[i] = i < THREADS ? i % SPACES : NOBODY;
                threads[i] = i < THREADS ? crowd_thread(spaces[i % SPACES])
                                         : thread_find(id_interrupt(3 + i));
        }
}

static void
set_redirectors(void)
{
        for (uint32_t i = 0; i < SPACES; i++) {
                uint32_t number = random_below(THREADS + 4);
                has_redirector[i] = number <= THREADS;
                redirector_of[i] = number < THREADS ? number : NOBODY;
                spaces[i]->redirector = number < THREADS ? threads[number]->id
                                        : number == THREADS
                                                ? id_make(CROWD_FIRST + 900, 1)
                                                : ID_ANY;
        }
}

// A word for a thread as another one may name it, or for nobody.
static uint32_t
some_word(uint32_t by, uint32_t *who)
{
        *who = random_below(ALL + 1);
        if (*who == ALL) {
                *who = NOBODY;
                return random_below(2) == 0 ? ID_NIL
                                            : id_make(CROWD_FIRST + 901, 1);
        }
        return space_of[*who] == space_of[by] && random_below(2) == 0
                       ? threads[*who]->local
                       : threads[*who]->id;
}

static bool
goes_through(uint32_t space, uint32_t who)
{
        for (uint32_t i = 0; i < 8 && space != NOBODY; i++) {
                uint32_t next = redirector_of[space];
                if (next == who)
                        return true;
                space = next == NOBODY ? NOBODY : space_of[next];
        }
        return false;
}

static bool
may(uint32_t sender, uint32_t as, uint32_t to)
{
        return as != NOBODY && as != sender &&
               (space_of[as] == space_of[sender] ||
                space_of[to] == space_of[sender] ||
                goes_through(space_of[as], sender));
}

// Who gets it, by number.
static uint32_t
gets(uint32_t sender, uint32_t to)
{
        uint32_t space = space_of[sender];
        uint32_t by = redirector_of[space];

        if (!has_redirector[space] || space_of[to] == space ||
            space_of[to] == NOBODY || by == sender)
                return to;
        if (by == NOBODY)
                return NOBODY;
        return space_of[by] == space_of[to] ? to : by;
}

// `all`: its registers and its UTCB are looked at too, and the receiver.
static void
step(bool all)
{
        struct seen due, of_to;
        uint32_t sender = random_below(THREADS);
        uint32_t to = random_below(ALL);
        uint32_t as;
        uint32_t word = some_word(sender, &as);
        struct thread *thread = threads[sender];

        thread->role = ROLE_USER;
        thread->tag = random_word();
        thread->receive = random_below(2) == 0 ? threads[to]->id
                                               : threads[random_below(ALL)]->id;
        utcb_write(thread, UTCB_ACTUAL, word);
        due.thread = *thread;
        if (all) {
                thread->tag |= TAG_PROPAGATED;
                seen_note(&due, thread);
                seen_note(&of_to, threads[to < THREADS ? to : 0]);
        }

        const struct thread *found = ipc_address(thread, threads[to]);
        uint32_t by = gets(sender, to);
        expect_id(by == NOBODY ? 0 : threads[by]->id, found ? found->id : 0,
                  "the ID of who gets the message");
        if (!found)
                return;
        due.thread.tag &= ~0xE000u;
        due.thread.sent_as = thread->id;
        due.thread.intended = ID_NIL;
        if ((due.thread.tag & TAG_PROPAGATED) != 0) {
                if (may(sender, as, to))
                        due.thread.sent_as = threads[as]->id;
                else
                        due.thread.tag &= ~TAG_PROPAGATED;
        }
        if (by != to) {
                due.thread.tag |= TAG_REDIRECTED;
                due.thread.intended = threads[to]->id;
                if (due.thread.receive == threads[to]->id)
                        due.thread.receive = threads[by]->id;
        }
        seen_expect_thread(&due, thread, "the sender");
        if (!all)
                return;
        seen_expect(&due, thread, "the sender");
        if (to < THREADS && to != sender)
                seen_expect(&of_to, threads[to], "the receiver");
}

TEST(names_and_redirectors_at_random)
{
        begin();
        for (uint32_t i = 0; i < STEPS; i++) {
                if (i % 4 == 0)
                        set_redirectors();
                step(i % 4 == 0);
        }
}
