// SPDX-License-Identifier: MIT
// Trials: ThreadControl, beside those of threads.c.
#include <h4/trial.h>
#include <l4/kip.h>
#include <l4/schedule.h>
#include <l4/space.h>
#include <l4/thread.h>
#include <user/threads.h>

#define AS_IT_IS 0xFFFFFFFFu
#define MOST 2000

static struct stack stack;
static volatile L4_Word_t found[8];

static L4_Word_t
place(L4_Word_t n)
{
        return (L4_MyLocalId().raw & ~0xFFFu) + n * L4_UtcbSize(0);
}

static L4_Word_t
control(L4_ThreadId_t thread, L4_ThreadId_t space, L4_ThreadId_t scheduler,
        L4_ThreadId_t pager, L4_Word_t utcb)
{
        return L4_ThreadControl(thread, space, scheduler, pager,
                                (void *)(uintptr_t)utcb);
}

static L4_ThreadId_t
other_version(L4_Word_t n, L4_Word_t version)
{
        return L4_GlobalId(L4_ThreadNo(thread_id(n)), version);
}

static void
refused(L4_Word_t error, L4_ThreadId_t thread, L4_ThreadId_t space,
        L4_ThreadId_t scheduler, L4_ThreadId_t pager, L4_Word_t utcb,
        const char *why)
{
        expect_word(0, control(thread, space, scheduler, pager, utcb), why);
        expect_word(error, L4_ErrorCode(), why);
}

TRIAL(a_new_thread)
{
        L4_ThreadId_t me = L4_Myself();

        expect_that(thread_here(1), "an active thread is made");
        look(1);
        expect_that(control(thread_id(2), me, thread_id(1), L4_nilthread,
                            place(6)) != 0,
                    "an inactive thread is made");
        look(2);
        expect_that(control(thread_id(2), me, L4_nilthread, L4_nilthread,
                            place(5)) != 0,
                    "another place for its UTCB");
        expect_that(control(thread_id(2), me, L4_nilthread, me, AS_IT_IS) != 0,
                    "it is made active");
        look(3);
        expect_that(control(thread_id(3), me, me, thread_id(3), place(6)) != 0,
                    "an active thread is made that is its own pager");
        expect_that(control(thread_id(4), me, me, L4_nilthread, place(7)) != 0,
                    "another inactive thread is made");
        expect_that(control(thread_id(4), me, L4_nilthread, thread_id(4),
                            AS_IT_IS) != 0,
                    "it is made active, and its own pager");
        look(4);
}

TRIAL(thread_control_changes)
{
        L4_ThreadId_t me = L4_Myself(), one = thread_id(1);
        L4_ThreadId_t none = L4_nilthread;

        expect_that(thread_here(1), "a thread is made");
        expect_that(control(one, me, one, none, AS_IT_IS) != 0,
                    "another scheduler");
        look(1);
        expect_that(control(one, me, none, L4_GlobalId(999, 1), AS_IT_IS) != 0,
                    "another pager, which is nobody");
        look(2);
        expect_that(control(one, me, none, one, AS_IT_IS) != 0,
                    "another pager, which is the thread itself");
        look(3);
        expect_that(control(other_version(1, 9), me, none, none, AS_IT_IS) != 0,
                    "another version");
        look(4);
        L4_ThreadId_t local = L4_LocalIdOf(other_version(1, 9));
        expect_that(control(local, L4_MyLocalId(), L4_MyLocalId(),
                            L4_MyLocalId(), place(1)) != 0,
                    "all by local IDs");
        look(5);
}

static void
handler(L4_ThreadId_t line, L4_ThreadId_t by, L4_Word_t space, const char *what)
{
        expect_that(control(line, (L4_ThreadId_t){ .raw = space }, thread_id(7),
                            by, 1) != 0,
                    what);
}

static void
no_handler(L4_Word_t error, L4_ThreadId_t line, L4_ThreadId_t by,
           const char *why)
{
        refused(error, line, line, L4_nilthread, by, AS_IT_IS, why);
}

// The test has made the threads of lines 5 and 6, and looks who is to be the handler.
TRIAL(lines_get_handlers)
{
        L4_ThreadId_t me = L4_Myself(), none = L4_nilthread;
        L4_ThreadId_t line = L4_GlobalId(5, 1), other = L4_GlobalId(6, 1);

        handler(line, none, line.raw, "nil as the handler");
        look(1);
        handler(line, me, line.raw, "a handler");
        look(2);
        handler(line, L4_MyLocalId(), none.raw, "a handler by its local ID");
        look(3);
        handler(line, line, thread_id(7).raw, "the line itself");
        look(4);
        no_handler(L4_ErrInvalidThread, line, thread_id(7), "nobody");
        no_handler(L4_ErrInvalidThread, line, other, "another line");
        no_handler(L4_ErrInvalidThread, L4_GlobalId(7, 1), none,
                   "nil, for a line without a thread");
        no_handler(L4_ErrInvalidThread, L4_GlobalId(7, 1), me,
                   "a handler of a line without a thread");
        no_handler(L4_ErrInvalidThread, L4_GlobalId(5, 2), me,
                   "a handler of a line by another version");
        look(5);
        no_handler(L4_ErrInvalidParam, line, me, "what interrupt_handle says");
        no_handler(L4_ErrInvalidParam, line, line,
                   "what it says of the line itself");
}

TRIAL(threads_move)
{
        L4_ThreadId_t me = L4_Myself(), none = L4_nilthread;
        L4_ThreadId_t two = thread_id(2);

        expect_that(thread_in_new_space(1, OTHER_KIP, me), "one space");
        expect_that(thread_in_new_space(3, OTHER_KIP, me), "another space");
        expect_that(control(two, me, me, none,
                            OTHER_UTCBS + 5 * L4_UtcbSize(0)) != 0,
                    "an inactive thread is made");
        expect_that(control(two, thread_id(1), none, none, AS_IT_IS) != 0,
                    "an inactive thread moves");
        look(1);
        expect_that(control(two, thread_id(1), none, me, AS_IT_IS) != 0,
                    "it is made active there");
        refused(L4_ErrUtcbArea, two, thread_id(3), none, thread_id(3),
                OTHER_UTCBS + 6 * L4_UtcbSize(0),
                "an active thread moves, and is to have another UTCB there");
        expect_that(control(two, thread_id(3), none, thread_id(3), AS_IT_IS) !=
                            0,
                    "an active thread moves, and gets another pager");
        look(2);
        expect_word(0,
                    control(thread_id(1), thread_id(3), none, none, AS_IT_IS),
                    "a thread moves where another one has its UTCB");
        expect_word(L4_ErrUtcbArea, L4_ErrorCode(), "and why: the error code");
        look(3);
        thread_end(3);
        expect_that(control(thread_id(1), two, none, none, AS_IT_IS) != 0,
                    "the last thread of a space moves");
        look(4);
        expect_that(control(thread_id(4), me, me, none,
                            OTHER_UTCBS + 6 * L4_UtcbSize(0)) != 0,
                    "another inactive thread is made");
        expect_that(control(thread_id(4), two, none, me, AS_IT_IS) != 0,
                    "it moves and is made active at once");
        look(5);
        thread_end(4);
        expect_that(control(two, none, none, none, AS_IT_IS) != 0,
                    "a thread ends");
        expect_that(control(other_version(1, 77), none, none, none, AS_IT_IS) !=
                            0,
                    "another one ends, by any version");
        look(6);
}

static void
try_from_another_space(void)
{
        found[0] = control(thread_id(1), L4_nilthread, L4_nilthread,
                           L4_nilthread, AS_IT_IS);
        found[1] = L4_ErrorCode();
        found[2] = control(thread_id(5), L4_Myself(), L4_Myself(), L4_nilthread,
                           AS_IT_IS);
        found[3] = L4_ErrorCode();
        found[4] = control(L4_nilthread, L4_nilthread, L4_nilthread,
                           L4_nilthread, AS_IT_IS);
        found[5] = L4_ErrorCode();
        found[6] = 1;
        for (;;)
                L4_Stop(L4_Myself());
}

TRIAL(thread_control_needs_privilege)
{
        for (int i = 0; i < 7; i++)
                found[i] = 99;
        expect_that(thread_in_new_space(1, OTHER_KIP, L4_Myself()),
                    "a thread in a space of its own");
        thread_start(thread_id(1), try_from_another_space, &stack);
        L4_Set_Priority(L4_Myself(), 50);
        expect_word(1, found[6], "the thread has run");
        for (int i = 0; i < 6; i += 2) {
                expect_word(0, found[i], "ThreadControl without privilege");
                expect_word(L4_ErrNoPrivilege, found[i + 1],
                            "and why: the error code");
        }
}

TRIAL(thread_control_looks_in_order)
{
        L4_ThreadId_t me = L4_Myself(), none = L4_nilthread;
        L4_ThreadId_t nobody = thread_id(7), one = thread_id(1);
        L4_ThreadId_t line = L4_GlobalId(5, 1);

        refused(L4_ErrInvalidThread, none, nobody, nobody, me, 1,
                "nil as a thread");
        refused(L4_ErrInvalidThread, L4_anythread, nobody, nobody, me, 1,
                "any as a thread");
        refused(L4_ErrInvalidThread, L4_GlobalId(0x20000 + 60, 1), nobody,
                nobody, me, 1, "a number that there is not");
        refused(L4_ErrInvalidThread, L4_GlobalId(0x20000, 1), nobody, nobody,
                me, 1, "the first number that there is not");
        refused(L4_ErrInvalidThread, L4_GlobalId(47, 1), me, me, me, place(5),
                "a number of the kernel's");
        refused(L4_ErrInvalidSpace, L4_GlobalId(48, 1), nobody, me, me, 1,
                "the first number of the users', in the space of nobody");
        refused(L4_ErrInvalidSpace, L4_GlobalId(0x1FFFF, 1), nobody, me, me, 1,
                "the last number that there is, in the space of nobody");
        refused(L4_ErrInvalidThread, nobody, none, nobody, me, 1,
                "nobody is ended");
        refused(L4_ErrInvalidThread, other_version(0, 9), none, nobody, me, 1,
                "a thread ends itself, by another version");
        refused(L4_ErrInvalidSpace, one, nobody, nobody, me, 1,
                "space and scheduler of nobody");
        refused(L4_ErrInvalidSpace, one, other_version(1, 9), me, none, 1,
                "the space of nobody, who has the thread's number");
        refused(L4_ErrInvalidSpace, one, line, none, me, 1,
                "the space of an interrupt line");
        refused(L4_ErrInvalidScheduler, one, me, nobody, me, 1,
                "scheduler nobody, UTCB nowhere");
        refused(L4_ErrInvalidScheduler, one, me, line, me, 1,
                "scheduler an interrupt line, UTCB nowhere");
        refused(L4_ErrInvalidScheduler, one, one, none, me, 1,
                "no scheduler, active in a space without areas");
        expect_that(thread_here(1), "a thread is made");
        refused(L4_ErrInvalidSpace, other_version(1, 9), other_version(1, 9),
                me, none, AS_IT_IS, "a thread by the version that it gets");
        refused(L4_ErrInvalidScheduler, one, me, nobody, me, 1,
                "another scheduler, which is nobody");
        refused(L4_ErrUtcbArea, one, me, me, me, place(6),
                "an active thread gets another UTCB");
        __L4_TCR_Set_ErrorCode(77);
        expect_that(control(one, me, none, none, AS_IT_IS) != 0,
                    "a call that changes nothing");
        expect_word(77, L4_ErrorCode(), "the error code after success");
}

TRIAL(refused_changes_change_nothing)
{
        L4_ThreadId_t me = L4_Myself(), none = L4_nilthread;
        L4_ThreadId_t one = thread_id(1), two = thread_id(2);

        expect_that(thread_here(1), "a thread is made");
        expect_that(thread_in_new_space(3, OTHER_KIP, me), "another space");
        expect_that(control(two, me, me, none, 0x123) != 0,
                    "an inactive thread whose UTCB would be nowhere");
        look(1);
        refused(L4_ErrUtcbArea, other_version(1, 9), me, one, two, place(6),
                "an active thread gets another UTCB, and much else");
        refused(L4_ErrUtcbArea, other_version(1, 9), thread_id(3), one, two,
                AS_IT_IS, "an active thread moves where its UTCB is nowhere");
        refused(L4_ErrInvalidScheduler, other_version(1, 9), thread_id(3),
                thread_id(7), two, AS_IT_IS, "a scheduler that is nobody");
        refused(L4_ErrUtcbArea, other_version(2, 9), me, one, me, AS_IT_IS,
                "an inactive thread becomes active, with no place for its UTCB");
        refused(L4_ErrUtcbArea, other_version(2, 9), thread_id(3), one, me,
                OTHER_UTCBS,
                "the same in another space, at a place that is "
                "taken");
        refused(L4_ErrUtcbArea, thread_id(4), me, me, me, 0x124,
                "an active thread is made, with its UTCB nowhere");
        look(2);
}

TRIAL(threads_run_out)
{
        L4_ThreadId_t me = L4_Myself();
        L4_Word_t n = 1, active = 1;

        for (; active < 256; active++)
                if (control(thread_id(active), me, me, me, place(active)) == 0)
                        break;
        if (active < 256)
                expect_word(L4_ErrNoMem, L4_ErrorCode(),
                            "why no more active threads are made");
        n = active;
        while (n < MOST &&
               control(thread_id(n), me, me, L4_nilthread, AS_IT_IS) != 0)
                n++;
        expect_that(n < MOST, "at some time there is no room for a thread");
        expect_word(L4_ErrNoMem, L4_ErrorCode(),
                    "why no more threads are made");
        refused(L4_ErrNoMem, thread_id(n), thread_id(n), me, L4_nilthread,
                AS_IT_IS, "a space for a thread for which there is no room");
        thread_end(1);
        expect_that(thread_here(1), "there is room again");
        expect_word(0, control(thread_id(n), me, me, L4_nilthread, AS_IT_IS),
                    "one more thread");
        while (n-- > 1)
                thread_end(n);
        look(1);
        // Spaces: each has a page, which ends before the threads do, or after.
        for (n = 1; n < MOST; n++)
                if (control(thread_id(n), thread_id(n), me, L4_nilthread,
                            AS_IT_IS) == 0)
                        break;
        expect_word(L4_ErrNoMem, L4_ErrorCode(), "why no more spaces are made");
        note(thread_id(n).raw, 0, 0, 0, 0);
        look(2);
        while (n-- > 1)
                thread_end(n);
        look(3);
}
