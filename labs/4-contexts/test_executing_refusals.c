// SPDX-License-Identifier: MIT
// Tests of exercise 4.4: handles that name nothing. No instruction is executed then,
// and nothing changes.
#include "executing.h"

// incl USERS_FREE; int $0x80
static const uint8_t counts[] = {
        0xFF, 0x05, 0x00, 0x12, 0x00, 0x40, 0xCD, 0x80
};

static void
is_refused(struct h_pagemap space, struct h_fault_context who)
{
        struct h_interrupt out = { .code = UNTOUCHED, .vector = 0xEE };
        uint8_t vector = 0xEE;
        uint32_t directory = read_cr3();
        const char *const names[] = { "h_execute", "h_execute_vector" };

        for (unsigned i = 0; i < 2; i++) {
                enum h_error error =
                        i ? users_execute_vector(space, who, &vector)
                          : users_execute(space, who, &out);
                expect_h(H_BAD_HANDLE, error,
                         "%s with the space { %u, %u } and the context "
                         "{ 0x%x, %u }",
                         names[i], space.slot, space.generation, who.slot,
                         who.generation);
                expect_hex(directory, read_cr3(), "after a refusal of %s: CR3",
                           names[i]);
                users_check("after a refusal of %s", names[i]);
        }
        expect_hex(UNTOUCHED, out.code,
                   "after a refusal of h_execute, which has written to *out");
        expect_hex(0xEE, out.vector,
                   "after a refusal of h_execute, which has written to *out");
        expect_hex(0xEE, vector,
                   "after a refusal of h_execute_vector, which has "
                   "written to *vector");
}

static void
begins(void)
{
        users_begin();
        users_put_bytes(SPACE_1, counts, sizeof(counts));
        users_put_bytes(SPACE_2, counts, sizeof(counts));
        users_watch();
}

// The same calls, with handles that are good, are not refused.
static void
runs_well(enum user_space space, enum user who)
{
        users_set(who, H_EIP, USERS_CODE);
        runs_into(space, who, H_SYSTEM_CALL, H_VECTOR_SYSTEM_CALL, 0,
                  "INT 0x80");
        due_user_word(space, USERS_FREE, *users_word(space, USERS_FREE));
        accept_registers(who);
}

TEST(executing_refuses_contexts)
{
        begins();
        const struct h_fault_context good = users_context(USER_B);
        const struct h_fault_context bad[] = {
                { good.slot, good.generation - 1 },
                { good.slot, good.generation + 1 },
                { good.slot, 0 },
                { good.slot, UINT32_MAX },
                { good.slot + 1, good.generation },
                { USER_A, good.generation },
                { 0, 0 },
                { 0, good.generation },
                { USERS_CONTEXTS, good.generation },
                { USERS_CONTEXTS + good.slot, good.generation },
                { 0x01000000u + good.slot, good.generation },
                { 0x80000000u + good.slot, good.generation },
                { UINT32_MAX, good.generation },
                { UINT32_MAX, UINT32_MAX },
        };
        runs_well(SPACE_1, USER_B);
        expect_number(1, *users_word(SPACE_1, USERS_FREE),
                      "what a program has counted");
        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
                is_refused(users_pagemap(SPACE_2), bad[i]);
        users_check_all("after refusals of h_execute");
        runs_well(SPACE_1, USER_B);
}

TEST(executing_refuses_spaces)
{
        begins();
        const struct h_pagemap good = users_pagemap(SPACE_2);
        const struct h_pagemap bad[] = {
                { good.slot, good.generation - 1 },
                { good.slot, good.generation + 1 },
                { good.slot, 0 },
                { good.slot, UINT32_MAX },
                { SPACE_1, good.generation },
                { 0, 0 },
                { 0, good.generation },
                { USERS_SPACES, good.generation },
                { USERS_SPACES + good.slot, good.generation },
                { 0x10000000u + good.slot, good.generation },
                { 0x80000000u + good.slot, good.generation },
                { UINT32_MAX, good.generation },
        };
        runs_well(SPACE_1, USER_A);
        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
                is_refused(bad[i], users_context(USER_A));
        is_refused(bad[0], (struct h_fault_context){ USER_A, 1 });
        users_check_all("after refusals of h_execute");
        runs_well(SPACE_2, USER_A);
}

// What has ended since it ran last, and what has come after it in the same slot.
TEST(executing_refuses_what_has_ended)
{
        begins();
        const struct h_pagemap space = users_pagemap(SPACE_2);
        const struct h_fault_context who = users_context(USER_C);

        runs_well(SPACE_2, USER_C);
        h_state.pagemaps[SPACE_2].generation = 0;
        h_state.pagemaps[SPACE_2].last = space.generation;
        is_refused(space, who);
        runs_well(SPACE_1, USER_C);
        is_refused(space, who);
        h_state.pagemaps[SPACE_2].generation = space.generation + 1;
        is_refused(space, who);
        runs_well(SPACE_2, USER_C);

        users_slot(USER_C)->generation = 0;
        users_slot(USER_C)->last = who.generation;
        users_watch();
        is_refused(users_pagemap(SPACE_2), who);
        users_slot(USER_C)->generation = who.generation + 1;
        users_watch();
        is_refused(users_pagemap(SPACE_2), who);
        users_check_all("after refusals of h_execute");
        runs_well(SPACE_2, USER_C);
}
