// SPDX-License-Identifier: MIT
// Tests of how waiting ends without a message: what the thread finds, and what is left of
// its waiting.
#include <kernel/format.h>
#include <l4/notice.h>
#include <l4/protocol.h>

#include "kept.h"
#include "screen.h"

#define LATER 0x00000100FFFFFFFFull // a timeout ends

static struct space *here, *there;
static struct thread *a, *b, *c, *d; // a and b here, c and d there

static void
begin(void)
{
        crowd_begin();
        timeouts_init();
        notices_init();
        here = crowd_space();
        there = crowd_space();
        a = crowd_thread(here);
        b = crowd_thread(here);
        c = crowd_thread(there);
        d = crowd_thread(there);
        current = b; // whoever it is about, another one runs
}

// --- ipc_fail, of a program -------------------------------------------------------------

TEST(a_program_is_told_of_an_error)
{
        static const uint32_t offsets[] = { 0, 1, 0x12345, 0x0FFFFFFF };

        begin();
        for (uint32_t phase = 0; phase < 2; phase++)
                for (uint32_t error = IPC_TIMEOUT; error <= IPC_ABORTED;
                     error++) {
                        uint32_t offset = offsets[(phase + error) % 4];
                        set_register(a, H_ESI, 0x11);
                        set_register(a, H_EAX, 0x12);
                        ipc_fail(a, phase, (enum ipc_error)error, offset);
                        crowd_expect_error(offset << 4 | error << 1 | phase, a,
                                           "who has failed");
                }
        // In whatever state it was: nothing else is written.
        for (uint32_t i = 0; i < 3; i++) {
                struct kept due = keep_any(a);
                if (i == 1)
                        crowd_sends(a, c, 5);
                if (i == 2)
                        crowd_receives_any(a, ID_ANY);
                ipc_fail(a, i % 2, IPC_OVERFLOW, 7);
                due.utcb[KEPT_MR0 + UTCB_ERROR] =
                        7u << 4 | IPC_OVERFLOW << 1 | i % 2;
                due.registers[H_ESI] = TAG_ERROR;
                due.registers[H_EAX] = ID_NIL;
                expect_kept(&due, a, "who has failed");
                crowd_expect_state(THREAD_READY, a, "who has failed");
                expect_bool(true, ready_is(a),
                            "who has failed is among the ready threads");
                expect_number(0, a->stopped, "why it is stopped");
        }
}

// --- What is left of the waiting -------------------------------------------------------------

static void
expect_ring(struct thread *first, struct thread *second, struct thread *ring,
            const char *what)
{
        expect_number(2, crowd_ring(ring), "%s: how many are left in it", what);
        expect_bool(true, ring == first && ring->next_in_ring == second,
                    "%s: the others are in it in their order", what);
}

TEST(a_failure_ends_the_waiting)
{
        begin();
        for (uint32_t at = 0; at < 3; at++)
                for (uint32_t sends = 0; sends < 2; sends++) {
                        struct thread *in[3] = { a, c, d }, *left[2];
                        struct thread *it = in[at];
                        it->sent_as = b->id;
                        for (uint32_t i = 0, j = 0; i < 3; i++) {
                                if (sends)
                                        crowd_sends(in[i], b, 0);
                                else
                                        crowd_receives(in[i], b);
                                timeout_add(in[i], LATER + i);
                                if (i != at)
                                        left[j++] = in[i];
                        }
                        ipc_fail(it, sends ? 0 : 1, IPC_CANCELLED, 0);
                        crowd_expect_state(THREAD_READY, it, "who has failed");
                        crowd_expect_free(it, "who has failed");
                        expect_ring(left[0], left[1],
                                    sends ? b->senders : b->waiters,
                                    sends ? "a ring of senders"
                                          : "a ring of waiters");
                        expect_number(0, b->deputies,
                                      "how many are in the ring as somebody "
                                      "else");
                        it->sent_as = it->id;
                        for (uint32_t i = 0; i < 2; i++) {
                                if (!left[i]->wake_place)
                                        fail("another one in the ring has no "
                                             "timeout any more");
                                ring_leave(left[i]);
                                timeout_remove(left[i]);
                                thread_ready(left[i]);
                        }
                        expect_bool(false, timeouts_any(),
                                    "the timeout of who has failed is there");
                }
        // From many: there is no ring. Looking: it is ready, and stays so.
        for (uint32_t looks = 0; looks < 2; looks++) {
                crowd_receives_any(a, ID_ANY);
                if (looks)
                        thread_look(a);
                else
                        timeout_add(a, LATER);
                ipc_fail(a, IPC_PHASE_RECEIVE, IPC_TIMEOUT, 0);
                crowd_expect_state(THREAD_READY, a, "who has failed");
                crowd_expect_free(a, "who has failed");
                expect_bool(false, a->looks, "it looks for a sender");
                expect_bool(true, ready_is(a), "it is among the ready threads");
        }
}

TEST(each_phase_has_its_error)
{
        static const enum ipc_error errors[] = { IPC_TIMEOUT, IPC_NO_PARTNER,
                                                 IPC_CANCELLED };

        begin();
        for (uint32_t i = 0; i < 3; i++)
                for (uint32_t how = 0; how < 4; how++) {
                        if (how == 0)
                                crowd_sends(a, c, 0);
                        else if (how == 1)
                                crowd_receives(a, c);
                        else
                                crowd_receives_any(a, ID_ANY_LOCAL);
                        if (how == 3)
                                thread_look(a);
                        else
                                timeout_add(a, LATER);
                        set_register(a, H_ESI, 0x11);
                        set_register(a, H_EAX, 0x12);
                        ipc_end(a, errors[i]);
                        crowd_expect_error((uint32_t)errors[i] << 1 | (how > 0),
                                           a,
                                           how == 0   ? "SENDING"
                                           : how == 3 ? "RECEIVING, and looks"
                                                      : "RECEIVING");
                        crowd_expect_state(THREAD_READY, a, "whose Ipc ends");
                        crowd_expect_free(a, "whose Ipc ends");
                        expect_bool(true, ready_is(a),
                                    "it is among the ready threads");
                }
        expect_number(0, crowd_ring(c->senders) + crowd_ring(c->waiters),
                      "threads in the rings of their partner");
}

// --- Messages of the kernel -------------------------------------------------------------------

static const char *const role_names[] = {
        "ROLE_USER",      "ROLE_START",      "ROLE_PAGE_FAULT",
        "ROLE_EXCEPTION", "ROLE_PREEMPTION", "ROLE_INTERRUPT",
};

static void
fails_in(enum thread_role role, uint32_t how, enum ipc_error error)
{
        if (how == 1)
                crowd_sends(a, c, 0x12345678);
        if (how == 2)
                crowd_receives(a, c);
        if (how == 3)
                thread_look(a);
        a->role = (uint8_t)role;
        a->stopped = role == ROLE_PREEMPTION && how > 0 ? STOPPED_QUANTUM : 0;

        bool halts = role != ROLE_PREEMPTION && error != IPC_CANCELLED;
        uint32_t due = a->stopped | (halts ? STOPPED_HALTED : 0);
        if (how == 0)
                ipc_fail(a, IPC_PHASE_SEND, error, 0);
        else
                ipc_end(a, error);
        crowd_expect_state(THREAD_READY, a, "its message has failed");
        crowd_expect_free(a, "its message has failed");
        expect_number(due, a->stopped,
                      "%s, error %u: why the thread is stopped (1: halted, "
                      "2: its quantum)",
                      role_names[role], (uint32_t)error);
        expect_bool(due == 0, ready_is(a),
                    "%s, error %u: it is among the ready threads",
                    role_names[role], (uint32_t)error);
        a->stopped = 0;
        thread_ready(a);
}

// What the kernel says of it; nothing is "".
static void
expect_said(const char *due, enum thread_role role, enum ipc_error error,
            const char *what)
{
        screen_fill();
        a->role = (uint8_t)role;
        trying("ipc_fail with error %u of %s: %s", error, role_names[role],
               what);
        ipc_fail(a, IPC_PHASE_SEND, error, 0);
        bool says = notices_any();
        while (notices_any())
                notice_step();
        bool shows = screen_shows(due);
        trying_over();
        screen_restore();
        a->stopped = 0;
        thread_ready(a);
        expect_bool(due[0] != 0, says, "%s, and there is something to say",
                    what);
        expect_bool(true, shows, "%s, and \"%s\" is printed", what, due);
}

static void
halted_in_silence(void)
{
        char who[2 * 8 + 5];

        format(who, sizeof(who), "%08X at %08X", a->id, get_register(a, H_EIP));
        expect_said("", ROLE_EXCEPTION, IPC_NO_PARTNER,
                    "a thread without privilege is halted");
        here->privileged = true;
        expect_said(who, ROLE_EXCEPTION, IPC_NO_PARTNER,
                    "a privileged thread is halted");
        expect_said("", ROLE_EXCEPTION, IPC_CANCELLED,
                    "a privileged thread is cancelled");
        expect_said("", ROLE_PREEMPTION, IPC_NO_PARTNER,
                    "a privileged thread cannot tell of its preemption");
        here->privileged = false;
}

TEST(messages_of_the_kernel_fail)
{
        static const enum thread_role roles[] = { ROLE_PAGE_FAULT,
                                                  ROLE_EXCEPTION, ROLE_START,
                                                  ROLE_PREEMPTION };
        static const enum ipc_error errors[] = { IPC_NO_PARTNER, IPC_CANCELLED,
                                                 IPC_OVERFLOW, IPC_TIMEOUT };

        begin();
        interrupts_init();
        set_register(a, H_EIP, 0x0804ABCD);
        struct kept due = keep_any(a);
        for (uint32_t i = 0; i < 4; i++)
                for (uint32_t how = 0; how < 4; how++)
                        for (uint32_t j = 0; j < 4; j++)
                                if (roles[i] != ROLE_PREEMPTION || how < 2)
                                        fails_in(roles[i], how, errors[j]);
        halted_in_silence();
        expect_kept(&due, a, "whose messages of the kernel have failed");

        for (uint32_t how = 0; how < 3; how++) {
                struct thread *line = thread_find(id_interrupt(5));
                line->handler = c->id;
                if (how == 1)
                        crowd_sends(line, c, 0);
                if (how == 2)
                        crowd_receives(line, c);
                line->role = ROLE_INTERRUPT;
                if (how == 0)
                        ipc_fail(line, IPC_PHASE_SEND, IPC_NO_PARTNER, 0);
                else
                        ipc_end(line, IPC_NO_PARTNER);
                expect_id(ID_NIL, line->handler,
                          "the handler of a line that reaches nobody");
                crowd_expect_state(THREAD_READY, line, "the line");
                crowd_expect_free(line, "the line");
                expect_bool(false, ready_is(line),
                            "the line is among the ready threads");
                expect_number(0, line->stopped, "why the line is stopped");
        }
}
