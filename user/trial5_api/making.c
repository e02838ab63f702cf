// SPDX-License-Identifier: MIT
// Trials: ThreadControl makes threads, and refuses to.
#include <h4/answers.h>
#include <h4/trial.h>
#include <l4/kip.h>

#define me L4_Myself()
#define none L4_nilthread

static L4_ThreadId_t
raw(L4_Word_t word)
{
        return (L4_ThreadId_t){ .raw = word };
}

TRIAL(thread_control_refuses_what_is_no_id)
{
        static const L4_Word_t bad[] = {
                0,          0xFFFFFFFF, 0xFFFFFFC0, 0x40,       1u << 31 | 1,
                0x000CC000, 0x000CC040, 0x80000001, 0xBF000000, 0xBF000300,
                0xBF000101, 0x3FF000C0,
        };

        for (L4_Word_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
                expect_word(
                        L4_ErrInvalidThread,
                        thread_control(raw(bad[i]), me, me, me, utcb_here(1)),
                        "a word that names no thread");
        expect_word(L4_ErrInvalidThread,
                    thread_control(L4_GlobalId(1u << 17, 1), me, me, me,
                                   utcb_here(1)),
                    "the first number that there is not");
        expect_word(0,
                    thread_control(L4_GlobalId((1u << 17) - 1, 1), me, me, me,
                                   utcb_here(1)),
                    "the last one that there is");
}

TRIAL(thread_control_refuses_numbers_of_the_system)
{
        for (L4_Word_t n = 16; n < 48; n++) {
                expect_word(L4_ErrInvalidThread,
                            thread_control(L4_GlobalId(n, 1), me, me, me,
                                           utcb_here(1)),
                            "16 to 47 are nobody's");
                expect_word(L4_ErrInvalidThread,
                            thread_control(L4_GlobalId(n, 1), none, none, none,
                                           SAME),
                            "16 to 47 cannot be ended");
        }
        expect_word(
                0,
                thread_control(L4_GlobalId(49, 1), me, me, none, utcb_here(1)),
                "users' begin with 48");
}

TRIAL(thread_control_ends_by_number)
{
        expect_word(L4_ErrInvalidThread,
                    thread_control(thread_id(1), none, none, none, SAME),
                    "nobody has this number");
        expect_that(thread_here(1), "a thread is made");
        L4_Word_t number = L4_ThreadNo(thread_id(1));
        expect_word(
                0,
                thread_control(L4_GlobalId(number, 77), none, none, none, SAME),
                "ended, whatever its version");
        expect_word(L4_ErrInvalidThread,
                    thread_control(thread_id(1), none, none, none, SAME),
                    "it is no more");
        expect_word(L4_ErrInvalidThread,
                    thread_control(me, none, none, none, SAME), "oneself");
        expect_word(L4_ErrInvalidThread,
                    thread_control(L4_GlobalId(50, 9), none, none, none, SAME),
                    "oneself by another version");
        expect_word(L4_ErrInvalidThread,
                    thread_control(L4_MyLocalId(), none, none, none, SAME),
                    "oneself by the local ID");
}

TRIAL(thread_control_wants_a_space)
{
        L4_ThreadId_t new = thread_id(1);

        expect_word(L4_ErrInvalidSpace,
                    thread_control(new, thread_id(2), me, none, utcb_here(1)),
                    "in the space of nobody");
        expect_word(
                L4_ErrInvalidSpace,
                thread_control(new, L4_GlobalId(4, 1), me, none, utcb_here(1)),
                "in the space of an interrupt line");
        expect_word(
                L4_ErrInvalidSpace,
                thread_control(new, L4_GlobalId(50, 2), me, none, utcb_here(1)),
                "in the space of another version of a thread");
        expect_word(L4_ErrInvalidSpace,
                    thread_control(new, new, me, me, utcb_there(1)),
                    "active in a space without areas");
        expect_word(0, thread_control(new, new, me, none, 1),
                    "inactive in a space of its own");
        expect_word(L4_ErrInvalidSpace,
                    thread_control(L4_GlobalId(51, 7), L4_GlobalId(51, 7), me,
                                   none, SAME),
                    "renamed, in a space of its own: it has one");
        expect_word(L4_ErrInvalidSpace,
                    thread_control(thread_id(2), L4_anythread, me, none, SAME),
                    "in the space of anybody");
}

TRIAL(thread_control_wants_a_scheduler)
{
        L4_ThreadId_t new = thread_id(1);

        expect_word(L4_ErrInvalidScheduler,
                    thread_control(new, me, none, me, utcb_here(1)),
                    "a new thread without one");
        expect_word(L4_ErrInvalidScheduler,
                    thread_control(new, me, none, none, utcb_here(1)),
                    "a new inactive thread without one");
        expect_word(L4_ErrInvalidScheduler,
                    thread_control(new, me, thread_id(2), me, utcb_here(1)),
                    "nobody");
        expect_word(
                L4_ErrInvalidScheduler,
                thread_control(new, me, L4_GlobalId(5, 1), me, utcb_here(1)),
                "an interrupt line");
        expect_word(L4_ErrInvalidScheduler,
                    thread_control(new, me, L4_anythread, me, utcb_here(1)),
                    "anybody");
        expect_word(L4_ErrInvalidScheduler,
                    thread_control(me, me, thread_id(2), none, SAME),
                    "nobody, for one that there is");
        expect_word(L4_ErrInvalidScheduler,
                    thread_control(new, me, new, me, utcb_here(1)),
                    "a new thread its own one");
}

// The order in which the arguments are looked at.
TRIAL(thread_control_looks_in_this_order)
{
        L4_ThreadId_t nobody = thread_id(7);

        expect_word(L4_ErrInvalidThread,
                    thread_control(raw(0x40), nobody, nobody, nobody, 1),
                    "the thread comes first");
        expect_word(L4_ErrInvalidSpace,
                    thread_control(thread_id(1), nobody, nobody, nobody, 1),
                    "then the space");
        expect_word(L4_ErrInvalidScheduler,
                    thread_control(thread_id(1), me, nobody, nobody, 1),
                    "then the scheduler");
        expect_word(L4_ErrInvalidScheduler,
                    thread_control(thread_id(1), thread_id(1), none, me, 1),
                    "of a new space, too");
        expect_word(L4_ErrUtcbArea,
                    thread_control(thread_id(1), me, me, nobody, 1),
                    "then the UTCB; the pager is not looked at");
        expect_word(0,
                    thread_control(thread_id(1), me, me, nobody, utcb_here(1)),
                    "a pager that there is not");
}

TRIAL(thread_control_wants_a_utcb)
{
        L4_ThreadId_t new = thread_id(1);
        static const L4_Word_t unaligned[] = { 1, 4, 0x40, 0x80, 0x100, 0x1FF };

        for (L4_Word_t i = 0; i < sizeof(unaligned) / 4; i++)
                expect_word(L4_ErrUtcbArea,
                            thread_control(new, me, me, me,
                                           utcb_here(1) + unaligned[i]),
                            "not aligned");
        expect_word(L4_ErrUtcbArea,
                    thread_control(new, me, me, me, utcb_here(0)),
                    "another thread's");
        expect_word(L4_ErrUtcbArea,
                    thread_control(new, me, me, me, ROOT_UTCBS - 0x200),
                    "before the area");
        expect_word(L4_ErrUtcbArea,
                    thread_control(new, me, me, me, ROOT_UTCBS + 0x20000),
                    "behind the area");
        expect_word(L4_ErrUtcbArea, thread_control(new, me, me, me, SAME),
                    "none");
        expect_word(L4_ErrUtcbArea, thread_control(new, me, me, me, 0), "0");
        expect_word(L4_ErrUtcbArea, thread_control(new, me, me, me, 0xFFFFFE00),
                    "in the kernel's space");
        expect_word(
                0,
                thread_control(new, me, me, me, ROOT_UTCBS + 0x20000 - 0x200),
                "the last one of the area");
        thread_control(new, none, none, none, SAME);
        look(1);
}

// Where an inactive thread's is to be matters when it becomes active.
TRIAL(an_inactive_thread_s_utcb_is_not_looked_at)
{
        L4_ThreadId_t new = thread_id(1);

        expect_word(0, thread_control(new, me, me, none, 3), "not aligned");
        expect_word(1, state_of(new), "it is not active");
        expect_word(L4_ErrUtcbArea, thread_control(new, me, none, me, SAME),
                    "it cannot become active so");
        expect_word(1, state_of(new), "it is not active");
        expect_word(0, thread_control(new, me, none, none, utcb_here(0)),
                    "another thread's");
        expect_word(L4_ErrUtcbArea, thread_control(new, me, none, me, SAME),
                    "it cannot become active so either");
        expect_word(L4_ErrUtcbArea, thread_control(new, me, none, me, 0x1000),
                    "nor with another bad one");
        expect_word(0, thread_control(new, me, none, none, utcb_here(1)),
                    "a good one");
        expect_word(L4_ErrUtcbArea, thread_control(new, me, none, me, 0x1000),
                    "a bad one once more, which is not kept");
        expect_word(0, thread_control(new, me, none, me, SAME),
                    "with the good one it can");
        expect_word(utcb_here(1) + 0x100, L4_LocalIdOf(new).raw,
                    "and has it there");
        expect_word(0, thread_control(thread_id(2), me, me, none, SAME),
                    "made without a UTCB");
        expect_word(L4_ErrUtcbArea,
                    thread_control(thread_id(2), me, none, me, SAME),
                    "not active without one");
}

TRIAL(a_new_thread_has_these_values)
{
        L4_ThreadId_t new = thread_id(1);
        L4_Time_t slice, quantum;
        volatile L4_Word_t *utcb = (L4_Word_t *)(uintptr_t)utcb_here(1);

        // Its page is there: thread 0's. What was written stays out.
        for (L4_Word_t i = 0; i < 128; i++)
                utcb[i] = 0xABCD0000 + i;
        expect_that(thread_here(1), "a thread is made");
        for (L4_Word_t i = 0; i < 128; i++) {
                L4_Word_t due = i == 0         ? utcb_here(1) + 0x100
                                : i == 64 - 15 ? new.raw
                                : i == 64 - 12 ? me.raw
                                               : 0;
                expect_word(due, utcb[i], "a word of the new UTCB");
        }
        L4_Timeslice(new, &slice, &quantum);
        expect_word(L4_TimePeriod(10000).raw, slice.raw, "its time slice");
        expect_word(L4_Never.raw, quantum.raw, "its total quantum");
        struct exchanged was = exchange_control(new, 0);
        expect_word(me.raw, was.pager, "its pager");
        expect_word(0, was.handle, "its handle");
        expect_word(2, was.control, "it waits for its start message");
        expect_word(6, state_of(new), "Schedule: it waits to receive");
}

// The UTCB of one that has ended can be had again, and is clean.
TRIAL(utcbs_are_used_again)
{
        for (L4_Word_t i = 0; i < 60; i++) {
                L4_Word_t n = 1 + i % 20;
                if (i >= 20)
                        thread_end(n);
                expect_that(thread_here(n), "a thread is made");
                volatile L4_Word_t *utcb = (L4_Word_t *)(uintptr_t)utcb_here(n);
                expect_word(0, utcb[100], "a word of the UTCB");
                utcb[100] = n;
        }
        for (L4_Word_t n = 1; n <= 20; n++)
                thread_end(n);
        look(1);
}
