// SPDX-License-Identifier: MIT
// Tests of interrupt lines: who is told, when they are open, whose they are.
#include "lines.h"

#define PROGRAM "trial6"

// The serial line's ports are lent at the first of its instructions: by an exception.
#define RUN(trial)                                                             \
        TEST(trial)                                                            \
        {                                                                      \
                system_begin(PROGRAM);                                         \
                system_allow_exceptions();                                     \
                system_run(#trial);                                            \
        }

static struct space *here, *there;
static struct thread *a, *b, *c; // a and b here, c there

static void
begin(void)
{
        crowd_begin();
        timeouts_init();
        interrupts_init();
        here = crowd_space();
        there = crowd_space();
        a = crowd_thread(here);
        b = crowd_thread(here);
        c = crowd_thread(there);
        current = b;
}

static void
give(unsigned line, const struct thread *handler)
{
        expect_call(CALL_OK, interrupt_handle(line_thread(line), handler),
                    "interrupt_handle: a handler for line %u", line);
}

// --- Messages --------------------------------------------------------------------------

static void
expect_told(const struct thread *handler, unsigned line, const char *when)
{
        expect_hex(id_interrupt(line), get_register(handler, H_EAX),
                   "line %u, %s: the handler's EAX", line, when);
        expect_hex(TAG_OF_LINES, get_register(handler, H_ESI),
                   "line %u, %s: the handler's tag", line, when);
        crowd_expect_state(THREAD_READY, handler, "the handler");
        crowd_expect_free(handler, "the handler");
        line_expect(line, THREAD_RECEIVING, false, when);
        const struct thread *thread = line_thread(line);
        expect_hex(handler->id, thread->partner,
                   "line %u, %s: from whom it receives", line, when);
        expect_number(0, thread->wake_place, "line %u, %s: its timeout", line,
                      when);
}

// From the interrupt to the answer, the handler waiting for it already.
static void
to_who_waits(unsigned line, struct thread *handler)
{
        give(line, handler);
        line_expect(line, THREAD_READY, true, "somebody handles it");
        for (uint32_t i = 0; i < 2; i++) {
                if (i == 0)
                        crowd_receives_any(handler, ID_ANY);
                else
                        crowd_receives(handler, line_thread(line));
                line_rises(line);
                expect_told(handler, line, "the handler has waited for it");
                line_is_answered(line, handler);
                line_expect(line, THREAD_READY, true, "it has been answered");
                crowd_expect_free(line_thread(line), "an answered line");
        }
}

// The same, the handler waiting for somebody else, or not at all.
static void
to_who_does_not(unsigned line, struct thread *handler, uint32_t how)
{
        give(line, handler);
        if (how == 0)
                crowd_receives(handler, b);
        else if (how == 1)
                crowd_receives_any(handler, ID_ANY_LOCAL);
        line_rises(line);
        line_expect(line, THREAD_SENDING, false,
                    "the handler does not wait for it");
        expect_bool(true, line_thread(line)->ring == &handler->senders,
                    "line %u is among the handler's senders", line);
        expect_number(0, line_thread(line)->wake_place,
                      "line %u, SENDING: its timeout", line);
        expect_number(how < 2 ? THREAD_RECEIVING : THREAD_READY, handler->state,
                      "the state of a handler that does not wait for the line");
        ring_leave(handler);
        thread_ready(handler);
        line_is_asked_for(ID_ANY, handler);
        expect_told(handler, line, "the handler receives from anybody then");
        line_is_answered(line, handler);
        line_expect(line, THREAD_READY, true, "it has been answered");
}

TEST(a_raised_line_tells_its_handler)
{
        begin();
        for (unsigned line = 0; line < LINES; line++) {
                if (!line_is_clients(line))
                        continue;
                to_who_waits(line, line % 2 == 0 ? a : c);
                to_who_does_not(line, line % 2 == 0 ? c : a, line % 3);
        }
        // Two at once, and who came between them.
        give(4, a);
        give(9, a);
        line_rises(9);
        crowd_sends(c, a, 0);
        line_rises(4);
        const uint32_t due[] = { id_interrupt(9), c->id, id_interrupt(4) };
        for (uint32_t i = 0; i < 3; i++)
                expect_hex(due[i], line_is_asked_for(ID_ANY, a),
                           "two lines and a thread send to the handler: who "
                           "is the %u.",
                           i + 1);
        interrupt_answered(line_thread(4));
        expect_bool(true, line_is_open(4) && !line_is_open(9),
                    "interrupt_answered opens this line, and no other one");
}

// --- Handlers ---------------------------------------------------------------------------

// A line of a's in each of its states.
static void
bring(unsigned line, uint32_t state)
{
        give(line, a);
        if (state > 0)
                line_rises(line);
        if (state > 1)
                line_is_asked_for(id_interrupt(line), a);
}

static void
expect_nothing_left(unsigned line, const char *when)
{
        struct thread *thread = line_thread(line);

        crowd_expect_free(thread, when);
        if (a->senders || a->waiters)
                fail("line %u, %s: somebody is in the rings of the handler "
                     "before",
                     line, when);
        if (ready_is(thread))
                fail("line %u is among the ready threads, %s", line, when);
        expect_hex(ID_NIL, line_is_asked_for(ID_ANY, a),
                   "line %u, %s: what is on its way to the handler before",
                   line, when);
}

TEST(a_line_changes_hands)
{
        begin();
        for (unsigned line = 1; line < LINES; line += 2)
                for (uint32_t state = 0; state < 3; state++) {
                        bring(line, state);
                        give(line, c);
                        line_expect(line, THREAD_READY, true,
                                    "it has got another handler");
                        expect_nothing_left(line, "with another handler");
                        crowd_receives_any(c, ID_ANY);
                        line_rises(line);
                        expect_told(c, line, "with another handler");

                        bring(line, state);
                        give(line, a);
                        line_expect(line, THREAD_READY, true,
                                    "it has got the same handler again");
                        expect_nothing_left(line, "with the same one again");

                        bring(line, state);
                        expect_bool(true, interrupts_any(),
                                    "interrupts_any, with a handler");
                        give(line, NULL);
                        line_expect(line, THREAD_READY, false,
                                    "nobody handles it any more");
                        expect_nothing_left(line, "without a handler");
                        expect_id(ID_NIL, line_thread(line)->handler,
                                  "the handler of a line of nobody's");
                        expect_bool(false, interrupts_any(),
                                    "interrupts_any, without a handler");
                }
        // The handler ends, in each state of the line.
        for (uint32_t state = 0; state < 3; state++) {
                struct thread *now = crowd_thread(there), *was = a;
                a = now;
                bring(5, state);
                a = was;
                thread_end(now);
                line_expect(5, THREAD_READY, false, "its handler has ended");
                expect_nothing_left(5, "its handler has ended");
        }
}

RUN(an_interrupt_waits_for_its_answer)
RUN(an_interrupt_waits_in_the_queue)

// --- What there is not --------------------------------------------------------------------

static void
expect_as_before(const struct thread *before, const struct thread *now,
                 unsigned line, const char *when)
{
        expect_id(before->handler, now->handler, "line %u, %s: its handler",
                  line, when);
        expect_bool(true, now->ring == before->ring,
                    "line %u, %s: it is in the ring in which it was", line,
                    when);
        const uint32_t *due = (const uint32_t *)before;
        const uint32_t *found = (const uint32_t *)now;

        for (uint32_t word = 0; word < sizeof(*now) / 4; word++)
                if (due[word] != found[word])
                        expect_hex(due[word], found[word],
                                   "line %u, %s: word %u of its thread", line,
                                   when, word);
}

TEST(lines_that_cannot_be_raised)
{
        begin();
        for (unsigned line = 0; line <= 2; line += 2)
                for (uint32_t i = 0; i < 2; i++) {
                        struct thread before = *line_thread(line);
                        bool open = line_is_open(line);
                        if (line == 2) // which H refuses: then this is seen
                                h_putstrln("interrupt_handle of line 2:");
                        expect_call(CALL_BAD_THREAD,
                                    interrupt_handle(line_thread(line),
                                                     i == 0 ? a : NULL),
                                    "interrupt_handle of line %u", line);
                        line_expect(line, THREAD_READY, open,
                                    "which is the kernel's");
                        expect_as_before(&before, line_thread(line), line,
                                         "which is the kernel's");
                }

        // Without a handler, and with one that is no more.
        crowd_receives_any(a, ID_ANY);
        for (uint32_t i = 0; i < 2; i++) {
                struct thread *line = line_thread(7);
                if (i == 1)
                        line->handler = id_make(id_number(a->id), 9);
                struct thread before = *line;
                must(h_disable_irq(7), "h_disable_irq");
                interrupt_raised(7);
                line_expect(7, THREAD_READY, false, "whose handler is nobody");
                // That the handler is no more may be noted, or not.
                if (line->handler == ID_NIL)
                        before.handler = ID_NIL;
                expect_as_before(&before, line, 7, "whose handler is nobody");
        }
        crowd_expect_state(THREAD_RECEIVING, a, "who waits for anybody");
        thread_ready(a);

        // While it waits to be received, or to be answered.
        for (uint32_t state = 1; state < 3; state++) {
                bring(7, state);
                struct thread before = *line_thread(7);
                interrupt_raised(7);
                line_expect(7, state == 1 ? THREAD_SENDING : THREAD_RECEIVING,
                            false, "raised although it waits");
                expect_as_before(&before, line_thread(7), 7,
                                 "raised although it waits");
                // Nobody else answers it, nor does its handler too early.
                line_is_answered(7, b);
                crowd_expect_error(IPC_NO_PARTNER << 1, b,
                                   "who is not its handler");
                if (state == 1) {
                        line_is_answered(7, a);
                        crowd_expect_error(IPC_TIMEOUT << 1, a,
                                           "a handler that answers too early");
                }
                line_expect(7, (enum thread_state)before.state, false,
                            "with answers that are not due");
                expect_as_before(&before, line_thread(7), 7,
                                 "with answers that are not due");
        }
}
