// SPDX-License-Identifier: MIT
// The contracts are in unchanged.h.
#include "unchanged.h"

#include <l4/exchange.h>
#include <l4/schedule.h>

#define UTCB_WORDS 128u
#define ERROR_WORD (64u - 9u) // of a UTCB: message register 0 is word 64
#define OTHERS 3u
#define NO_LIMITS 0u // a time slice and a total quantum without an end

struct thread_seen {
        L4_Word_t state, times;
        struct exchanged registers;
        L4_Word_t utcb[UTCB_WORDS];
        L4_Word_t higher,
                as_it_is; // Schedule with these priorities: its errors
};

struct seen {
        L4_Word_t own[UTCB_WORDS]; // the UTCB of the trial's thread
        struct thread_seen others[OTHERS];
        L4_Word_t page, kip; // words of them
        L4_Word_t writes, has_ports;
};

static const L4_Word_t others[OTHERS] = { THERE, THIRD, BESIDE };
static struct seen before, after;

static void
copy_utcb(L4_Word_t *to)
{
        const volatile L4_Word_t *from = __L4_X86_Utcb() - UTCB_WORDS / 2;

        for (L4_Word_t i = 0; i < UTCB_WORDS; i++)
                to[i] = from[i];
}

// Each does that itself. A priority nobody tells: but above the own one there is none for
// a thread to have.
static L4_Word_t
look_at_oneself(L4_Word_t i)
{
        struct thread_seen *seen = &after.others[i];

        copy_utcb(seen->utcb);
        __L4_TCR_Set_ErrorCode(UNTOUCHED);
        if (others[i] == BESIDE) {
                seen->higher = schedule(L4_Myself(), SAME, SAME,
                                        BESIDES_PRIORITY + 1, SAME);
                seen->as_it_is = schedule(L4_Myself(), SAME, SAME,
                                          BESIDES_PRIORITY, SAME);
        }
        return 0;
}

static L4_Word_t
read_registers(L4_Word_t i)
{
        after.others[i].registers = exchange_control(thread_id(others[i]), 0);
        return 0;
}

static L4_Word_t
do_nothing(L4_Word_t a)
{
        return a;
}

// What they are while they wait.
static void
see_states(void)
{
        ask(LAST, do_nothing, 0); // so they wait
        for (L4_Word_t i = 0; i < OTHERS; i++) {
                struct thread_seen *seen = &after.others[i];
                seen->state = L4_Schedule(thread_id(others[i]), SAME, SAME,
                                          SAME, SAME, &seen->times);
        }
}

static void
see_the_rest(void)
{
        for (L4_Word_t i = 0; i < OTHERS; i++)
                if (others[i] == THIRD)
                        ask(THERE, read_registers, i);
                else
                        read_registers(i);
        for (L4_Word_t i = 0; i < OTHERS; i++)
                ask(others[i], look_at_oneself, i);
        after.page = peek(THERE, PLACE + KEPT_PAGE * BYTES);
        after.writes = poke(THERE, PLACE + KEPT_PAGE * BYTES, KEPT_WORD);
        after.kip = peek(THERE, OTHER_KIP);
        after.has_ports = has_port(THERE, COM1 + 7);
}

void
unchanged_begin(void)
{
        L4_ThreadId_t third = thread_id(THIRD);

        task_begin(THERE);
        task_begin(THIRD);
        task_here(BESIDE);
        task_here(LAST);
        L4_Set_Priority(thread_id(LAST), 1);
        lend_store(THERE);
        expect_that(map(0, THERE, COM1_PORTS, 0, ports_at(0, 16)), "ports");
        *store_word(KEPT_PAGE) = KEPT_WORD;
        for (L4_Word_t i = 0; i < OTHERS; i++) {
                expect_word(0,
                            schedule(thread_id(others[i]), NO_LIMITS, SAME,
                                     BESIDES_PRIORITY, SAME),
                            "time without an end");
        }
        ask(THIRD, touch_program, 0);
        expect_word(0,
                    thread_control(third, third, L4_nilthread, thread_id(THERE),
                                   SAME),
                    "its pager is in another space");
        see_the_rest(); // with page faults
        see_states();
        see_the_rest();
        expect_word(KEPT_WORD, after.page, "a page that it has");
        expect_word(L4_ErrInvalidParam, after.others[2].higher, "its priority");
        expect_word(0, after.others[2].as_it_is, "its priority");
        before = after;
}

void
unchanged_end(void)
{
        tasks_end();
        thread_end(NEW);
        look(1);
}

void
before_call(void)
{
        copy_utcb(before.own);
}

static L4_Word_t *
error_word(struct seen *seen, L4_Word_t caller)
{
        for (L4_Word_t i = 0; i < OTHERS; i++)
                if (others[i] == caller)
                        return &seen->others[i].utcb[ERROR_WORD];
        return &seen->own[ERROR_WORD];
}

static void
expect_same(const char *text, const char *file, uint32_t line)
{
        const L4_Word_t *one = (const L4_Word_t *)&before;
        const L4_Word_t *other = (const L4_Word_t *)&after;

        for (L4_Word_t i = 0; i < sizeof(before) / sizeof(*one); i++)
                trial_expect(one[i], other[i], text, file, line);
}

// Who does not wait any more cannot be asked: that comes first.
void
refused(L4_Word_t caller, L4_Word_t expected, L4_Word_t found, const char *text,
        const char *file, uint32_t line)
{
        struct exchanged nothing = { 0 };

        copy_utcb(after.own);
        trial_expect(expected, found, text, file, line);
        *error_word(&after, caller) = *error_word(&before, caller);
        see_states();
        expect_same(text, file, line);
        see_the_rest();
        *error_word(&after, caller) = *error_word(&before, caller);
        expect_same(text, file, line);
        trial_expect(0, exchange_all(thread_id(NEW), &nothing), text, file,
                     line);
}
