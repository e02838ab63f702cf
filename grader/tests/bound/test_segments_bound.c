// SPDX-License-Identifier: MIT
// GS where programs are run in the bound form, which goes on by SYSEXIT.
#include "bound.h"
#include "code.h"

// Says the word at GS:0 and the selector in GS, loads GS with another one from
// USERS_FREE + 0x100, and calls.
extern const struct user_code changes_gs;
CODE(changes_gs, "1: mov %gs:0, %edi\n"
                 "movw %gs, %si\n"
                 "movw 0x40001300, %gs\n" SYSENTER "jmp 1b\n");

static const uint32_t selectors[] = { 0, 3, USER_DATA, USER_GS, USER_CODE };

static void
compare_gs(void)
{
        const enum user_space space = told.who == USER_A ? SPACE_1 : SPACE_2;

        expect_call(told.who, "programs that change GS");
        expect_hex(told.who == USER_A ? 0xA000A000 : 0xB000B000, told.edi,
                   "call %u: the word at GS:0 of the context in slot %u",
                   told_times, told.who);
        expect_hex(USER_GS, told.esi & 0xFFFF, "call %u: the selector in GS",
                   told_times);
        if (told_times == 40)
                over();
        *users_word(space, USERS_FREE + 0x100) = selectors[random_below(5)];
        if (told_times == 1 || random_below(2))
                run(told.who == USER_A ? USER_B : USER_A);
}

TEST(gs_is_loaded_behind_each_call)
{
        bound_begin();
        for (unsigned space = SPACE_1; space <= SPACE_2; space++) {
                enum user who = space == SPACE_1 ? USER_A : USER_B;

                give_program(space, who, &changes_gs);
                bind(who, space, NO_BUFFER, 0);
                *users_word(space, USERS_FREE + 0x100) = 0;
                *users_word(space, USERS_FREE) =
                        who == USER_A ? 0xA000A000 : 0xB000B000;
                expect_h(H_OK,
                         h_set_gs(users_context(who),
                                  (struct h_vaddr){ USERS_FREE }, 4),
                         "h_set_gs");
        }
        run_bound(USER_A, compare_gs);
}

// A has a GS segment, B has none: each time behind A it tries to have it, by
// SYSEXIT (behind its own call) or the long way (behind its own fault).
extern const struct user_code takes_gs;
CODE(takes_gs, "1: inc %edi\n" SYSENTER "mov $0x3B, %ecx\n" // USER_GS
               "mov %ecx, %gs\n"
               "jmp 1b\n");

#define OF_MOV 4u // bytes: MOV to GS, and JMP

static bool called; // and has not been stopped since

static void
take_gs(void)
{
        if (told_times == 1)
                called = false;
        if (told_times >= 30)
                over();
        if (told.who == USER_A) {
                expect_call(USER_A, "a program with a GS segment");
                run(USER_B);
        }
        if (told.call && !called) {
                called = true;
                run(USER_A);
        }
        called = false;
        expect_event(USER_B, 13, USER_GS & ~3u,
                     "loading the selector of another program's GS");
        expect_hex(USERS_CODE + takes_gs.size - OF_MOV, reg(USER_B, H_EIP),
                   "loading the selector of another program's GS: H_EIP");
        if (told_times % 3 == 0)
                users_slot(USER_B)->registers[H_EIP] = USERS_CODE;
        run(USER_A);
}

TEST(a_program_takes_no_other_gs)
{
        bound_begin();
        give_program(SPACE_1, USER_A, &calls_sysenter);
        give_program(SPACE_2, USER_B, &takes_gs);
        bind(USER_A, SPACE_1, NO_BUFFER, 0);
        bind(USER_B, SPACE_2, NO_BUFFER, 0);
        expect_h(H_OK,
                 h_set_gs(users_context(USER_A), (struct h_vaddr){ USERS_FREE },
                          0x567),
                 "h_set_gs");
        run_bound(USER_A, take_gs);
}
