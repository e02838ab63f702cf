// SPDX-License-Identifier: MIT
// Trials: what a thread of another space may do, and what it finds there.
#include <h4/act.h>

#include <l4/kip.h>

// What the first thread, in a space of its own, has done and told.
static volatile L4_Word_t told[8], told_count;

static void
tell(L4_Word_t word)
{
        told[told_count++ % 8] = word;
}

static void
begin(void (*what)(void))
{
        act(1, none, none, 0)->before = what;
        begin_there(1);
        settle();
        expect_word(2, state_of(one), "it is done");
}

static void
try_controls(void)
{
        static const L4_Word_t attributes[4];

        tell(thread_control(thread_id(4), one, one, one, utcb_there(4)));
        tell(thread_control(thread_id(99), none, none, none, SAME));
        tell(space_control(one, 0, 0, none));
        tell(space_control(thread_id(99), 1, 1, none));
        __L4_TCR_Set_ErrorCode(UNTOUCHED);
        tell(L4_ProcessorControl(0, 0, 0, 0) << 16 | L4_ErrorCode());
        __L4_TCR_Set_ErrorCode(UNTOUCHED);
        tell(L4_MemoryControl(0, attributes) << 16 | L4_ErrorCode());
}

TRIAL(a_child_has_no_privilege)
{
        begin(try_controls);
        expect_word(6, told_count, "what it has tried");
        for (L4_Word_t i = 0; i < told_count; i++)
                expect_word(L4_ErrNoPrivilege, told[i], "no privilege");
        expect_word(L4_ErrInvalidThread,
                    thread_control(thread_id(4), none, none, none, SAME),
                    "nothing has been made");
}

static void
try_schedule(void)
{
        tell(schedule(three, SAME, SAME, 50, SAME));
        tell(schedule(two, SAME, SAME, 50, SAME));
        tell(schedule(one, SAME, SAME, 101, SAME));
}

// Schedule is for whoever is in the scheduler's space.
TRIAL(a_child_schedules_what_is_its_own)
{
        make_here(3);
        make_there(2);
        make_there(1);
        expect_word(0, thread_control(one, one, one, none, SAME),
                    "a thread that is its own scheduler");
        expect_word(0, thread_control(two, two, one, none, SAME),
                    "a thread of a third space, scheduled by it");
        act(1, none, none, 0)->before = try_schedule;
        launch(1);
        settle();
        expect_word(L4_ErrNoPrivilege, told[0], "the root's");
        expect_word(0, told[1], "its own one");
        expect_word(L4_ErrInvalidParam, told[2], "too high a priority");
        expect_word(L4_ErrNoPrivilege, schedule(two, SAME, SAME, 60, SAME),
                    "the root is not in the scheduler's space");
        expect_word(0, thread_control(two, two, me, none, SAME),
                    "until it makes itself the scheduler");
        expect_word(0, schedule(two, SAME, SAME, 60, SAME), "then it is");
}

static void
look_around(void)
{
        L4_Word_t version;

        tell((L4_Word_t)(uintptr_t)L4_KernelInterface(&version, 0, 0));
        tell(version);
        tell(*(L4_Word_t *)L4_KernelInterface(0, 0, 0));
        tell(L4_MyGlobalId().raw);
        tell(L4_MyLocalId().raw);
        tell(L4_Pager().raw);
        tell((L4_Word_t)L4_SystemClock().X.low != 0);
}

TRIAL(a_child_finds_its_page_and_utcb)
{
        begin(look_around);
        expect_word(OTHER_KIP, told[0], "where the page is");
        expect_word(0x84050000, told[1], "the version");
        expect_word(0x4BE6344C, told[2], "its first word");
        expect_word(one.raw, told[3], "its global ID");
        expect_word(utcb_there(0) + 0x100, told[4], "its local ID");
        expect_word(thread_id(PAGER).raw, told[5], "its pager");
        expect_word(1, told[6], "the clock");
}

// The page is at the beginning of its area, wherever that is.
TRIAL(pages_are_where_each_space_wants_them)
{
        act(1, none, none, 0)->before = look_around;
        make_there(2); // for the sake of the pager
        expect_word(0, thread_control(one, one, me, none, 0xBFFFFE00),
                    "a thread in a space of its own");
        expect_word(0,
                    space_control(one, fpage(0x20000000, 16),
                                  fpage(0xBFFFF000, 12), none),
                    "its areas");
        expect_word(0, thread_control(one, one, none, thread_id(PAGER), SAME),
                    "it is active");
        launch(1);
        settle();
        expect_word(0x20000000, told[0], "where the page is");
        expect_word(0x4BE6344C, told[2], "its first word");
        expect_word(0xBFFFFF00, told[4], "its local ID");
}

// What user code finds at GS:0, after others have run.
static void
look_at_gs(void)
{
        for (int i = 0; i < 8; i++) {
                if ((L4_Word_t)(uintptr_t)__L4_X86_Utcb() !=
                    L4_LocalIdOf(L4_MyGlobalId()).raw)
                        tell(1);
                L4_ThreadSwitch(none);
        }
        tell(2);
}

TRIAL(gs_is_each_thread_s_own)
{
        for (L4_Word_t n = 1; n <= 4; n++) {
                act(n, none, none, 0)->before = look_at_gs;
                if (n < 3)
                        make_here(n);
                else
                        make_there(n);
        }
        for (L4_Word_t n = 1; n <= 4; n++)
                launch(n);
        settle();
        expect_word(4, told_count, "threads that are done");
        for (L4_Word_t i = 0; i < 4; i++)
                expect_word(2, told[i], "GS:0 was always the local ID");
}

// Threads of a space see each other's UTCBs, and those of other spaces not.
static void
write_utcbs(void)
{
        volatile L4_Word_t *other = (L4_Word_t *)(uintptr_t)utcb_there(1);

        tell(other[0]);
        other[64 - 13] = 0x4321;
        L4_Set_UserDefinedHandle(0x1234);
}

TRIAL(utcbs_are_the_space_s)
{
        make_there(1);
        expect_that(thread_beside(2, 1, thread_id(PAGER)), "a second thread");
        act(1, none, none, 0)->before = write_utcbs;
        expect_word(0, thread_control(two, none, none, none, SAME), "ended");
        expect_word(
                0,
                thread_control(two, one, me, thread_id(PAGER), utcb_there(1)),
                "and made again, in the next UTCB");
        launch(1);
        settle();
        expect_word(utcb_there(1) + 0x100, told[0], "the other one's local ID");
        expect_word(0x4321, L4_UserDefinedHandleOf(two), "its handle");
        expect_word(0x1234, L4_UserDefinedHandleOf(one), "the own handle");
}

// A child ends its own thread's life by a fault that nobody answers: the root goes on.
static void
jump_away(void)
{
        L4_Set_Pager(none);
        ((void (*)(void))0xE0000000)();
}

TRIAL(a_child_that_jumps_away)
{
        begin(jump_away); // and is halted there
        end_all();
        look(1);
}
