// SPDX-License-Identifier: MIT
// Tests of those who wait for a thread that ends or gets another name, of the thread
// itself, and of one that waits for where it begins.
#include <l4/protocol.h>

#include "kept.h"

#define LATER 0x00000100FFFFFFFFull // a timeout ends
#define MANY 12u

static struct space *here, *there;
static struct thread *gone, *other;
static struct thread *many[MANY];

static void
begin(void)
{
        crowd_begin();
        timeouts_init();
        interrupts_init();
        here = crowd_space();
        there = crowd_space();
        gone = crowd_thread(here);
        other = crowd_thread(there);
        for (uint32_t i = 0; i < MANY; i++)
                many[i] = crowd_thread(i % 2 == 0 ? here : there);
        current = other;
}

// Every third one sends, or receives, or receives with a timeout.
static void
wait_for(struct thread *whom)
{
        for (uint32_t i = 0; i < MANY; i++) {
                if (i % 3 == 0)
                        crowd_sends(many[i], whom, 0);
                else
                        crowd_receives(many[i], whom);
                if (i % 3 != 1)
                        timeout_add(many[i], LATER);
        }
}

// It is found by another ID, and all are told at once: nobody is there whose work it could
// be.
static void
renamed(struct thread *thread)
{
        current = NULL;
        thread_rename(thread, thread->id + 1);
        current = other;
        expect_bool(false, partners_left(), "somebody is still to be told");
}

static void
expect_told(const char *when)
{
        for (uint32_t i = 0; i < MANY; i++) {
                crowd_expect_state(THREAD_READY, many[i], when);
                crowd_expect_error(IPC_NO_PARTNER << 1 | (i % 3 != 0), many[i],
                                   when);
                crowd_expect_free(many[i], when);
                if (!ready_is(many[i]))
                        fail("%s is not among the ready threads", when);
        }
}

TEST(who_waits_for_one_that_goes_is_told)
{
        begin();
        wait_for(gone);
        renamed(gone);
        expect_told("who has waited for a thread that is not found any more");
        expect_bool(false, gone->senders || gone->waiters,
                    "somebody is in its rings");

        // The kernel's messages to it, and what it was to answer.
        crowd_sends(many[0], gone, 0);
        crowd_receives(many[1], gone);
        many[0]->role = ROLE_EXCEPTION;
        many[1]->role = ROLE_PAGE_FAULT;
        renamed(gone);
        for (uint32_t i = 0; i < 2; i++) {
                crowd_expect_state(THREAD_READY, many[i],
                                   "whose fault was told to it");
                crowd_expect_free(many[i], "whose fault was told to it");
                expect_number(STOPPED_HALTED, many[i]->stopped,
                              "why the thread is stopped whose fault was told "
                              "to it");
        }

        // It may wait for itself.
        for (uint32_t sends = 0; sends < 2; sends++) {
                if (sends)
                        crowd_sends(gone, gone, 0);
                else
                        crowd_receives(gone, gone);
                renamed(gone);
                crowd_expect_state(THREAD_READY, gone,
                                   "who has waited for itself");
                crowd_expect_error(IPC_NO_PARTNER << 1 | !sends, gone,
                                   "who has waited for itself");
                crowd_expect_free(gone, "who has waited for itself");
        }
}

TEST(who_goes_waits_for_nobody)
{
        begin();
        for (uint32_t how = 0; how < 4; how++) {
                struct thread *whom = how == 3 ? gone : other;
                wait_for(gone);
                if (how == 0)
                        crowd_sends(gone, whom, 0);
                else if (how == 1)
                        crowd_receives_any(gone, ID_ANY);
                else
                        crowd_receives(gone, whom);
                if (how < 3)
                        timeout_add(gone, LATER);
                ipc_forget(gone);
                crowd_expect_free(gone, "a thread that will be no more");
                expect_bool(
                        false, other->senders || other->waiters,
                        "somebody is in the rings of who it has waited for");
                expect_number(MANY,
                              crowd_ring(gone->senders) +
                                      crowd_ring(gone->waiters),
                              "threads in its own rings, who are told later");
                renamed(gone);
                expect_told("who has waited for a thread that will be no more");
                expect_bool(false, timeouts_any(), "there is a timeout");
                thread_ready(gone);
        }
}

// --- A thread that begins ----------------------------------------------------------------

// It has been made active: nothing says that it is ready.
static void
new_thread(struct thread *thread)
{
        if (ready_is(thread))
                ready_remove(thread);
        ring_leave(thread);
        thread->state = THREAD_INACTIVE;
        thread->looks = false;
        thread->role = ROLE_USER;
        thread->partner = 0;
        thread->receive_timeout = TIME_ZERO;
}

static uint32_t
nobody(void)
{
        return id_make(CROWD_FIRST + 40, 3);
}

static void
expect_start(const struct thread *thread, uint32_t partner, bool looks,
             const char *when)
{
        crowd_expect_state(THREAD_RECEIVING, thread, when);
        expect_number(ROLE_START, thread->role, "%s: its role (1: ROLE_START)",
                      when);
        expect_id(partner, thread->partner, "%s: from whom", when);
        expect_number(TIME_NEVER, thread->receive_timeout,
                      "%s: its receive timeout", when);
        expect_bool(looks, thread->looks, "%s: it looks for its message", when);
        expect_bool(looks, ready_is(thread),
                    "%s: it is among the ready threads", when);
        crowd_expect_free(thread, when);
}

// A message that is there already may have been sent in the pager's name; the pager
// may be no more.
static void
starts_in_the_pagers_name(void)
{
        struct thread *pager = many[2], *deputy = many[4];

        for (uint32_t i = 0; i < 2; i++) {
                new_thread(gone);
                crowd_sends(many[1], gone, 2);
                deputy->sent_as = i == 0 ? pager->id : nobody();
                crowd_sends(deputy, gone, 2 | TAG_PROPAGATED);
                ipc_await_start(gone, deputy->sent_as);
                expect_start(gone, deputy->sent_as, true,
                             i == 0 ? "another thread is SENDING to it in its "
                                      "pager's name"
                                    : "another thread is SENDING to it in the "
                                      "name of its pager, which is no more");
                crowd_expect_state(THREAD_SENDING, deputy,
                                   "who sends in the pager's name");
                expect_number(1, gone->deputies,
                              "how many send to it in another one's name");
                ring_leave(many[1]);
                ring_leave(deputy);
        }
        deputy->sent_as = deputy->id;
}

TEST(a_start_is_waited_for)
{
        begin();
        new_thread(gone);
        ipc_await_start(gone, other->id);
        expect_start(gone, other->id, false, "a pager of another space");
        new_thread(gone);
        ipc_await_start(gone, many[0]->local);
        expect_start(gone, many[0]->id, false,
                     "a pager that is said by its local ID");
        // Nobody yet: whoever gets that ID.
        new_thread(gone);
        ipc_await_start(gone, nobody());
        expect_start(gone, nobody(), false, "a pager that there is not");

        // It has been sent already.
        for (uint32_t i = 0; i < 2; i++) {
                new_thread(gone);
                crowd_sends(many[1], gone, 2);
                crowd_sends(many[2], gone, 2);
                uint32_t id = i == 0 ? many[2]->id : many[2]->local;
                ipc_await_start(gone, id);
                expect_start(gone, many[2]->id, true,
                             "a pager that is SENDING to it");
                crowd_expect_state(THREAD_SENDING, many[2], "the pager");
                expect_number(2, crowd_ring(gone->senders),
                              "threads that are SENDING to it");
                ring_leave(many[1]);
                ring_leave(many[2]);
        }
        starts_in_the_pagers_name();
}

// --- Who is not meant -------------------------------------------------------------------------

TEST(who_is_not_meant_goes_on)
{
        begin();
        wait_for(other);
        crowd_receives_any(gone, ID_ANY);
        struct thread before[MANY];
        for (uint32_t i = 0; i < MANY; i++)
                before[i] = *many[i];

        // Those who wait for another one, and what the thread does itself.
        renamed(gone);
        crowd_expect_state(THREAD_RECEIVING, gone,
                           "a thread with a new name, RECEIVING from anybody");
        thread_ready(gone);
        crowd_sends(gone, other, 0);
        timeout_add(gone, LATER);
        renamed(gone);
        crowd_expect_state(THREAD_SENDING, gone,
                           "a thread with a new name, SENDING to another one");
        expect_bool(true, gone->ring == &other->senders && gone->wake_place > 0,
                    "it is in the ring of that one, with its timeout");
        ipc_forget(gone);
        ipc_fail(gone, IPC_PHASE_SEND, IPC_NO_PARTNER, 0);
        for (uint32_t i = 0; i < MANY; i++) {
                struct thread *now = many[i];
                const char *who = "who waits for another one";
                crowd_expect_state((enum thread_state)before[i].state, now,
                                   who);
                expect_bool(true,
                            now->ring == before[i].ring &&
                                    now->next_in_ring ==
                                            before[i].next_in_ring &&
                                    (now->wake_place != 0) ==
                                            (before[i].wake_place != 0),
                            "%s is in its ring, with its timeout", who);
                expect_number(0, utcb_read(now, UTCB_ERROR),
                              "%s: the error code", who);
        }
        renamed(other);

        // A start message of somebody else's; the pager's for somebody else.
        new_thread(gone);
        crowd_sends(many[1], gone, 2);
        crowd_sends(many[2], other, 2);
        ipc_await_start(gone, many[2]->id);
        expect_start(gone, many[2]->id, false,
                     "somebody else is SENDING to it, and its pager to "
                     "somebody else");
        // The pager's, but in the name of somebody else.
        ring_leave(many[2]);
        many[2]->sent_as = many[3]->id;
        crowd_sends(many[2], gone, 2 | TAG_PROPAGATED);
        new_thread(gone);
        ipc_await_start(gone, many[2]->id);
        expect_start(gone, many[2]->id, false,
                     "its pager is SENDING to it in another one's name");
}
