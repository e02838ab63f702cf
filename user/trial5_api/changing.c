// SPDX-License-Identifier: MIT
// Trials: ThreadControl changes threads, or leaves them as they were.
#include <h4/answers.h>
#include <h4/trial.h>
#include <l4/kip.h>

#define me L4_Myself()
#define none L4_nilthread
#define one thread_id(1)

static L4_ThreadId_t
version(L4_Word_t n, L4_Word_t of_it)
{
        return L4_GlobalId(L4_ThreadNo(thread_id(n)), of_it);
}

TRIAL(a_change_of_nothing_succeeds)
{
        expect_that(thread_here(1), "a thread is made");
        expect_word(0, thread_control(one, me, none, none, SAME),
                    "nothing is changed");
        expect_word(0, thread_control(one, one, none, none, SAME),
                    "its own space named by itself");
        expect_word(0, thread_control(me, me, none, none, SAME), "of oneself");
        expect_word(me.raw, L4_PagerOf(one).raw, "the pager");
        expect_word(utcb_here(1) + 0x100, L4_LocalIdOf(one).raw, "the UTCB");
        expect_word(3, state_of(me), "I am its scheduler and my own one");
}

TRIAL(an_active_thread_keeps_its_utcb)
{
        expect_that(thread_here(1), "a thread is made");
        expect_word(L4_ErrUtcbArea,
                    thread_control(one, me, none, none, utcb_here(2)),
                    "another place");
        expect_word(L4_ErrUtcbArea, thread_control(one, me, none, none, 0),
                    "no place");
        expect_word(0, thread_control(one, me, none, none, utcb_here(1)),
                    "the place where it is");
        expect_word(utcb_here(1) + 0x100, L4_LocalIdOf(one).raw, "it is there");
}

TRIAL(a_pager_is_only_a_word)
{
        expect_that(thread_here(1), "a thread is made");
        expect_word(0, thread_control(one, me, none, thread_id(9), SAME),
                    "a pager that there is not");
        expect_word(thread_id(9).raw, L4_PagerOf(one).raw, "it is the pager");
        expect_word(0, thread_control(one, me, none, L4_anythread, SAME),
                    "a pager that is no ID");
        expect_word(0xFFFFFFFF, L4_PagerOf(one).raw, "it is the pager");
        expect_word(0, thread_control(one, me, none, none, SAME), "nil");
        expect_word(0xFFFFFFFF, L4_PagerOf(one).raw, "the pager stays");
}

// All or nothing: what is right in a call that fails is not done either.
TRIAL(a_change_that_fails_changes_nothing)
{
        L4_ThreadId_t new = version(1, 9);

        expect_that(thread_here(1), "a thread is made");
        expect_word(L4_ErrUtcbArea,
                    thread_control(new, me, me, thread_id(5), utcb_here(2)),
                    "a good pager and version, a bad UTCB");
        expect_word(me.raw, L4_PagerOf(one).raw, "the pager");
        expect_word(0, L4_LocalIdOf(new).raw, "the new ID is nobody's");
        expect_word(L4_ErrInvalidScheduler,
                    thread_control(new, me, thread_id(5), thread_id(5), SAME),
                    "a bad scheduler");
        expect_word(me.raw, L4_PagerOf(one).raw, "the pager");
        expect_word(6, state_of(one), "the scheduler");
        expect_word(L4_ErrInvalidSpace,
                    thread_control(new, new, none, thread_id(5), SAME),
                    "a bad space");
        expect_word(me.raw, L4_PagerOf(one).raw, "the pager");
        expect_word(utcb_here(1) + 0x100, L4_LocalIdOf(one).raw, "its ID");
}

// One that could not be made is not there, nor anything of it.
TRIAL(a_thread_that_fails_is_not_there)
{
        expect_word(L4_ErrUtcbArea, thread_control(one, me, me, me, 1),
                    "a bad UTCB");
        expect_word(L4_ErrInvalidThread,
                    thread_control(one, none, none, none, SAME),
                    "it is not there");
        expect_word(0, thread_control(one, one, me, none, 1), "inactive");
        expect_word(L4_ErrUtcbArea, thread_control(one, one, none, me, SAME),
                    "its space has no areas");
        expect_word(1, state_of(one), "it is inactive still");
        expect_word(0, thread_control(one, none, none, none, SAME), "ended");
        look(1);
}

TRIAL(a_thread_gets_another_version)
{
        L4_ThreadId_t new = version(1, 0x3FFF);

        expect_that(thread_here(1), "a thread is made");
        L4_Word_t local = L4_LocalIdOf(one).raw;
        expect_word(L4_ErrInvalidSpace,
                    thread_control(new, new, none, none, SAME),
                    "the space is named by the old ID");
        expect_word(0, thread_control(new, one, none, none, SAME),
                    "another version");
        expect_word(0, L4_LocalIdOf(one).raw, "the old ID is nobody's");
        expect_word(local, L4_LocalIdOf(new).raw, "the new one is its ID");
        L4_ThreadId_t by_local = { .raw = local };
        expect_word(new.raw, L4_GlobalIdOf(by_local).raw,
                    "its ID by the local");
        const L4_Word_t *utcb = (L4_Word_t *)(uintptr_t)local;
        expect_word(new.raw, utcb[-15], "its ID in the UTCB");
        expect_word(L4_ErrInvalidThread, schedule(one, SAME, SAME, 1, SAME),
                    "Schedule of the old ID");
        expect_word(0, schedule(new, SAME, SAME, 1, SAME), "of the new one");
}

// Local IDs of the caller's space are as good.
TRIAL(local_ids_are_as_good)
{
        L4_ThreadId_t my = L4_MyLocalId();

        expect_word(0, thread_control(one, my, my, my, utcb_here(1)),
                    "space, scheduler and pager by local IDs");
        expect_word(me.raw, L4_PagerOf(one).raw, "the pager's global ID");
        L4_ThreadId_t local = L4_LocalIdOf(one);
        expect_word(0, thread_control(local, local, none, none, SAME),
                    "thread and space by a local ID");
        expect_word(0, schedule(local, SAME, SAME, 7, SAME),
                    "Schedule by a local ID");
        expect_word(one.raw, L4_GlobalIdOf(local).raw,
                    "ExchangeRegisters by a local ID");
        expect_word(0, space_control(local, 0, 0, none),
                    "SpaceControl by a local ID");
        expect_word(0, thread_control(local, none, none, none, SAME),
                    "ended by its local ID");
        expect_word(L4_ErrInvalidThread,
                    thread_control(local, none, none, none, SAME),
                    "which is nobody's now");
        expect_word(L4_ErrInvalidThread, schedule(local, SAME, SAME, 7, SAME),
                    "nobody's");
}

// Each thread of the kernel's takes memory of it, and the last one too many is refused.
TRIAL(threads_until_there_is_no_room)
{
        L4_Word_t made = 0;

        for (L4_Word_t round = 0; round < 2; round++) {
                L4_Word_t error = 0, n = 1;
                while (n < 3000 && error == 0)
                        error = thread_control(thread_id(n++), me, me, none, 0);
                expect_word(L4_ErrNoMem, error, "one too many");
                expect_that(round == 0 || made == n, "as many as before");
                made = n;
                while (n-- > 2)
                        thread_end(n - 1);
        }
        expect_that(made > 30, "some threads");
        look(1);
}

// The same for address spaces.
TRIAL(spaces_until_there_is_no_room)
{
        L4_Word_t error = 0, n = 1;

        while (n < 3000 && error == 0) {
                error = thread_control(thread_id(n), thread_id(n), me, none, 0);
                n++;
        }
        expect_word(L4_ErrNoMem, error, "one too many");
        expect_that(n > 5, "some spaces");
        for (L4_Word_t m = 1; m < n - 1; m++)
                thread_end(m);
        look(1);
}

// And for active threads: UTCBs and contexts.
TRIAL(active_threads_until_there_is_no_room)
{
        L4_Word_t error = 0, n = 1;

        while (n < 256 && error == 0) {
                error = thread_control(thread_id(n), me, me, me, utcb_here(n));
                n++;
        }
        note(n, error, 0, 0, 0);
        expect_that(n == 256 || error == L4_ErrNoMem, "one too many");
        for (L4_Word_t m = 1; m < n; m++)
                thread_end(m);
        look(1);
}
