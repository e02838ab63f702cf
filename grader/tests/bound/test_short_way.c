// SPDX-License-Identifier: MIT
// What programs have when they go on, by SYSEXIT or otherwise.
#include "bound.h"

#include <kernel/descriptors.h>

static uint32_t
said(enum said which)
{
        return *users_word(SPACE_1, USERS_SAID + 4 * (uint32_t)which);
}

// --- Registers ---------------------------------------------------------------

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

// --- Flags -------------------------------------------------------------------

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

// A step over SYSENTER: the call is told, then the step, at the instruction
// behind; and then each further one.
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

// What the program leaves behind where it calls decides nothing: DS and ES
// null.
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

// --- Both forms --------------------------------------------------------------

// What h_execute does in a handler is h_execute's: its program comes back
// there, by SYSENTER too, and the other form goes on behind it.
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
