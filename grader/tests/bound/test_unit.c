// SPDX-License-Identifier: MIT
// SSE's registers and MXCSR, and the unit of one that is gone. What x87 holds is in
// test_lent.c.
#include "bound.h"
#include "code.h"

#include <kernel/string.h>

// From USERS_FREE on a program has MXCSR, and 16 bytes further XMM0 to XMM7: what
// it loads; and 256 bytes further what it stores.
#define XMM 16u // bytes
#define XMM_WORDS 32u
#define STORED 0x100u
#define WHOLE 0x200u // what FXSAVE stores

#define EACH_XMM(instruction)                                                  \
        instruction(0) instruction(1) instruction(2) instruction(3)            \
                instruction(4) instruction(5) instruction(6) instruction(7)
#define LOAD_XMM(n) "movups 0x40001210 + 16 * " #n ", %xmm" #n "\n"
#define STORE_XMM(n) "movups %xmm" #n ", 0x40001310 + 16 * " #n "\n"
#define LOAD_SSE "ldmxcsr 0x40001200\n" EACH_XMM(LOAD_XMM)
#define STORE_SSE "stmxcsr 0x40001300\n" EACH_XMM(STORE_XMM)

// Loads all, calls, stores all; without an end.
extern const struct user_code sse_by_int, sse_by_sysenter, stores_all;
CODE(sse_by_int, "1: inc %edi\n" LOAD_SSE "int $0x80\n" STORE_SSE "jmp 1b\n");
CODE(sse_by_sysenter, "1: inc %edi\n" LOAD_SSE SYSENTER STORE_SSE "jmp 1b\n");
CODE(stores_all, "fxsave 0x40001400\n int $0x80\n");

// All exceptions masked, and every other bit that a Pentium III has.
static const uint32_t mxcsrs[] = { 0x1F80, 0xFF80, 0x1FBF, 0x7FAA, 0xBF95 };

static uint32_t had[USERS_CONTEXTS][1 + XMM_WORDS];

static enum user_space
space_of(enum user who)
{
        return who == USER_A ? SPACE_1 : SPACE_2;
}

// Other values to load, and what the program has now.
static void
give_values(enum user who)
{
        uint32_t *words = users_word(space_of(who), USERS_FREE);

        words[0] = mxcsrs[random_below(5)];
        for (uint32_t i = 0; i < XMM_WORDS; i++)
                words[XMM / 4 + i] = random_word();
}

static void
note_values(enum user who)
{
        const uint32_t *words = users_word(space_of(who), USERS_FREE);

        had[who][0] = words[0];
        memcpy(&had[who][1], words + XMM / 4, XMM_WORDS * 4);
}

static void
expect_values(enum user who, const char *when)
{
        const uint32_t *words = users_word(space_of(who), USERS_FREE + STORED);

        expect_hex(had[who][0], words[0], "%s: MXCSR of the context in slot %u",
                   when, who);
        for (uint32_t i = 0; i < XMM_WORDS; i++)
                expect_hex(had[who][1 + i], words[XMM / 4 + i],
                           "%s: word %u of XMM%u of the context in slot %u",
                           when, i % 4, i / 4, who);
}

static void
expect_fresh(enum user_space space, const char *when)
{
        const uint32_t *words = users_word(space, USERS_FREE + WHOLE);

        expect_hex(0x037F, words[0], "%s: control and status word", when);
        expect_hex(0, words[1] & 0xFFFF, "%s: which registers are used", when);
        expect_hex(0x1F80, words[6], "%s: MXCSR", when);
        for (uint32_t i = 8; i < 72; i++)
                expect_hex(0, words[i],
                           "%s: word %u of what FXSAVE stores: ST0 to ST7 (8 "
                           "to 39), XMM0 to XMM7 (40 to 71)",
                           when, i);
}

// --- By h_execute ------------------------------------------------------------

static void
execute(enum user who, const char *what)
{
        uint8_t vector = 0;

        expect_h(H_OK,
                 h_execute_vector(users_pagemap(space_of(who)),
                                  users_context(who), &vector),
                 "h_execute_vector");
        expect_number(H_VECTOR_SYSTEM_CALL, vector, "%s: the vector", what);
}

static void
uses_sse(enum user who)
{
        give_values(who);
        execute(who, "a program that uses SSE");
        if (reg(who, H_EDI) > 1)
                expect_values(who, "in another execution");
        note_values(who);
}

static void
begin_sse(const struct user_code *code)
{
        bound_begin();
        give_program(SPACE_1, USER_A, code);
        give_program(SPACE_2, USER_B, code);
        give_values(USER_A);
        give_values(USER_B);
}

TEST(executions_keep_sse)
{
        begin_sse(&sse_by_int);
        for (unsigned i = 0; i < 30; i++)
                uses_sse(random_below(2) ? USER_A : USER_B);
}

// A is freed while the unit is its: its state is nobody's, and the next one of its
// slot has its own. B, which takes the unit, loses nothing and leaves nothing.
TEST(a_freed_owner_leaves_nothing)
{
        struct h_fault_context next;

        for (unsigned i = 0; i < 4; i++) {
                begin_sse(&sse_by_int);
                uses_sse(USER_B);
                uses_sse(USER_A);
                expect_h(H_OK, h_free_fault_context(users_context(USER_A)),
                         "h_free_fault_context");
                if (i & 1)
                        uses_sse(USER_B);
                expect_h(H_OK, h_alloc_fault_context(&next),
                         "h_alloc_fault_context");
                expect_number(USER_A, next.slot,
                              "the slot of the next context");
                if (i & 2)
                        uses_sse(USER_B);
                users_put(SPACE_1, &stores_all);
                users_random(USER_A);
                execute(USER_A, "FXSAVE");
                expect_fresh(SPACE_1, "the next program of a slot");
                uses_sse(USER_B);
        }
}

// --- In the bound form -------------------------------------------------------

static void
compare_sse(void)
{
        expect_call(told.who, "programs that use SSE");
        if (told.edi > 1)
                expect_values(told.who, "behind another program");
        note_values(told.who);
        if (told_times == 60)
                over();
        // The values that are loaded next, not those that are kept.
        give_values(told.who);
        enum user other = told.who == USER_A ? USER_B : USER_A;
        if (told_times > 1 && random_below(3) == 0)
                (void)h_handoff(users_context(other), 0, 1, 2);
        if (random_below(3) == 0)
                run(told.who);
        run(other);
}

TEST(programs_keep_sse)
{
        begin_sse(&sse_by_sysenter);
        bind(USER_A, SPACE_1, NO_BUFFER, 0);
        bind(USER_B, SPACE_2, NO_BUFFER, 0);
        run_bound(USER_A, compare_sse);
}
