// SPDX-License-Identifier: MIT
// A test of many interrupts, answers and handlers that change, against what each line is
// to be.
#include "lines.h"

#define STEPS 120u
#define HANDLERS 3u

static const unsigned numbers[] = { 1, 4, 7, 8, 15 };
#define USED (sizeof(numbers) / sizeof(numbers[0]))

static struct thread *handlers[HANDLERS];
static struct space *spaces[2];

// What is to be so of each line: whose it is (HANDLERS: nobody's), and its state.
static struct due {
        uint32_t handler;
        enum thread_state state;
        uint32_t since; // it is SENDING
} due[USED];

static void
begin(void)
{
        crowd_begin();
        timeouts_init();
        interrupts_init();
        spaces[0] = crowd_space();
        spaces[1] = crowd_space();
        crowd_thread(spaces[0]); // so that the spaces stay
        crowd_thread(spaces[1]);
        for (uint32_t i = 0; i < HANDLERS; i++)
                handlers[i] = crowd_thread(spaces[i % 2]);
        for (uint32_t i = 0; i < USED; i++)
                due[i] = (struct due){ HANDLERS, THREAD_READY, 0 };
}

// The line of the handler's that has been SENDING for longest; USED: none.
static uint32_t
first_of(uint32_t handler)
{
        uint32_t first = USED;

        for (uint32_t i = 0; i < USED; i++)
                if (due[i].handler == handler &&
                    due[i].state == THREAD_SENDING &&
                    (first == USED || due[i].since < due[first].since))
                        first = i;
        return first;
}

static void
is_handled_by(uint32_t at, uint32_t by)
{
        interrupt_handle(line_thread(numbers[at]),
                         by < HANDLERS ? handlers[by] : NULL);
        due[at].handler = by;
        due[at].state = THREAD_READY;
}

static const char *
changes_hands(uint32_t at)
{
        is_handled_by(at, random_below(HANDLERS + 1));
        return "a line has got a handler, or none";
}

static const char *
handler_ends(uint32_t h)
{
        thread_end(handlers[h]);
        handlers[h] = crowd_thread(spaces[h % 2]);
        for (uint32_t i = 0; i < USED; i++)
                if (due[i].handler == h)
                        due[i] = (struct due){ HANDLERS, THREAD_READY, 0 };
        return "a handler has ended";
}

static const char *
rises(uint32_t at, uint32_t step)
{
        if (due[at].handler < HANDLERS && due[at].state == THREAD_READY) {
                due[at].state = THREAD_SENDING;
                due[at].since = step;
        }
        line_rises(numbers[at]);
        return "a line has risen";
}

static const char *
is_received(uint32_t h)
{
        uint32_t first = first_of(h);

        if (first < USED)
                due[first].state = THREAD_RECEIVING;
        expect_hex(first < USED ? id_interrupt(numbers[first]) : ID_NIL,
                   line_is_asked_for(ID_ANY, handlers[h]),
                   "whose interrupt a handler receives");
        return "a handler has received from anybody";
}

static const char *
is_answered(uint32_t at, uint32_t h)
{
        bool is_due = due[at].state == THREAD_RECEIVING && due[at].handler == h;

        utcb_write(handlers[h], UTCB_ERROR, 0);
        line_is_answered(numbers[at], handlers[h]);
        expect_id(is_due                 ? 0
                  : due[at].handler == h ? IPC_TIMEOUT << 1
                                         : IPC_NO_PARTNER << 1,
                  utcb_read(handlers[h], UTCB_ERROR),
                  "line %u is answered by %s: the error code", numbers[at],
                  due[at].handler == h ? "its handler" : "another thread");
        if (is_due)
                due[at].state = THREAD_READY;
        return "a line has been answered, or was to be";
}

static const char *
step_of(uint32_t step)
{
        uint32_t at = random_below(USED), h = random_below(HANDLERS);

        switch (random_below(8)) {
        case 0:
                return changes_hands(at);
        case 1:
                return random_below(3) == 0 ? handler_ends(h)
                                            : changes_hands(at);
        case 2:
        case 3:
        case 4:
                return rises(at, step);
        case 5:
                return is_received(h);
        default:
                return is_answered(
                        at, due[at].handler < HANDLERS ? due[at].handler : h);
        }
}

static void
check(uint32_t at, const char *when)
{
        const struct due *is = &due[at];
        const struct thread *line = line_thread(numbers[at]);
        const struct thread *handler =
                is->handler < HANDLERS ? handlers[is->handler] : NULL;
        struct thread *const *ring =
                is->state == THREAD_SENDING     ? &handler->senders
                : is->state == THREAD_RECEIVING ? &handler->waiters
                                                : NULL;

        line_expect(numbers[at], is->state,
                    handler && is->state == THREAD_READY, when);
        expect_hex(handler ? handler->id : ID_NIL, line->handler,
                   "%s: the handler of line %u", when, numbers[at]);
        expect_bool(true, line->ring == ring,
                    "%s: line %u is in the ring that its state says", when,
                    numbers[at]);
        expect_bool(false, ready_is(line) || line->wake_place != 0,
                    "%s: line %u is ready to run, or has a timeout", when,
                    numbers[at]);
}

// Each line rises while each other one waits for its answer.
static void
two_at_once(void)
{
        for (uint32_t i = 0; i < USED * USED; i++) {
                uint32_t one = i / USED, other = i % USED;
                if (one == other)
                        continue;
                is_handled_by(one, 0);
                is_handled_by(other, 1);
                rises(one, 1);
                rises(other, 2);
                check(one, "another line has risen");
                check(other, "it has risen while another line waits");
                is_handled_by(one, HANDLERS);
                is_handled_by(other, HANDLERS);
        }
}

TEST(interrupts_at_random)
{
        begin();
        two_at_once();
        for (uint32_t step = 1; step <= STEPS; step++) {
                const char *when = step_of(step);
                for (uint32_t i = 0; i < USED; i++)
                        check(i, when);
        }
}
