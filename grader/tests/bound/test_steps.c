// SPDX-License-Identifier: MIT
// What a program has in EFLAGS when it is left, and what the kernel must not have:
// a step over SYSENTER that MOV SS stands before, and other flags by other ways.
#include "bound.h"
#include "code.h"

// --- A step behind MOV SS ----------------------------------------------------

// The processor leaves out the trap between MOV SS and the instruction behind it,
// which is SYSENTER: the next one is due behind that, in ring 0.
static const uint8_t shadowed[] = {
        0xB9, 0x23, 0x00, 0x00, 0x00,             // mov $USER_DATA, %ecx
        0x9C,                                     // pushf
        0x81, 0x0C, 0x24, 0x00, 0x01, 0x00, 0x00, // orl TF
        0x9D,                                     // popf
        0x8E, 0xD1,                               // mov %ecx, %ss
        0x0F, 0x34,                               // sysenter
        0x40, 0x40,                               // inc %eax
};

#define BEHIND (USERS_CODE + 18)

static void
put_shadowed(void)
{
        users_put_bytes(SPACE_1, shadowed, sizeof(shadowed));
        users_random(USER_A);
        users_set(USER_A, H_EBX, BEHIND);
        users_set(USER_A, H_EBP, USERS_STACK_TOP);
}

static void
expect_step(unsigned number)
{
        expect_hex(BEHIND + number, reg(USER_A, H_EIP),
                   "step %u behind MOV SS and SYSENTER: H_EIP", number);
        expect_hex(EFLAGS_TF, reg(USER_A, H_EFLAGS) & EFLAGS_TF,
                   "step %u behind MOV SS and SYSENTER: TF", number);
        expect_hex(0, kernel_tss.link,
                   "behind SYSENTER with TF: the link in the kernel's TSS");
}

// The system call, the step over SYSENTER, the step over INC.
TEST(steps_behind_mov_ss)
{
        static const uint8_t due[] = { H_VECTOR_SYSENTER, H_VECTOR_DEBUG,
                                       H_VECTOR_DEBUG };

        bound_begin();
        put_shadowed();
        for (unsigned i = 0; i < 3; i++) {
                struct h_interrupt out = { .vector = 0xEE };

                expect_h(H_OK,
                         users_execute(users_pagemap(SPACE_1),
                                       users_context(USER_A), &out),
                         "h_execute");
                expect_number(due[i], out.vector,
                              "execution %u of MOV SS and SYSENTER with TF: "
                              "the vector",
                              i);
                expect_hex(0, out.code, "execution %u: the error code", i);
                expect_step(i < 2 ? 0 : 1);
        }
}

static void
follow_shadowed(void)
{
        if (told_times == 1)
                expect_call(USER_A, "MOV SS and SYSENTER with TF");
        else
                expect_event(USER_A, H_VECTOR_DEBUG, 0,
                             "behind MOV SS and SYSENTER with TF");
        expect_step(told_times <= 2 ? 0 : told_times - 2);
        if (told_times == 4)
                over();
        if (told_times % 2 == 0)
                run(USER_A);
}

TEST(programs_step_behind_mov_ss)
{
        bound_begin();
        put_shadowed();
        bind(USER_A, SPACE_1, NO_BUFFER, 0);
        run_bound(USER_A, follow_shadowed);
}

// --- Flags, by every way -----------------------------------------------------

// popf from EAX, then the way.
static const uint8_t loads_flags[] = { 0x50, 0x9D };

static const struct {
        const char *name;
        const struct user_code *code;
        uint32_t vector;
} ways[] = {
        { "INT 0x80", &user_int80, 0x80 }, { "SYSENTER", &user_sysenter, 0x81 },
        { "HLT", &user_hlt, 13 },          { "UD2", &user_ud2, 6 },
        { "INT3", &user_int3, 3 },         { "DIV by 0", &user_divide, 0 },
        { "a fault", &user_fault, 14 },    { "the timer", &user_loop, 32 },
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

static size_t way;
static uint32_t flags;

// bound.c has looked at the handler's EFLAGS.
static void
compare_flags(void)
{
        // A tick may have waited.
        if (told.vector == H_VECTOR_IRQ && reg(USER_A, H_EIP) < USERS_CODE + 2)
                return;
        expect_number(ways[way].vector, reg(USER_A, H_HANDLER),
                      "%s with flags: H_HANDLER", ways[way].name);
        expect_hex(flags, reg(USER_A, H_EFLAGS) & ~(0x8D5u | EFLAGS_RF),
                   "%s with flags: H_EFLAGS", ways[way].name);
        over();
}

TEST(events_take_flags_away)
{
        static const uint32_t all[] = {
                EFLAGS_DF,
                EFLAGS_AC,
                EFLAGS_NT,
                EFLAGS_ID,
                EFLAGS_DF | EFLAGS_AC | EFLAGS_NT | EFLAGS_ID,
        };

        for (way = 0; way < WAYS; way++)
                for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
                        bound_begin();
                        flags = all[i] | EFLAGS_IF | EFLAGS_FIXED;
                        users_put_bytes(SPACE_1, loads_flags, 2);
                        users_add(SPACE_1, ways[way].code);
                        users_random(USER_A);
                        users_set(USER_A, H_EAX, flags);
                        bind(USER_A, SPACE_1, NO_BUFFER, 0);
                        if (ways[way].vector == H_VECTOR_IRQ)
                                users_timer(200);
                        run_bound(USER_A, compare_flags);
                }
}
