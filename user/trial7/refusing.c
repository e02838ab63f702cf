// SPDX-License-Identifier: MIT
// Trials: calls for privileged threads that are refused have changed nothing but the error
// word.
#include "unchanged.h"

#include <l4/misc.h>

// Both as constants: UTCBs have 512 bytes (l4/README.md).
#define UTCB_HERE(n) (ROOT_UTCBS + (n)*512u)
#define PAGES_OF(first, log2) ((first) | (log2) << 4)

// Numbers of threads of the trial's, and others.
enum {
        ME = 0,
        LINE_2 = 200,
        LINE_5,
        NIL,
};

static L4_ThreadId_t
named(unsigned number)
{
        switch (number) {
        case LINE_2:
                return L4_GlobalId(2, 1);
        case LINE_5:
                return L4_GlobalId(5, 1);
        case NIL:
                return L4_nilthread;
        default:
                return thread_id(number);
        }
}

struct thread_row {
        unsigned char error;
        unsigned char thread, space, scheduler, pager;
        L4_Word_t utcb;
        const char *text;
};

static const struct thread_row bad_threads[] = {
        { 3, BESIDE, LINE_5, ME, THERE, SAME, "a line as a space" },
        { 4, BESIDE, BESIDE, NOBODY, THERE, SAME, "a scheduler that is none" },
        { 6, BESIDE, BESIDE, ME, THERE, UTCB_HERE(NEW), "another place" },
        { 2, NOBODY, NIL, ME, ME, SAME, "nobody to be ended" },
        { 2, ME, NIL, ME, ME, SAME, "oneself to be ended" },
        { 2, LINE_2, LINE_5, ME, ME, SAME, "line 2" },
        { 4, NEW, ME, NIL, ME, UTCB_HERE(NEW), "no scheduler" },
        { 3, NEW, NEW, ME, ME, UTCB_HERE(NEW), "active in a new space" },
        { 6, NEW, ME, ME, ME, UTCB_HERE(BESIDE), "a place that is taken" },
        { 6, NEW, ME, ME, ME, UTCB_HERE(NEW) + 4, "a place that is none" },
        { 6, NEW, ME, ME, ME, PLACE, "a place elsewhere" },
};

TRIAL(thread_control_refused_changes_nothing)
{
        unchanged_begin();
        for (L4_Word_t i = 0; i < sizeof(bad_threads) / sizeof(*bad_threads);
             i++) {
                const struct thread_row *row = &bad_threads[i];
                expect_refused(row->error,
                               thread_control(named(row->thread),
                                              named(row->space),
                                              named(row->scheduler),
                                              named(row->pager), row->utcb),
                               row->text);
        }
        unchanged_end();
}

#define KIP_AREA PAGES_OF(0x30000000u, 12u)
#define UTCB_AREA PAGES_OF(0x30400000u, 13u)

struct space_row {
        unsigned char error, space, redirector;
        L4_Word_t kip, utcbs;
        const char *text;
};

static const struct space_row bad_spaces[] = {
        { 3, NOBODY, NIL, KIP_AREA, UTCB_AREA, "nobody" },
        { 2, THERE, NOBODY, 0, 0, "a redirector that is none" },
        { 7, THERE, NIL, PAGES_OF(PLACE, 11u), UTCB_AREA, "too small a page" },
        { 6, THERE, NIL, KIP_AREA, PAGES_OF(PLACE, 11u), "too small an area" },
        { 7, THERE, NIL, KIP_AREA, KIP_AREA, "both at once" },
        { 7, THERE, NIL, KIP_AREA, 0, "another page, while one is active" },
        { 6, THERE, NIL, 0, UTCB_AREA, "another area, while one is active" },
        { 7, THERE, NIL, PAGES_OF(0xC0000000u, 12u), 0, "kernel space" },
};

TRIAL(space_control_refused_changes_nothing)
{
        unchanged_begin();
        for (L4_Word_t i = 0; i < sizeof(bad_spaces) / sizeof(*bad_spaces);
             i++) {
                const struct space_row *row = &bad_spaces[i];
                expect_refused(row->error,
                               space_control(named(row->space), row->kip,
                                             row->utcbs,
                                             named(row->redirector)),
                               row->text);
        }
        unchanged_end();
}

static L4_Word_t
memory_control(L4_Word_t last, const L4_Word_t attributes[4])
{
        __L4_TCR_Set_ErrorCode(UNTOUCHED);
        expect_word(0, L4_MemoryControl(last, attributes), "its result");
        return L4_ErrorCode();
}

// The message registers are the call's arguments.
TRIAL(memory_control_refused_changes_nothing)
{
        const L4_Word_t attributes[4] = { 1, 2, 3, 4 };
        const L4_Word_t as_it_is[4] = { 0, 0, 0, 0 };

        unchanged_begin();
        for (L4_Word_t i = 0; i < 4; i++) {
                L4_LoadMR(0, pages(store_at(KEPT_PAGE), 12, i));
                expect_refused(5, memory_control(0, attributes),
                               "an attribute");
        }
        L4_LoadMR(0, pages(store_at(KEPT_PAGE), 12, 0));
        L4_LoadMR(1, pages(store_at(KEPT_PAGE), 5, 0));
        expect_refused(5, memory_control(1, as_it_is), "no flexpage");
        expect_word(KEPT_WORD, *store_word(KEPT_PAGE), "the page is as it was");
        unchanged_end();
}

static L4_Word_t
processor_control(L4_Word_t frequency)
{
        __L4_TCR_Set_ErrorCode(UNTOUCHED);
        expect_word(0, L4_ProcessorControl(0, frequency, frequency, 1),
                    "its result");
        return L4_ErrorCode();
}

TRIAL(processor_control_refused_changes_nothing)
{
        unchanged_begin();
        expect_refused(5, processor_control(1000000), "a frequency");
        expect_refused_by(THERE, 1, ask(THERE, processor_control, 1000000),
                          "no privilege");
        unchanged_end();
}
