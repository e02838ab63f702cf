// SPDX-License-Identifier: MIT
// A test of any waiting that ends in any way, against a list of who is to be where.
#include <h4/crowd.h>
#include <l4/protocol.h>

#define THREADS 8u
#define STEPS 60u
#define LATER 0x0000010000000000ull
#define UNWRITTEN 0x5A5A5A5Au

// What is to be so of each thread.
struct due {
        enum thread_state state;
        uint32_t
                whom; // SENDING, RECEIVING from one: its number; THREADS: from any
        uint32_t since; // the larger, the later it has joined its ring
        bool timeout, deputy;
        unsigned stopped;
        uint32_t error; // in the UTCB
};

// What has been done, for the words of a failure.
static struct {
        uint32_t number, who;
} done;

#define AFTER "after step %u, %s of thread %u: "
#define OF_STEP done.number, when, done.who

static struct thread *threads[THREADS];
static struct due due[THREADS];

static void
begin(void)
{
        crowd_begin();
        timeouts_init();
        interrupts_init();
        struct space *one = crowd_space(), *two = crowd_space();
        for (uint32_t i = 0; i < THREADS; i++) {
                threads[i] = crowd_thread(i % 2 == 0 ? one : two);
                due[i] = (struct due){ .state = THREAD_READY };
        }
}

// A thread that is READY begins to wait.
static void
wait_somehow(uint32_t n, uint32_t step)
{
        struct thread *it = threads[n];
        struct due *is = &due[n];

        if (is->stopped != 0) {
                thread_go_on(it, STOPPED_HALTED);
                is->stopped = 0;
        }
        it->sent_as = it->id;
        is->whom = random_below(THREADS + 1);
        is->since = step;
        is->deputy = false;
        if (is->whom == THREADS) {
                is->state = THREAD_RECEIVING;
                crowd_receives_any(it, ID_ANY);
        } else if (random_below(2) == 0) {
                is->state = THREAD_RECEIVING;
                crowd_receives(it, threads[is->whom]);
        } else {
                is->state = THREAD_SENDING;
                is->deputy = random_below(4) == 0;
                if (is->deputy)
                        it->sent_as = threads[(n + 1) % THREADS]->id;
                crowd_sends(it, threads[is->whom], 0);
        }
        if (random_below(3) == 0)
                it->role = is->state == THREAD_SENDING ? ROLE_EXCEPTION
                                                       : ROLE_PAGE_FAULT;
        is->timeout = random_below(2) == 0;
        if (is->timeout)
                timeout_add(it, LATER + random_below(4));
}

// What becomes of a thread whose waiting ends so.
static void
ends(uint32_t n, enum ipc_error error)
{
        struct due *is = &due[n];

        if (threads[n]->role == ROLE_USER)
                is->error =
                        (uint32_t)error << 1 | (is->state != THREAD_SENDING);
        else if (error != IPC_CANCELLED)
                is->stopped = STOPPED_HALTED;
        is->state = THREAD_READY;
        is->timeout = false;
        is->deputy = false;
}

static void
is_abandoned(uint32_t n)
{
        for (uint32_t i = 0; i < THREADS; i++)
                if (due[i].state != THREAD_READY && due[i].whom == n)
                        ends(i, IPC_NO_PARTNER);
}

static const char *
step_of(uint32_t n, uint32_t step)
{
        static const enum ipc_error errors[] = { IPC_TIMEOUT, IPC_NO_PARTNER,
                                                 IPC_CANCELLED };
        enum ipc_error error = errors[random_below(3)];
        uint32_t way = random_below(8);

        if (due[n].state == THREAD_READY && way != 0) {
                wait_somehow(n, step);
                return "the waiting";
        }
        if (way < 2) {
                is_abandoned(n);
                thread_rename(threads[n], threads[n]->id + 1);
                return "another ID";
        }
        if (way == 2) {
                due[n].state = THREAD_READY; // so to speak
                due[n].timeout = due[n].deputy = false;
                is_abandoned(n);
                ipc_forget(threads[n]);
                thread_rename(threads[n], threads[n]->id + 1);
                // Nobody sees what it was told of its own end: it is a new one.
                utcb_write(threads[n], UTCB_ERROR, due[n].error);
                threads[n]->stopped = 0;
                thread_ready(threads[n]);
                return "ipc_forget";
        }
        ends(n, error);
        ipc_end(threads[n], error);
        return "ipc_end";
}

// --- What is looked at after each step --------------------------------------------------------

static void
check_ring(const struct thread *first, uint32_t n, enum thread_state state,
           const char *when)
{
        uint32_t members = 0, count = crowd_ring(first), since = 0;

        for (uint32_t i = 0; i < THREADS; i++)
                members += due[i].state == state && due[i].whom == n;
        expect_number(
                members, count, AFTER "threads that are %s thread %u", OF_STEP,
                state == THREAD_SENDING ? "SENDING to" : "RECEIVING from", n);
        for (uint32_t i = 0; i < count; i++, first = first->next_in_ring) {
                uint32_t at = 0;
                while (at < THREADS && threads[at] != first)
                        at++;
                if (at == THREADS || due[at].since < since)
                        fail(AFTER "those who wait for thread %u stand in "
                                   "another order than they came",
                             OF_STEP, n);
                since = due[at].since;
        }
}

static void
check(uint32_t n, const char *when)
{
        const struct thread *it = threads[n];
        const struct due *is = &due[n];
        uint32_t deputies = 0;

        for (uint32_t i = 0; i < THREADS; i++)
                deputies += due[i].deputy && due[i].whom == n;
        expect_number(is->state, it->state, AFTER "state of thread %u", OF_STEP,
                      n);
        expect_bool(is->state != THREAD_READY && is->whom < THREADS,
                    it->ring != NULL, AFTER "thread %u is in a ring", OF_STEP,
                    n);
        expect_bool(is->timeout, it->wake_place != 0,
                    AFTER "thread %u has a timeout", OF_STEP, n);
        expect_number(is->stopped, it->stopped,
                      AFTER "why thread %u is stopped", OF_STEP, n);
        expect_bool(is->state == THREAD_READY && is->stopped == 0, ready_is(it),
                    AFTER "thread %u is among the ready ones", OF_STEP, n);
        expect_number(deputies, it->deputies,
                      AFTER "who sends to thread %u as somebody else", OF_STEP,
                      n);
        expect_hex(is->error, utcb_read(it, UTCB_ERROR),
                   AFTER "the error code of thread %u", OF_STEP, n);
        check_ring(it->senders, n, THREAD_SENDING, when);
        check_ring(it->waiters, n, THREAD_RECEIVING, when);
}

TEST(any_waiting_ends)
{
        begin();
        for (uint32_t step = 1; step <= STEPS; step++) {
                uint32_t n = random_below(THREADS);
                const char *when = step_of(n, step);
                done.number = step;
                done.who = n;
                for (uint32_t i = 0; i < THREADS; i++)
                        check(i, when);
        }
        uint32_t left = 0;
        for (uint32_t i = 0; i < THREADS; i++)
                left += due[i].timeout;
        while (timeout_take(UINT64_MAX))
                left--;
        expect_number(0, left, "timeouts that are not there at the end");
}
