// SPDX-License-Identifier: MIT
// What programs have when they go on, by SYSEXIT or otherwise.
#include "bound.h"

#include <kernel/descriptors.h>

static uint32_t
said(enum said which)
{
        return *users_word(SPACE_1, USERS_SAID + 4 * (uint32_t)which);
}

// --- Registers ---------------------------------------------------------------------

static uint32_t due[SAID_WORDS];
static bool eax_written;

// The program says what it has behind SYSENTER.
static void
note_then_compare(void)
{
        expect_call(USER_A, "a program that says what it has");
        if (told_times % 2 == 1) {
                due[SAID_EBX] = told.ebx;
                due[SAID_EBP] = told.ebp;
                due[SAID_ESP] = told.ebp;
                due[SAID_ESI] = told.esi;
                due[SAID_EDI] = told.edi;
                due[SAID_EAX] = told.eax;
                if (!eax_written)
                        return;
                due[SAID_EAX] = random_word();
                expect_h(H_OK,
                         h_write_register(users_context(USER_A), H_EAX,
                                          due[SAID_EAX]),
                         "h_write_register of H_EAX");
                run(USER_A);
        }
        static const enum said kept[] = { SAID_EAX, SAID_EBX, SAID_ESP,
                                          SAID_EBP, SAID_ESI, SAID_EDI };
        for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
                expect_hex(due[kept[i]], said(kept[i]),
                           "behind SYSENTER: register %u of enum said",
                           kept[i]);
        expect_hex(USER_CODE, said(SAID_CS) & 0xFFFF, "behind SYSENTER: CS");
        expect_hex(USER_DATA, said(SAID_SS) & 0xFFFF, "behind SYSENTER: SS");
        expect_hex(USER_DATA, said(SAID_DS) & 0xFFFF, "behind SYSENTER: DS");
        expect_hex(USER_DATA, said(SAID_ES) & 0xFFFF, "behind SYSENTER: ES");
        expect_hex(0, said(SAID_FS) & 0xFFFF, "behind SYSENTER: FS");
        expect_hex(0, said(SAID_GS) & 0xFFFF, "behind SYSENTER: GS");
        // The arithmetic flags are not kept.
        expect_hex(EFLAGS_FIXED | EFLAGS_IF, said(SAID_ESP + 10) & ~0x8D5u,
                   "behind SYSENTER: EFLAGS, without arithmetic flags");
        if (told_times == 8)
                over();
}

TEST(programs_go_on_with_their_registers)
{
        for (unsigned i = 0; i < 2; i++) {
                eax_written = i == 1;
                bound_begin();
                give_program(SPACE_1, USER_A, &says_after_sysenter);
                bind(USER_A, SPACE_1, NO_BUFFER, 0);
                run_bound(USER_A, note_then_compare);
        }
}

// What the client writes arrives, ECX and EDX too.
static uint32_t written[H_REGISTERS];

static void
write_then_compare(void)
{
        expect_call(USER_A, "a program whose registers are written");
        if (told_times == 1) {
                expect_h(H_OK, h_read_registers(users_context(USER_A), written),
                         "h_read_registers");
                written[H_ECX] = 0xCCCC0001;
                written[H_EDX] = 0xDDDD0002;
                written[H_EAX] = 0xAAAA0003;
                written[H_EFLAGS] |= EFLAGS_DF | 1;
                expect_h(H_OK,
                         h_write_registers(users_context(USER_A), written),
                         "h_write_registers");
                return;
        }
        expect_hex(written[H_EAX], said(SAID_EAX), "EAX, which was written");
        expect_hex(written[H_ECX], said(SAID_ECX), "ECX, which was written");
        expect_hex(written[H_EDX], said(SAID_EDX), "EDX, which was written");
        expect_hex(written[H_EFLAGS], said(SAID_SS + 3) & ~EFLAGS_RF,
                   "EFLAGS, which were written");
        over();
}

TEST(programs_go_on_with_what_was_written)
{
        bound_begin();
        give_program(SPACE_1, USER_A, &says_after_sysenter);
        bind(USER_A, SPACE_1, NO_BUFFER, 0);
        run_bound(USER_A, write_then_compare);
}

// --- Flags -------------------------------------------------------------------------

static uint32_t flags;

static void
compare_flags(void)
{
        const uint32_t kept = EFLAGS_DF | EFLAGS_AC | EFLAGS_ID;

        expect_call(USER_A, "a program with flags");
        if (told_times == 1)
                expect_hex(flags, reg(USER_A, H_EFLAGS) & (flags | kept),
                           "at SYSENTER: H_EFLAGS");
        if (told_times == 2) {
                expect_hex(flags & kept, said(14) & kept,
                           "behind SYSENTER: DF, AC and ID");
                expect_hex(EFLAGS_IF | EFLAGS_FIXED,
                           said(14) & ~(kept | 0x8D5u | EFLAGS_NT),
                           "behind SYSENTER: EFLAGS without these and "
                           "arithmetic ones");
                over();
        }
}

// popf; then SYSENTER.
TEST(programs_keep_their_flags)
{
        static const uint32_t all[] = {
                0,         EFLAGS_DF, EFLAGS_AC,
                EFLAGS_ID, EFLAGS_NT, EFLAGS_DF | EFLAGS_AC | EFLAGS_NT,
        };
        // push %eax; popf
        static const uint8_t loads[] = { 0x50, 0x9D };

        for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
                flags = all[i];
                bound_begin();
                users_put_bytes(SPACE_1, loads, sizeof(loads));
                users_add(SPACE_1, &says_after_sysenter);
                users_random(USER_A);
                users_set(USER_A, H_EAX, flags | EFLAGS_IF | EFLAGS_FIXED);
                bind(USER_A, SPACE_1, NO_BUFFER, 0);
                run_bound(USER_A, compare_flags);
        }
}

// A step over SYSENTER: the call is told, then the step, at the instruction behind;
// and then each further one.
static void
follow_steps(void)
{
        static uint32_t behind;

        if (told.call) {
                expect_number(H_VECTOR_SYSENTER, reg(USER_A, H_HANDLER),
                              "the first system call of a stepped program: "
                              "H_HANDLER");
                expect_hex(EFLAGS_TF, reg(USER_A, H_EFLAGS) & EFLAGS_TF,
                           "at SYSENTER: TF");
                behind = reg(USER_A, H_EIP);
                if (told_times % 2 == 0)
                        run(USER_A);
                return;
        }
        expect_event(USER_A, H_VECTOR_DEBUG, 0, "a stepped program");
        expect_hex(EFLAGS_TF, reg(USER_A, H_EFLAGS) & EFLAGS_TF,
                   "after a step: TF");
        if (behind != 0) {
                expect_hex(behind, reg(USER_A, H_EIP),
                           "the step over SYSENTER: EIP");
                behind = 0;
                users_slot(USER_A)->registers[H_ESI]++;
        }
        if (reg(USER_A, H_ESI) == 3)
                over();
}

TEST(single_steps_over_sysenter)
{
        bound_begin();
        give_program(SPACE_1, USER_A, &calls_sysenter);
        users_set(USER_A, H_ESI, 0);
        users_set(USER_A, H_EFLAGS, EFLAGS_TF);
        bind(USER_A, SPACE_1, NO_BUFFER, 0);
        run_bound(USER_A, follow_steps);
}

// What the program leaves behind where it calls decides nothing: DS and ES null.
static void
compare_segments(void)
{
        expect_call(USER_A, "a program without DS and ES");
        if (told_times == 2) {
                expect_hex(USER_DATA, said(SAID_DS) & 0xFFFF,
                           "behind SYSENTER: DS");
                expect_hex(USER_DATA, said(SAID_ES) & 0xFFFF,
                           "behind SYSENTER: ES");
                over();
        }
}

TEST(programs_may_have_null_segments)
{
        // xor %eax, %eax; mov %eax, %ds; mov %eax, %es
        static const uint8_t nulls[] = { 0x31, 0xC0, 0x8E, 0xD8, 0x8E, 0xC0 };

        bound_begin();
        users_put_bytes(SPACE_1, nulls, sizeof(nulls));
        users_add(SPACE_1, &says_after_sysenter);
        users_random(USER_A);
        users_set(USER_A, H_EFLAGS, EFLAGS_FIXED);
        bind(USER_A, SPACE_1, NO_BUFFER, 0);
        run_bound(USER_A, compare_segments);
}

// SYSEXIT goes where the program has said, with its own rights.
static void
fault_in_ring_3(void)
{
        if (told.call) {
                expect_call(USER_A, "SYSENTER with a kernel's address");
                expect_hex(0xC0100000, reg(USER_A, H_EIP), "H_EIP");
                return;
        }
        // Present, and not for ring 3.
        expect_event(USER_A, 14, 5, "behind SYSEXIT to a kernel's address");
        expect_hex(0xC0100000, reg(USER_A, H_EIP), "EIP of the page fault");
        expect_hex(0xC0100000, h_last_fault_address().value,
                   "address of the page fault");
        expect_hex(0xFFFFFFFC, reg(USER_A, H_ESP), "ESP of the page fault");
        over();
}

TEST(programs_go_nowhere_else)
{
        bound_begin();
        users_put(SPACE_1, &user_sysenter);
        users_random(USER_A);
        users_set(USER_A, H_EBX, 0xC0100000);
        users_set(USER_A, H_EBP, 0xFFFFFFFC);
        users_set(USER_A, H_EFLAGS, EFLAGS_FIXED);
        bind(USER_A, SPACE_1, NO_BUFFER, 0);
        run_bound(USER_A, fault_in_ring_3);
}

// --- What is lent to one of them ---------------------------------------------------

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
                expect_event(USER_B, users_strict() ? 13 : 14,
                             users_strict() ? 0 : 4,
                             "reading by GS, which is null");
                over();
        }
        run(USER_B);
}

TEST(a_program_has_no_other_gs)
{
        bound_begin();
        give_program(SPACE_1, USER_A, &reads_gs);
        give_program(SPACE_2, USER_B, &calls_sysenter);
        users_add(SPACE_2, &reads_gs);
        bind(USER_A, SPACE_1, NO_BUFFER, 0);
        bind(USER_B, SPACE_2, NO_BUFFER, 0);
        expect_h(H_OK,
                 h_set_gs(users_context(USER_A), (struct h_vaddr){ USERS_FREE },
                          4),
                 "h_set_gs");
        run_bound(USER_A, expect_no_gs);
}

// A has the port, B has not: A reads it in each turn, B calls and is stopped at IN
// in turns.
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

// --- Both forms --------------------------------------------------------------------

// What h_execute does in a handler is h_execute's: its program comes back there,
// by SYSENTER too, and the other form goes on behind it.
static void
execute_in_between(void)
{
        static uint32_t calls;
        uint8_t vector = 0;

        expect_call(USER_A, "a program of the bound form");
        if (told_times == 1)
                calls = 0;
        expect_number(told_times, told.edi, "the program has gone on");
        for (unsigned i = 0; i < 2; i++) {
                expect_h(H_OK,
                         h_execute_vector(users_pagemap(SPACE_2),
                                          users_context(USER_B), &vector),
                         "h_execute_vector in a handler");
                expect_number(H_VECTOR_SYSENTER, vector, "its vector");
                expect_number(++calls, reg(USER_B, H_EDI), "its calls");
        }
        if (told_times == 10)
                over();
        if (told_times % 2 == 0)
                run(USER_A);
}

TEST(both_forms_go_together)
{
        static const struct user_code *const codes[] = { &calls_sysenter,
                                                         &calls_int };

        for (unsigned i = 0; i < 2; i++) {
                bound_begin();
                give_program(SPACE_1, USER_A, codes[i]);
                give_program(SPACE_2, USER_B, &calls_sysenter);
                bind(USER_A, SPACE_1, NO_BUFFER, 0);
                run_bound(USER_A, execute_in_between);
        }
}
