// SPDX-License-Identifier: MIT
// Trials: SpaceControl.
#include <h4/answers.h>
#include <h4/trial.h>
#include <l4/kip.h>

#define me L4_Myself()
#define none L4_nilthread
#define one thread_id(1)

#define KIP fpage(OTHER_KIP, 12)
#define UTCBS fpage(OTHER_UTCBS, 13)

// A thread that is not active, in a space without areas.
static void
begin(void)
{
        expect_word(0, thread_control(one, one, me, none, utcb_there(0)),
                    "a thread in a space of its own");
}

TRIAL(space_control_wants_a_space)
{
        static const L4_Word_t bad[] = { 0,          0xFFFFFFFF, 0xFFFFFFC0,
                                         0x40,       0x14001,    0x80000001,
                                         0x000C8002, 0xBF000300 };

        for (L4_Word_t i = 0; i < sizeof(bad) / 4; i++) {
                L4_ThreadId_t thread = { .raw = bad[i] };
                expect_word(L4_ErrInvalidSpace,
                            space_control(thread, KIP, UTCBS, none),
                            "a word that names no thread with a space");
        }
}

TRIAL(space_control_wants_a_redirector)
{
        begin();
        expect_word(L4_ErrInvalidThread,
                    space_control(one, KIP, UTCBS, thread_id(5)), "nobody");
        expect_word(L4_ErrInvalidThread,
                    space_control(one, KIP, UTCBS, L4_GlobalId(5, 1)),
                    "an interrupt line");
        expect_word(L4_ErrInvalidThread,
                    space_control(one, 0, 0, L4_anylocalthread),
                    "any of the space, before bad areas");
        expect_word(L4_ErrUtcbArea, thread_control(one, one, none, me, SAME),
                    "nothing has been done: no areas");
        expect_word(0, space_control(one, KIP, UTCBS, me), "a thread");
        expect_word(0, space_control(one, 0, 0, L4_MyLocalId()),
                    "a thread by its local ID");
        expect_word(0, space_control(one, 0, 0, L4_anythread), "no one");
        expect_word(0, space_control(one, 0, 0, none), "as it is");
}

TRIAL(space_control_wants_a_kip_area)
{
        static const L4_Word_t bad[] = {
                0,
                OTHER_KIP,                     // size 0
                OTHER_KIP | 1 << 4,            //
                OTHER_KIP | 11 << 4,           // too small
                0x00000000 | 32 << 4,          // too large
                OTHER_KIP | 63 << 4,           //
                0xC0000000 | 12 << 4,          // not in user space
                0xFFFFF000 | 12 << 4,          //
                0x80000000 | 31 << 4,          // reaches out of it
                0xBFF00000 | 30 << 4 | 1 << 30 // 0xC0000000 once rounded
        };

        begin();
        for (L4_Word_t i = 0; i < sizeof(bad) / 4; i++) {
                expect_word(L4_ErrKipArea,
                            space_control(one, bad[i], UTCBS, none),
                            "no area for the page");
                expect_word(L4_ErrKipArea, space_control(one, bad[i], 1, none),
                            "it is looked at first");
        }
        expect_word(0, space_control(one, fpage(0xBFFFF000, 12), UTCBS, none),
                    "the last page of user space");
        expect_word(0, space_control(one, fpage(0x80000000, 30), UTCBS, none),
                    "a large area");
        expect_word(0, space_control(one, fpage(0, 12), UTCBS, none),
                    "the first page");
        thread_end(1);
        look(1);
}

TRIAL(space_control_wants_a_utcb_area)
{
        static const L4_Word_t bad[] = {
                0,
                OTHER_UTCBS | 1 << 4,
                OTHER_UTCBS | 11 << 4,
                OTHER_UTCBS | 32 << 4,
                0xC0000000 | 12 << 4,
                0xFFFFF000 | 12 << 4,
                0x80000000 | 31 << 4,
        };

        begin();
        for (L4_Word_t i = 0; i < sizeof(bad) / 4; i++)
                expect_word(L4_ErrUtcbArea,
                            space_control(one, KIP, bad[i], none),
                            "no area for UTCBs");
        expect_word(0, space_control(one, KIP, fpage(0xBFFFF000, 12), none),
                    "the last page of user space");
        expect_word(0, thread_control(one, one, none, me, 0xBFFFFE00),
                    "and a UTCB at its end");
        expect_word(L4_ErrUtcbArea,
                    thread_control(thread_id(2), one, me, me, 0xBFFFE000),
                    "but none before it");
}

TRIAL(space_control_keeps_areas_apart)
{
        begin();
        expect_word(L4_ErrKipArea,
                    space_control(one, fpage(OTHER_UTCBS, 12), UTCBS, none),
                    "at the beginning of the UTCB area");
        expect_word(L4_ErrKipArea,
                    space_control(one, fpage(OTHER_UTCBS + 0x1000, 12), UTCBS,
                                  none),
                    "at its end");
        expect_word(L4_ErrKipArea,
                    space_control(one, fpage(0, 30), UTCBS, none), "around it");
        expect_word(0,
                    space_control(one, fpage(OTHER_UTCBS + 0x2000, 12), UTCBS,
                                  none),
                    "just behind it");
}

// Nil is nothing new from the second time on.
TRIAL(space_control_may_leave_areas)
{
        begin();
        expect_word(L4_ErrKipArea, space_control(one, 0, 0, none),
                    "nothing, the first time");
        expect_word(L4_ErrUtcbArea, space_control(one, KIP, 0, none),
                    "no UTCBs, the first time");
        expect_word(0, space_control(one, KIP, UTCBS, none), "both");
        expect_word(0, space_control(one, 0, 0, none), "nothing");
        expect_word(0, space_control(one, KIP, 0, none), "the page as before");
        expect_word(0, space_control(one, 0, UTCBS, none),
                    "the UTCBs as before");
        expect_word(0, thread_control(one, one, none, me, SAME),
                    "a UTCB in the area");
        expect_word(utcb_there(0) + 0x100, L4_LocalIdOf(one).raw,
                    "it is there");
}

TRIAL(areas_move_while_nobody_is_active)
{
        begin();
        expect_word(0, space_control(one, KIP, UTCBS, none), "some areas");
        expect_word(0,
                    space_control(one, fpage(0x00D00000, 12),
                                  fpage(0x00E00000, 12), none),
                    "others");
        expect_word(L4_ErrUtcbArea,
                    thread_control(one, one, none, me, utcb_there(0)),
                    "a UTCB where the area was");
        expect_word(0, thread_control(one, one, none, me, 0x00E00200),
                    "a UTCB where it is");
        expect_word(L4_ErrKipArea, space_control(one, KIP, 0, none),
                    "another page, while a thread is active");
        expect_word(L4_ErrUtcbArea, space_control(one, 0, UTCBS, none),
                    "other UTCBs, while a thread is active");
        expect_word(L4_ErrUtcbArea,
                    space_control(one, 0, fpage(0x00E00000, 13), none),
                    "a larger area, while a thread is active");
        expect_word(L4_ErrKipArea, space_control(one, KIP, UTCBS, none),
                    "both, while a thread is active");
        expect_word(0,
                    space_control(one, fpage(0x00D00000, 12),
                                  fpage(0x00E00000, 12), none),
                    "the same ones");
        expect_word(0, space_control(one, 0, 0, me), "a redirector");
}

// A thread of the first space is in one as well.
TRIAL(space_control_of_the_own_space)
{
        expect_word(0, space_control(me, 0, 0, none), "nothing");
        expect_word(0,
                    space_control(me, fpage(ROOT_KIP, 12),
                                  fpage(ROOT_UTCBS, 17), none),
                    "the areas that there are");
        expect_word(L4_ErrUtcbArea,
                    space_control(me, 0, fpage(ROOT_UTCBS, 16), none),
                    "a smaller area");
        expect_word(L4_ErrKipArea,
                    space_control(me, fpage(ROOT_UTCBS, 12), 0, none),
                    "the page among the UTCBs");
}

// Each space has UTCBs of its own, at the same addresses.
TRIAL(spaces_do_not_share_utcbs)
{
        expect_that(thread_in_new_space(1, OTHER_KIP, me), "one space");
        expect_that(thread_in_new_space(2, OTHER_KIP, me), "another one");
        expect_word(L4_LocalIdOf(one).raw, L4_LocalIdOf(thread_id(2)).raw,
                    "the UTCBs have the same address");
        L4_Set_UserDefinedHandleOf(one, 111);
        L4_Set_UserDefinedHandleOf(thread_id(2), 222);
        expect_word(111, L4_UserDefinedHandleOf(one), "what is in the one");
        expect_word(222, L4_UserDefinedHandleOf(thread_id(2)),
                    "what is in the other");
        expect_word(L4_ErrUtcbArea,
                    thread_control(thread_id(3), one, me, me, utcb_there(0)),
                    "a second thread at the first one's place");
        L4_ThreadId_t local = L4_LocalIdOf(one);
        expect_word(0, L4_GlobalIdOf(local).raw,
                    "the local ID means nobody here");
}
