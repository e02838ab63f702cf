// SPDX-License-Identifier: MIT
// Trials: calls for privileged threads that are refused have changed nothing but the error
// word.
#include "unchanged.h"

#include <l4/misc.h>

#define none L4_nilthread
#define me L4_Myself()

static void
expect_no_change(L4_ThreadId_t one, L4_ThreadId_t pager)
{
        L4_ThreadId_t line = L4_GlobalId(5, 1);

        expect_refused(3, thread_control(one, line, me, pager, SAME), "a line");
        expect_refused(4,
                       thread_control(one, one, thread_id(NOBODY), pager, SAME),
                       "a scheduler that is none");
        expect_refused(6, thread_control(one, one, me, pager, utcb_here(NEW)),
                       "another place");
}

static void
expect_no_end(void)
{
        expect_refused(2, thread_control(thread_id(NOBODY), none, me, me, SAME),
                       "nobody to be ended");
        expect_refused(2, thread_control(thread_id(0), none, me, me, SAME),
                       "oneself to be ended");
        expect_refused(2,
                       thread_control(L4_GlobalId(2, 1), L4_GlobalId(5, 1), me,
                                      me, SAME),
                       "line 2");
}

static void
expect_no_begin(L4_ThreadId_t new, L4_Word_t place)
{
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
}

TRIAL(thread_control_refused_changes_nothing)
{
        unchanged_begin();
        expect_no_change(thread_id(BESIDE), thread_id(THERE));
        expect_no_end();
        expect_no_begin(thread_id(NEW), utcb_here(NEW));
        unchanged_end();
}

TRIAL(space_control_refused_changes_nothing)
{
        L4_ThreadId_t one = thread_id(THERE);
        L4_Word_t kip = page_at(0x30000000);
        L4_Word_t utcbs = fpage(0x30400000, 13);

        unchanged_begin();
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
