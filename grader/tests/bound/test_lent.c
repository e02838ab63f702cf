// SPDX-License-Identifier: MIT
// What is lent to one program, and not to another that runs before or behind
// it: a GS segment, ports, the floating-point unit.
#include "bound.h"

// Both programs, in turns: A, B, A, B.
static void
take_turns(void)
{
        enum user other = told.who == USER_A ? USER_B : USER_A;

        if (told_times % 3 == 0)
                (void)h_handoff(users_context(other), 0, 1, 2);
        run(other);
}

static void
two_programs(const struct user_code *code)
{
        bound_begin();
        give_program(SPACE_1, USER_A, code);
        give_program(SPACE_2, USER_B, code);
        bind(USER_A, SPACE_1, NO_BUFFER, 0);
        bind(USER_B, SPACE_2, NO_BUFFER, 0);
}

static void
compare_gs(void)
{
        expect_call(told.who, "programs with GS segments");
        expect_hex(told.who == USER_A ? 0xA000A000 : 0xB000B000, told.edi,
                   "call %u: the word at GS:0 of the context in slot %u",
                   told_times, told.who);
        if (told_times == 20)
                over();
        take_turns();
}

TEST(each_program_has_its_gs)
{
        two_programs(&reads_gs);
        *users_word(SPACE_1, USERS_FREE) = 0xA000A000;
        *users_word(SPACE_2, USERS_FREE + 0x40) = 0xB000B000;
        expect_h(H_OK,
                 h_set_gs(users_context(USER_A), (struct h_vaddr){ USERS_FREE },
                          4),
                 "h_set_gs");
        expect_h(H_OK,
                 h_set_gs(users_context(USER_B),
                          (struct h_vaddr){ USERS_FREE + 0x40 }, 4),
                 "h_set_gs");
        run_bound(USER_A, compare_gs);
}

// B, which has none, comes by SYSENTER and goes on by SYSEXIT behind A.
static bool run_behind_a;

static void
expect_no_gs(void)
{
        if (told.who == USER_A)
                expect_call(USER_A, "a program with a GS segment");
        else if (told_times == 2) {
                expect_call(USER_B, "a program without a GS segment");
                // From now on it reads by GS.
                users_slot(USER_B)->registers[H_EIP] =
                        USERS_CODE + calls_sysenter.size;
                run(USER_A);
        } else {
                // QEMU reads from address 0.
                expect_event(told.who, users_strict() ? 13 : 14,
                             users_strict() ? 0 : 4,
                             "reading by GS, which is null");
                if (told.who == USER_C)
                        over();
                // It has never run, and goes the long way.
                run_behind_a = true;
                run(USER_A);
        }
        if (run_behind_a)
                run(USER_C);
        run(USER_B);
}

TEST(a_program_has_no_other_gs)
{
        bound_begin();
        give_program(SPACE_1, USER_A, &reads_gs);
        give_program(SPACE_2, USER_B, &calls_sysenter);
        give_program(SPACE_2, USER_C, &reads_gs);
        bind(USER_C, SPACE_2, NO_BUFFER, 0);
        run_behind_a = false;
        bind(USER_A, SPACE_1, NO_BUFFER, 0);
        bind(USER_B, SPACE_2, NO_BUFFER, 0);
        expect_h(H_OK,
                 h_set_gs(users_context(USER_A), (struct h_vaddr){ USERS_FREE },
                          4),
                 "h_set_gs");
        run_bound(USER_A, expect_no_gs);
}

// A has the port, B has not: A reads it in each turn, B calls and is stopped at
// IN in turns.
static uint32_t times_of_b;

static void
compare_ports(void)
{
        if (told_times == 1)
                times_of_b = 0;
        if (told_times == 30)
                over();
        if (told.who == USER_A) {
                expect_call(USER_A, "a program with ports");
                expect_number(times_of_b - times_of_b / 2, told.edi,
                              "words that it has read");
                run(USER_B);
        }
        if (++times_of_b % 2 == 1) {
                expect_call(USER_B, "a program without ports");
                run(USER_A);
        }
        expect_event(USER_B, 13, 0, "IN without ports");
        users_slot(USER_B)->registers[H_EIP] = USERS_CODE;
}

TEST(a_program_has_no_other_ports)
{
        static const struct h_port_range ports = { 0x3F8, 0x3FF };

        two_programs(&reads_port);
        expect_h(H_OK, h_set_ports(users_context(USER_A), &ports, 1),
                 "h_set_ports");
        run_bound(USER_A, compare_ports);
}

// Each program has in the floating-point unit what it has put there, and nobody
// hears of the switch.
static void
compare_unit(void)
{
        const enum user_space space = told.who == USER_A ? SPACE_1 : SPACE_2;
        const uint32_t first = told.who == USER_A ? 1000 : 2000000;

        expect_call(told.who, "programs that use the floating-point unit");
        if (told.edi > 0)
                expect_number(first + told.edi - 1,
                              *users_word(space, USERS_FREE + 4),
                              "call %u: what the program has taken from the "
                              "unit",
                              told_times);
        if (told_times == 60)
                over();
        if (random_below(3) == 0)
                run(told.who);
        take_turns();
}

TEST(each_program_has_its_unit)
{
        two_programs(&uses_unit);
        *users_word(SPACE_1, USERS_FREE) = 1000;
        *users_word(SPACE_2, USERS_FREE) = 2000000;
        run_bound(USER_A, compare_unit);
}

// One that does not use it comes in between, by the short way.
static void
go_through_a_third(void)
{
        const enum user_space space = told.who == USER_A ? SPACE_1 : SPACE_2;

        if (told.who != USER_C) {
                expect_call(told.who, "programs that use the unit");
                if (told.edi > 0)
                        expect_number(
                                (told.who == USER_A ? 1000 : 2000000) +
                                        told.edi - 1,
                                *users_word(space, USERS_FREE + 4),
                                "call %u: what the program has taken from "
                                "the unit",
                                told_times);
        }
        if (told_times == 60)
                over();
        run(told.who != USER_C ? USER_C : random_below(2) ? USER_A : USER_B);
}

TEST(programs_have_their_unit_behind_a_third)
{
        two_programs(&uses_unit);
        give_program(SPACE_1, USER_C, &calls_sysenter);
        bind(USER_C, SPACE_1, NO_BUFFER, 0);
        *users_word(SPACE_1, USERS_FREE) = 1000;
        *users_word(SPACE_2, USERS_FREE) = 2000000;
        run_bound(USER_A, go_through_a_third);
}

// The next owner of a slot has a unit as after FNINIT, whatever the last one
// had.
static void
free_the_user(void)
{
        struct h_fault_context next;

        if (told_times == 2) {
                expect_call(USER_B, "the next program of the slot");
                expect_hex(0, *users_word(SPACE_1, USERS_FREE),
                           "a new program: the status word of its unit");
                over();
        }
        expect_call(USER_B, "a program that uses the unit");
        expect_h(H_OK, h_free_fault_context(users_context(USER_B)),
                 "h_free_fault_context");
        expect_h(H_OK, h_alloc_fault_context(&next), "h_alloc_fault_context");
        expect_number(USER_B, next.slot, "the slot of the next context");
        give_program(SPACE_1, USER_B, &says_unit);
        bind(USER_B, SPACE_1, NO_BUFFER, 0);
        run(USER_B);
}

TEST(a_new_program_has_a_new_unit)
{
        bound_begin();
        give_program(SPACE_2, USER_B, &uses_unit);
        bind(USER_B, SPACE_2, NO_BUFFER, 0);
        run_bound(USER_B, free_the_user);
}
