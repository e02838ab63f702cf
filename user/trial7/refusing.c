// SPDX-License-Identifier: MIT
// Trials: calls that are refused have changed nothing but the error word: not the thread or
// the space that they are about, what its UTCB says, nor what is mapped there; nor does
// anything begin.
#include "task.h"

#include <l4/exchange.h>
#include <l4/misc.h>

#define none L4_nilthread
#define me L4_Myself()
#define THERE 1u  // a task, with pages from the trial
#define BESIDE 7u // a thread of the trial's space, which sleeps
#define NEW 8u    // nobody yet
#define NOBODY 60u

#define UTCB_BEGIN (-64)
#define UTCB_WORDS 128u
#define ERROR_WORD (UTCB_BEGIN + 55) // counted from message register 0: -9

struct state {
        struct exchanged registers[2];
        L4_Word_t states[2];
        L4_Word_t utcb[2][UTCB_WORDS]; // its own, and that of the one beside
};

static struct state before, after;
static struct stack stack;

static void
sleep_for_ever(void)
{
        L4_Sleep(L4_Never);
}

static void
take_down(struct state *state)
{
        const L4_Word_t places[2] = { utcb_here(0), utcb_here(BESIDE) };

        for (L4_Word_t i = 0; i < 2; i++) {
                const volatile L4_Word_t *word =
                        (const volatile L4_Word_t *)(uintptr_t)places[i];
                for (L4_Word_t j = 0; j < UTCB_WORDS; j++)
                        state->utcb[i][j] = word[j];
        }
        state->utcb[0][ERROR_WORD - UTCB_BEGIN] = 0;
        state->registers[0] = exchange_control(thread_id(THERE), 0);
        state->registers[1] = exchange_control(thread_id(BESIDE), 0);
        state->states[0] = state_of(thread_id(THERE));
        state->states[1] = state_of(thread_id(BESIDE));
}

static void
begin(void)
{
        task_begin(THERE);
        lend_store(THERE);
        expect_that(thread_here(BESIDE), "a thread beside");
        thread_start(thread_id(BESIDE), sleep_for_ever, &stack);
        *store_word(3) = 33;
        expect_word(33, peek(THERE, PLACE + 3 * BYTES), "a page that it has");
        take_down(&before);
}

static void
expect_unchanged(const char *text)
{
        const L4_Word_t *one = (const L4_Word_t *)&before;
        const L4_Word_t *other = (const L4_Word_t *)&after;

        take_down(&after);
        for (L4_Word_t i = 0; i < sizeof(before) / sizeof(*one); i++)
                expect_word(one[i], other[i], text);
        expect_word(0,
                    L4_ExchangeRegisters(thread_id(NEW), 0, 0, 0, 0, 0, none, 0,
                                         0, 0, 0, 0, 0)
                            .raw,
                    "nobody has begun");
}

#define expect_refused(error, call, text)                                      \
        do {                                                                   \
                expect_word((error), (call), (text));                          \
                expect_unchanged(text);                                        \
        } while (false)

static void
end(void)
{
        expect_word(33, peek(THERE, PLACE + 3 * BYTES), "it has it still");
        expect_word(0x4BE6344C, peek(THERE, OTHER_KIP), "and the page");
        tasks_end();
        thread_end(BESIDE);
        look(1);
}

TRIAL(thread_control_refused_changes_nothing)
{
        L4_ThreadId_t one = thread_id(BESIDE);
        L4_ThreadId_t line = L4_GlobalId(5, 1);
        L4_ThreadId_t new = thread_id(NEW);
        L4_ThreadId_t other = thread_id(THERE);
        L4_Word_t place = utcb_here(NEW);

        begin();
        expect_refused(3, thread_control(one, line, me, other, SAME), "a line");
        expect_refused(4,
                       thread_control(one, one, thread_id(NOBODY), other, SAME),
                       "a scheduler that is none");
        expect_refused(6, thread_control(one, one, me, other, place),
                       "another place");
        expect_refused(2, thread_control(thread_id(NOBODY), none, me, me, SAME),
                       "nobody to be ended");
        expect_refused(2, thread_control(thread_id(0), none, me, me, SAME),
                       "oneself to be ended");
        expect_refused(2, thread_control(L4_GlobalId(2, 1), line, me, me, SAME),
                       "line 2");
        expect_refused(4, thread_control(new, me, none, me, place),
                       "no scheduler");
        expect_refused(3, thread_control(new, new, me, me, place),
                       "active in a new space");
        expect_refused(6, thread_control(new, me, me, me, utcb_here(BESIDE)),
                       "a place that is taken");
        expect_refused(6, thread_control(new, me, me, me, place + 4),
                       "a place that is none");
        expect_refused(6, thread_control(new, me, me, me, PLACE),
                       "a place elsewhere");
        end();
}

TRIAL(space_control_refused_changes_nothing)
{
        L4_ThreadId_t one = thread_id(THERE);
        L4_Word_t kip = page_at(0x30000000);
        L4_Word_t utcbs = fpage(0x30400000, 13);

        begin();
        expect_refused(3, space_control(thread_id(NOBODY), kip, utcbs, none),
                       "nobody");
        expect_refused(2, space_control(one, 0, 0, thread_id(NOBODY)),
                       "a redirector that is none");
        expect_refused(7, space_control(one, fpage(PLACE, 11), utcbs, none),
                       "a page that is too small");
        expect_refused(6, space_control(one, kip, fpage(PLACE, 11), none),
                       "an area that is too small");
        expect_refused(7, space_control(one, kip, kip, none), "both at once");
        expect_refused(7, space_control(one, kip, 0, none),
                       "another page, while somebody is active");
        expect_refused(6, space_control(one, 0, utcbs, none),
                       "another area, while somebody is active");
        expect_refused(7, space_control(one, page_at(0xC0000000), 0, none),
                       "kernel space");
        end();
}

// The message registers are the call's arguments.
TRIAL(memory_control_refused_changes_nothing)
{
        const L4_Word_t attributes[4] = { 1, 2, 3, 4 };

        begin();
        for (L4_Word_t i = 0; i < 4; i++) {
                L4_LoadMR(0, pages(store_at(3), 12, i));
                take_down(&before);
                expect_word(0, L4_MemoryControl(0, attributes), "an attribute");
                expect_word(5, L4_ErrorCode(), "an attribute");
                expect_unchanged("an attribute");
        }
        expect_word(33, *store_word(3), "the page is as it was");
        end();
}
