// SPDX-License-Identifier: MIT
// Tests of preemptions that are told, and of those to whom nothing can be told.
#include "telling.h"

#define PREEMPTED tag_make(LABEL_PREEMPTION, PREEMPTION_WORDS, 0)

// --- Preemptions --------------------------------------------------------------------------

static void
expect_clock(const struct thread *who, uint64_t before)
{
        uint64_t told = (uint64_t)utcb_read(who, 2) << 32 | utcb_read(who, 1);

        if (told < before || told > h_clock())
                fail("MR1 and MR2 of a scheduler that is told of a preemption "
                     "are not the clock's time");
}

// It is ready, but for its quantum, and in no message.
static void
expect_stopped(unsigned due, const char *when)
{
        crowd_expect_state(THREAD_READY, a, when);
        crowd_expect_free(a, when);
        expect_number(due, a->stopped,
                      "%s: why it is stopped (1: halted, 2: its quantum)",
                      when);
        expect_bool(due == 0, ready_is(a), "%s: it is among the ready threads",
                    when);
}

TEST(a_used_up_quantum_is_told)
{
        begin();
        redirect();
        set_named(a, b->id, b->id);
        crowd_receives_any(b, ID_ANY); // neither pager nor handler is told
        for (uint32_t how = 0; how < 3; how++) {
                struct kept due = keep_any(a);
                uint64_t before = h_clock();
                clear_words(d);
                if (how == 0)
                        crowd_receives(d, a);
                if (how == 2)
                        crowd_receives(d, c);
                a->quantum_left = PERIOD;
                slice_tick(a); // its last period has ended
                due.slice_left = a->slice_left;
                due.quantum_left = 0;
                if (how > 0) {
                        crowd_expect_state(THREAD_SENDING, a,
                                           "its scheduler does not wait");
                        expect_bool(true,
                                    a->ring == &d->senders &&
                                            a->wake_place == 0,
                                    "it is among those who send to its "
                                    "scheduler, without an end");
                        expect_number(STOPPED_QUANTUM, a->stopped,
                                      "why it is stopped while it sends");
                        let_go(d);
                        ipc_receive(d, ID_ANY, TIME_ZERO);
                }
                expect_told(d, PREEMPTED, "the scheduler");
                expect_clock(d, before);
                expect_stopped(STOPPED_QUANTUM, "whose quantum was told");
                crowd_expect_state(THREAD_RECEIVING, b, "pager and handler");
                expect_kept(&due, a, "whose quantum has ended");
                thread_go_on(a, STOPPED_QUANTUM);
                expect_stopped(0, "with a new quantum");
        }
        // A scheduler that is no more, and none at all.
        for (uint32_t i = 0; i < 2; i++) {
                a->scheduler = i == 0 ? id_make(id_number(d->id), 9) : ID_NIL;
                protocol_used_up(a);
                expect_stopped(STOPPED_QUANTUM, "whose scheduler is no more");
                thread_go_on(a, STOPPED_QUANTUM);
        }
}

TEST(a_preemption_is_signalled_at_once)
{
        begin();
        redirect();
        set_named(a, b->id, b->id);
        crowd_receives_any(b, ID_ANY);
        for (uint32_t how = 0; how < 5; how++) {
                struct kept due = keep_any(a);
                uint64_t before = h_clock();
                clear_words(d);
                if (how < 2)
                        crowd_receives_any(d, how == 0 ? ID_ANY : a->id);
                if (how == 1)
                        ring_join(&a->waiters, d);
                if (how == 2)
                        crowd_receives(d, c);
                if (how == 4)
                        a->scheduler = id_make(id_number(d->id), 9);
                protocol_preempted(a);
                expect_stopped(0, "who has signalled its preemption");
                if (how < 2) {
                        expect_told(d, PREEMPTED, "the scheduler");
                        expect_clock(d, before);
                } else if (how == 2) {
                        crowd_expect_state(THREAD_RECEIVING, d,
                                           "a scheduler that waits for another "
                                           "one");
                }
                expect_bool(false, d->senders != NULL || a->waiters != NULL,
                            "somebody waits for a signal of a preemption");
                crowd_expect_state(THREAD_RECEIVING, b, "pager and handler");
                expect_kept(&due, a, "who has signalled its preemption");
                let_go(d);
        }
}

// --- Nobody to tell ----------------------------------------------------------------------

static void
expect_halted(const struct kept *due, uint32_t named, const char *when)
{
        if (a->state != THREAD_READY || a->stopped != STOPPED_HALTED)
                fail("%s, 0x%08x: state %u, stopped %u; it is to be READY (1) "
                     "and halted (1)",
                     when, named, a->state, a->stopped);
        crowd_expect_free(a, when);
        expect_bool(false, ready_is(a), "%s: it is among the ready threads",
                    when);
        if (due)
                expect_kept(due, a, when);
        thread_go_on(a, STOPPED_HALTED);
}

static void
names(uint32_t word)
{
        for (uint32_t i = 0; i < 2; i++) {
                // The other one of the two would be there.
                set_named(a, i == 0 ? word : b->id, i == 0 ? b->id : word);
                bool looks = word == ID_NIL;
                struct kept due;
                if (looks)
                        due = keep(a);
                protocol_event(a, i == 0 ? H_VECTOR_PAGE_FAULT : 6, 4);
                expect_halted(looks ? &due : NULL, word,
                              i == 0 ? "a pager that is nobody"
                                     : "an exception handler that is nobody");
                crowd_expect_state(THREAD_RECEIVING, b,
                                   "who is named for something else");
        }
}

TEST(nobody_can_be_told)
{
        begin();
        for (uint32_t i = 0; i < 4; i++)
                crowd_thread(there); // with local IDs that `here` has not
        crowd_receives_any(b, ID_ANY);
        const uint32_t words[] = {
                ID_NIL,
                ID_ANY,
                ID_ANY_LOCAL,
                id_make(id_number(c->id), 7),
                id_make(NUMBERS - 1, 1),
                0xFFFFC001,               // no such thread
                c->local + 4 * UTCB_SIZE, // local in the other space
                b->local + 4,             // not aligned
                id_interrupt(4),
                id_interrupt(0), // lines
        };
        for (uint32_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                names(words[i]);
        // A line that waits for its answer: for one of a program's.
        struct thread *line = thread_find(id_interrupt(4));
        line->handler = a->id;
        crowd_receives(line, a);
        line->role = ROLE_INTERRUPT;
        names(line->id);
        ring_leave(line);

        // The one that is named ends, or gets another name, before and after it has
        // been told.
        for (uint32_t i = 0; i < 4; i++) {
                struct thread *pager = crowd_thread(i < 2 ? here : there);
                uint32_t id = pager->id;
                set_named(a, id, id);
                if (i % 2 == 1)
                        crowd_receives_any(pager, ID_ANY);
                protocol_event(a, i < 2 ? H_VECTOR_PAGE_FAULT : 13, 4);
                crowd_expect_state(i % 2 == 1 ? THREAD_RECEIVING
                                              : THREAD_SENDING,
                                   a, "who is told of, and not answered");
                if (i == 3)
                        thread_rename(pager, id_make(id_number(id), 5));
                else
                        thread_end(pager);
                expect_halted(NULL, id, "who was to answer is no more");
        }
        // Two that are named by each other: a fault is no answer to a fault.
        set_named(a, b->id, ID_NIL);
        set_named(b, a->id, ID_NIL);
        let_go(b);
        protocol_event(a, H_VECTOR_PAGE_FAULT, 4);
        protocol_event(b, H_VECTOR_PAGE_FAULT, 4);
        expect_waits(THREAD_SENDING, ROLE_PAGE_FAULT, b,
                     "whose pager has a page fault itself");
        crowd_expect_state(THREAD_SENDING, b, "a pager with a page fault");
        // By itself.
        let_go(a);
        let_go(b);
        set_named(a, a->local, a->id);
        protocol_event(a, H_VECTOR_PAGE_FAULT, 4);
        expect_waits(THREAD_SENDING, ROLE_PAGE_FAULT, a,
                     "a pager that has a page fault itself");
}
