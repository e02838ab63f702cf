// SPDX-License-Identifier: MIT
// A test of threads that have faults, are preempted, receive and answer, in any order:
// where each fault leads, and that all rings are as the states say.
#include <l4/protocol.h>

#include <h4/crowd.h>

#define THREADS 6u
#define STEPS 150u

static struct thread *threads[THREADS];

static void
begin(void)
{
        crowd_begin();
        timeouts_init();
        interrupts_init();
        struct space *spaces[] = { crowd_space(), crowd_space() };
        for (uint32_t i = 0; i < THREADS; i++)
                threads[i] = crowd_thread(spaces[i % 2]);
}

// A word that a thread may have for its pager, and whom it means: null, nobody.
struct named {
        uint32_t word;
        struct thread *who;
};

static struct named
any_name(uint32_t n)
{
        struct thread *other = threads[random_below(THREADS)];
        uint32_t place = random_below(THREADS / 2);

        switch (random_below(8)) {
        case 0: // a local ID means somebody else in each space
                return (struct named){ threads[2 * place]->local,
                                       threads[2 * place + n % 2] };
        case 1:
                return (struct named){ random_below(2) == 0 ? ID_NIL : ID_ANY,
                                       NULL };
        case 2:
                return (struct named){ id_interrupt(random_below(16)), NULL };
        case 3:
                return (struct named){ id_make(id_number(other->id), 2), NULL };
        default:
                return (struct named){ other->id, other };
        }
}

static bool
waits_for(const struct thread *it, const struct thread *sender)
{
        return it && it->state == THREAD_RECEIVING && it->role == ROLE_USER &&
               !it->looks &&
               (it->partner == ID_ANY || it->partner == sender->id);
}

static void
expect_after(const struct thread *it, enum thread_state state, unsigned stopped,
             struct thread *const *ring, const char *what)
{
        crowd_expect_state(state, it, what);
        expect_number(stopped, it->stopped,
                      "%s: why it is stopped (1: halted, 2: its quantum)",
                      what);
        expect_bool(true, it->ring == ring,
                    "%s: it is in the ring where it is to be", what);
}

// A page fault or an exception.
static void
faults(uint32_t n)
{
        static const int words[] = { UTCB_ERROR, UTCB_ACTUAL, 1, 2, 3 };
        uint32_t before[5];
        struct thread *it = threads[n];
        struct named to = any_name(n);
        bool pages = random_below(2) == 0;
        bool meets = waits_for(to.who, it);

        for (uint32_t i = 0; i < 5; i++)
                before[i] = utcb_read(it, words[i]);
        utcb_write(it, pages ? UTCB_PAGER : UTCB_EXCEPTION_HANDLER, to.word);
        protocol_event(it, pages ? H_VECTOR_PAGE_FAULT : 13, 6);
        if (!to.who)
                expect_after(it, THREAD_READY, STOPPED_HALTED, NULL,
                             "a fault, and nobody to tell");
        else if (meets)
                expect_after(it, THREAD_RECEIVING, 0, &to.who->waiters,
                             "a fault, and somebody waits for it");
        else
                expect_after(it, THREAD_SENDING, 0, &to.who->senders,
                             "a fault, and nobody waits for it");
        if (meets)
                crowd_expect_state(THREAD_READY, to.who,
                                   "who has been told of a fault");
        for (uint32_t i = 0; i < 5; i++)
                expect_hex(before[i], utcb_read(it, words[i]),
                           "who has a fault: the word of the UTCB at offset "
                           "%d from message register 0",
                           4 * words[i]);
}

static void
is_preempted(uint32_t n)
{
        struct thread *it = threads[n];
        struct thread *to = threads[random_below(THREADS)];
        bool meets = waits_for(to, it), used_up = random_below(2) == 0;

        it->scheduler = to->id;
        if (used_up)
                protocol_used_up(it);
        else
                protocol_preempted(it);
        if (meets)
                expect_number(THREAD_READY, to->state,
                              "the state of a scheduler that has been told");
        if (!used_up)
                expect_after(it, THREAD_READY, 0, NULL,
                             "a preemption that is signalled");
        else
                expect_after(it, meets ? THREAD_READY : THREAD_SENDING,
                             STOPPED_QUANTUM, meets ? NULL : &to->senders,
                             "a quantum that has ended");
}

// A program's own messages, some of them answers.
static void
calls(uint32_t n)
{
        struct registers in = {
                .eax = random_below(2) == 0
                               ? ID_NIL
                               : threads[random_below(THREADS)]->id,
                .edx = random_below(3) == 0 ? threads[random_below(THREADS)]->id
                                            : ID_ANY,
                .ecx = TIME_ZERO << 16,
        };

        current = threads[n];
        call_ipc(threads[n], &in);
}

static void
step(uint32_t n)
{
        struct thread *it = threads[n];
        uint32_t way = random_below(8);

        if (it->looks)
                ipc_look(it);
        else if (it->state != THREAD_READY && way < 2)
                ipc_end(it, IPC_CANCELLED);
        else if (it->state != THREAD_READY)
                return;
        else if (it->stopped != 0)
                thread_go_on(it, it->stopped);
        else if (way < 3)
                faults(n);
        else if (way == 3)
                is_preempted(n);
        else
                calls(n);
}

static void
check(uint32_t n)
{
        const struct thread *it = threads[n];
        struct thread *partner = NULL;
        struct thread *const *ring = NULL;

        if (it->state == THREAD_SENDING)
                ring = it->receiver ? &it->receiver->senders : NULL;
        if (it->state == THREAD_RECEIVING && !it->looks)
                partner = thread_find(it->partner);
        if (partner)
                ring = &partner->waiters;
        if (it->state == THREAD_RECEIVING && it->partner != ID_ANY &&
            !partner && !it->looks)
                fail("thread %u waits for 0x%08x, and that is nobody", n,
                     it->partner);
        if (it->state == THREAD_SENDING && !ring)
                fail("thread %u is SENDING to nobody", n);
        expect_bool(true, it->ring == ring,
                    "thread %u, state %u, role %u: it is in the ring that its "
                    "state says",
                    n, it->state, it->role);
        expect_bool((it->state == THREAD_READY && it->stopped == 0) ||
                            it->looks,
                    ready_is(it),
                    "thread %u, state %u, stopped %u: it is among the ready "
                    "ones",
                    n, it->state, it->stopped);
        expect_number(0, it->wake_place, "thread %u: its timeout", n);
        expect_number(0, it->deputies,
                      "thread %u: who sends to it as somebody else", n);
}

TEST(faults_at_random)
{
        begin();
        for (uint32_t i = 0; i < STEPS; i++) {
                step(random_below(THREADS));
                for (uint32_t n = 0; n < THREADS; n++)
                        check(n);
        }
}
