// SPDX-License-Identifier: MIT
// Trials: calls that anybody may make, and that are refused or are about nothing, have
// changed nothing but the error word.
#include "unchanged.h"

#include <l4/schedule.h>
#include <l4/space.h>

#define none L4_nilthread
#define me L4_Myself()

// Calls about a thread, and who makes them: 0 is the trial's thread.
struct row {
        L4_Word_t (*call)(L4_Word_t thread);
        unsigned char error, caller, thread;
        const char *text;
};

#define LINE_5 200u // as a thread
#define NIL 201u

static L4_Word_t
named(unsigned number)
{
        switch (number) {
        case LINE_5:
                return L4_GlobalId(5, 1).raw;
        case NIL:
                return 0;
        default:
                return thread_id(number).raw;
        }
}

static void
expect_all_refused(const struct row *row, L4_Word_t rows)
{
        for (; rows > 0; row++, rows--)
                expect_refused_by(
                        row->caller, row->error,
                        ask(row->caller, row->call, named(row->thread)),
                        row->text);
}

// --- ExchangeRegisters ---------------------------------------------------------------------

#define ALL_AT_ONCE 0x1FFu

static L4_Word_t
exchange(L4_Word_t thread)
{
        struct exchanged all = { ALL_AT_ONCE, 0x1000, 0x2000,
                                 0xCD5,       0x3000, thread_id(0).raw };

        __L4_TCR_Set_ErrorCode(UNTOUCHED);
        expect_word(0, exchange_all((L4_ThreadId_t){ .raw = thread }, &all),
                    "no ID is told");
        expect_word(0,
                    all.control | all.sp | all.ip | all.flags | all.handle |
                            all.pager,
                    "and nothing else");
        return L4_ErrorCode();
}

static const struct row exchanges[] = {
        { exchange, 2, 0, NIL, "nil" },
        { exchange, 2, 0, NOBODY, "nobody" },
        { exchange, 2, 0, LINE_5, "a line" },
        { exchange, 2, 0, THIRD, "its pager is in another space" },
        { exchange, 2, BESIDE, THIRD, "the same for another thread" },
        { exchange, 2, THERE, BESIDE, "another space, and another pager" },
        { exchange, 2, THERE, 0, "who has made its space" },
        { exchange, 2, THIRD, THERE, "its own pager" },
};

TRIAL(exchange_registers_refused_changes_nothing)
{
        L4_ThreadId_t new = thread_id(NEW);

        unchanged_begin();
        expect_all_refused(exchanges, sizeof(exchanges) / sizeof(*exchanges));
        expect_word(0, thread_control(new, me, me, none, utcb_here(NEW)),
                    "an inactive one");
        expect_refused(2, exchange(new.raw), "an inactive one");
        expect_word(0, thread_control(new, me, none, me, SAME), "active now");
        struct exchanged now = exchange_control(new, 0);
        expect_word(2, now.control, "it waits for its start, not halted");
        expect_word(0, now.handle, "and has no handle");
        unchanged_end();
}

// --- Schedule --------------------------------------------------------------------------------

#define SOME_TIME 0x11F4u // 500 * 2^4 us
#define TIMES (SOME_TIME << 16 | SOME_TIME)
#define POINT 0x8123u
#define NO_TIME 0x0400u
#define DELAY_ALL (255u << 16 | 0xFFFEu) // up to the highest priority, and long

// A word of the UTCB, counted from message register 0, and bits of it (l4/README.md).
#define PREEMPT_FLAGS (-10)
#define PREEMPT_DELAY 0x40u
#define PREEMPT_PENDING 0x80u

static L4_Word_t
schedule_all(L4_Word_t thread)
{
        return schedule((L4_ThreadId_t){ .raw = thread }, TIMES, 0,
                        BESIDES_PRIORITY - 1,
                        (BESIDES_PRIORITY - 1) << 16 | 0xFFFE);
}

static L4_Word_t
schedule_above(L4_Word_t thread)
{
        return schedule((L4_ThreadId_t){ .raw = thread }, TIMES, 0,
                        BESIDES_PRIORITY + 1, 0xFFFE);
}

static L4_Word_t
schedule_sensitive_above(L4_Word_t thread)
{
        return schedule((L4_ThreadId_t){ .raw = thread }, TIMES, 0,
                        BESIDES_PRIORITY - 1,
                        (BESIDES_PRIORITY + 1) << 16 | 0xFFFE);
}

static volatile bool goes_on;

static L4_Word_t
wants_to_go_on(L4_Word_t a)
{
        __L4_X86_Utcb()[PREEMPT_FLAGS] = PREEMPT_DELAY;
        while (goes_on)
                ;
        return a;
}

// It runs, and delays its preemption if it may: the kernel tells by "pending" that it has.
static void
expect_no_delay(L4_Word_t n)
{
        const volatile L4_Word_t *mr =
                (const volatile L4_Word_t *)(uintptr_t)(utcb_here(n) + 0x100);

        goes_on = true;
        orders[n] = (struct order){ .what = TASK_CALLS, .use = wants_to_go_on };
        task_starts(n);
        while ((mr[PREEMPT_FLAGS] & PREEMPT_DELAY) == 0)
                L4_Sleep(L4_TimePeriod(1000));
        expect_word(PREEMPT_DELAY, mr[PREEMPT_FLAGS],
                    "its preemption is not delayed");
        goes_on = false;
        task_is_over(n);
}

static void
expect_bad_values_refused(L4_ThreadId_t one)
{
        static const L4_Word_t bad[] = {
                SOME_TIME << 16 | POINT,
                POINT << 16 | SOME_TIME,
                SOME_TIME << 16 | NO_TIME,
                NO_TIME << 16 | SOME_TIME,
        };

        expect_refused(5, schedule(one, TIMES, 1, 101, DELAY_ALL),
                       "another processor");
        for (L4_Word_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
                expect_refused(5, schedule(one, bad[i], 0, 101, DELAY_ALL),
                               "a point as a time, or no time at all");
}

static const struct row schedules[] = {
        { schedule_all, 2, 0, NOBODY, "nobody" },
        { schedule_all, 2, 0, LINE_5, "a line" },
        { schedule_all, 1, THERE, BESIDE, "no scheduler of its" },
        { schedule_all, 1, THERE, THERE, "nor its own one" },
        { schedule_above, 5, BESIDE, BESIDE, "a priority above the own one" },
        { schedule_sensitive_above, 5, BESIDE, BESIDE, "a sensitive one" },
};

TRIAL(schedule_refused_changes_nothing)
{
        unchanged_begin();
        expect_all_refused(schedules, sizeof(schedules) / sizeof(*schedules));
        expect_bad_values_refused(thread_id(BESIDE));
        expect_no_delay(BESIDE);
        unchanged_end();
}

// --- Unmap -----------------------------------------------------------------------------------

// A flush of one word, and what it is then; the message register is as before. There is no
// error of Unmap.
static L4_Word_t
take(L4_Word_t word)
{
        L4_Word_t before;

        L4_StoreMR(0, &before);
        __L4_TCR_Set_ErrorCode(UNTOUCHED);
        L4_LoadMR(0, word);
        L4_Unmap(__L4_UNMAP_FROM_ME_TOO);
        expect_word(UNTOUCHED, L4_ErrorCode(), "no error");
        L4_StoreMR(0, &word);
        L4_LoadMR(0, before);
        return word;
}

TRIAL(unmap_of_nothing_changes_nothing)
{
        const L4_Word_t kept = store_at(KEPT_PAGE);
        const L4_Word_t nothing[] = {
                ALL, // nil
                pages(kept, 9, ALL),
                pages(kept, 2, ALL),
                pages(kept, 33, ALL),
                pages(0xC0000000, 30, ALL),
                pages(ROOT_KIP, 12, ALL),
                pages(ROOT_UTCBS, 13, ALL),
                pages(PLACE, 15, ALL), // another one's
                COM1_PORTS,            // no right of them
        };

        unchanged_begin();
        for (L4_Word_t i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++) {
                unmap(0, pages(kept, 12, 0));
                expect_that(poke(THERE, PLACE + KEPT_PAGE * BYTES, KEPT_WORD),
                            "it is written");
                expect_word(nothing[i] & ~ALL, take(nothing[i]),
                            "what is no memory has not been used");
                expect_word(pages(kept, 12, READING | WRITING),
                            unmap(0, pages(kept, 12, 0)), "the page has been");
                expect_refused(nothing[i] & ~ALL, take(nothing[i]), "nothing");
        }
        expect_refused_by(THERE, page_at(OTHER_KIP),
                          ask(THERE, take, pages(OTHER_KIP, 12, ALL)),
                          "its page of the kernel's");
        expect_refused_by(THERE, fpage(OTHER_UTCBS, 13),
                          ask(THERE, take, pages(OTHER_UTCBS, 13, ALL)),
                          "its UTCBs");
        expect_refused_by(THERE, ports_at(0x60, 0),
                          ask(THERE, take, ports_at(0x60, 0) | ALL),
                          "a port that it has not");
        expect_word(KEPT_WORD, *store_word(KEPT_PAGE), "the page is as it was");
        unchanged_end();
}
