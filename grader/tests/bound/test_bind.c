// SPDX-License-Identifier: MIT
// Binding, and what cannot be run.
#include "bound.h"

static struct context_slot before;

// `error` came, and nothing of the context is otherwise than it was.
static void
refuses(enum h_error due, enum h_error error, const char *what)
{
        expect_h(due, error, "%s", what);
        if (!same_slot(&before, users_slot(USER_A)))
                fail("%s: it has refused, and the context in slot %u has "
                     "changed",
                     what, USER_A);
}

static void
all_refusals(void)
{
        const struct h_fault_context good = users_context(USER_A);
        const struct h_pagemap space = users_pagemap(SPACE_2);
        const struct h_kernel_mapping one = buffer_handle(1);
        const struct h_kernel_mapping none = { 0, 0 };
        const struct h_fault_context contexts[] = {
                { USER_A, good.generation + 1 },
                { USER_A, 0 },
                { 0, 0 },
                { USER_A + USERS_CONTEXTS, good.generation },
                { UINT32_MAX, good.generation },
        };
        const struct h_pagemap spaces[] = {
                { SPACE_2, space.generation - 1 },
                { SPACE_2, 0 },
                { 0, 0 },
                { USERS_SPACES, space.generation },
                { UINT32_MAX, UINT32_MAX },
        };
        const struct h_kernel_mapping mappings[] = {
                { 1, one.generation + 1 },       { 1, 0 },          { 0, 1 },
                { BUFFERS + 1, one.generation }, { UINT32_MAX, 1 },
        };

        before = *users_slot(USER_A);
        for (size_t i = 0; i < 5; i++) {
                refuses(H_BAD_HANDLE, h_bind(contexts[i], space, one, 0),
                        "h_bind of no context");
                refuses(H_BAD_HANDLE, h_unbind(contexts[i]),
                        "h_unbind of no context");
                refuses(H_BAD_HANDLE, h_bind(good, spaces[i], one, 0),
                        "h_bind to no address space");
                refuses(H_BAD_HANDLE, h_bind(good, spaces[i], none, 0),
                        "h_bind to no address space, without a buffer");
                refuses(H_BAD_HANDLE, h_bind(good, space, mappings[i], 0),
                        "h_bind to no mapping");
        }
        refuses(H_OFFSET, h_bind(good, space, one, BUFFER_WORDS),
                "h_bind to words behind the mapping");
        refuses(H_OFFSET, h_bind(good, space, one, UINT32_MAX),
                "h_bind to words far behind the mapping");
        refuses(H_OFFSET, h_bind(good, space, one, 0x40000000),
                "h_bind to words of whose address too much is lost");
        refuses(H_READ_ONLY,
                h_bind(good, space, buffer_handle(BUFFER_READ_ONLY), 0),
                "h_bind to what cannot be written");
        refuses(H_UNREADABLE,
                h_bind(good, space, buffer_handle(BUFFER_UNREADABLE), 0),
                "h_bind to what cannot be read");
}

TEST(binding_refuses)
{
        bound_begin();
        all_refusals();
        refuses(H_NOT_BOUND, h_unbind(users_context(USER_A)),
                "h_unbind of what is not bound");
        // Of a bound one no binding is lost.
        bind(USER_A, SPACE_1, 2, 5);
        all_refusals();
        bind(USER_A, SPACE_1, NO_BUFFER, 0);
        all_refusals();
        expect_h(H_OK, h_unbind(users_context(USER_A)), "h_unbind");
        before = *users_slot(USER_A);
        refuses(H_NOT_BOUND, h_unbind(users_context(USER_A)),
                "h_unbind a second time");
}

// --- What cannot be run ------------------------------------------------------

static void
cannot_run(enum h_error due, struct h_fault_context context, const char *what)
{
        before = *users_slot(USER_A);
        refusing = what;
        refuses(due, h_run(context), what);
        refuses(due, h_handoff(context, 0, 1, 2), what);
        refusing = NULL;
}

// Refusals while `told.who` is inside a system call.
static void
refusals_inside_a_call(void)
{
        const struct h_fault_context a = users_context(USER_A);
        const struct h_fault_context c = users_context(USER_C);
        struct context_slot *slot = users_slot(USER_C);

        cannot_run(H_BAD_HANDLE,
                   (struct h_fault_context){ a.slot, a.generation + 1 },
                   "a stale context");
        cannot_run(H_BAD_HANDLE, (struct h_fault_context){ a.slot, 0 },
                   "a free context");
        // A free slot has generation 0, and so has this handle.
        cannot_run(H_BAD_HANDLE, (struct h_fault_context){ 0, 0 },
                   "no context");
        cannot_run(H_BAD_HANDLE,
                   (struct h_fault_context){ USERS_CONTEXTS + USER_A,
                                             a.generation },
                   "a context behind the last");
        cannot_run(H_BAD_HANDLE,
                   (struct h_fault_context){ UINT32_MAX, a.generation },
                   "a context far behind the last");

        lose_space(SPACE_1);
        cannot_run(H_BAD_HANDLE, a, "a context whose address space is gone");
        find_space_again(SPACE_1);

        slot->flags |= CONTEXT_CALL | CONTEXT_SYSENTER;
        cannot_run(H_NOT_BOUND, c, "a context that is not bound");
        bind(USER_C, SPACE_1, NO_BUFFER, 0);
        expect_h(H_OK, h_unbind(c), "h_unbind");
        cannot_run(H_NOT_BOUND, c, "a context that is bound no more");
        slot->flags = 0;
}

static void
refuse_then_go_on(void)
{
        expect_call(USER_A, "while contexts are refused");
        expect_number(told_times, reg(USER_A, H_EDI),
                      "the program has gone on so often");
        if (told_times == 6)
                over();
        refusals_inside_a_call();
}

TEST(running_refuses)
{
        static const struct user_code *const codes[] = { &calls_sysenter,
                                                         &calls_int,
                                                         &calls_both };

        for (unsigned i = 0; i < 3; i++) {
                bound_begin();
                give_program(SPACE_1, USER_A, codes[i]);
                before = *users_slot(USER_A);
                refuses(H_NOT_BOUND, h_run(users_context(USER_A)),
                        "h_run of a context that is not bound");
                bind(USER_A, SPACE_1, NO_BUFFER, 0);
                before = *users_slot(USER_A);
                lose_space(SPACE_1);
                refuses(H_BAD_HANDLE, h_run(users_context(USER_A)),
                        "h_run without its address space");
                find_space_again(SPACE_1);
                run_bound(USER_A, refuse_then_go_on);
        }
}

// --- Another binding ---------------------------------------------------------

static void
bind_to_the_other(void)
{
        static const uint32_t due[] = { 0x1111, 0x2222, 0x1111, 0x2222 };

        expect_call(USER_A, "a context bound to other spaces in turns");
        expect_hex(due[told_times - 1], told.esi,
                   "run %u: the word of the space that it is bound to",
                   told_times);
        if (told_times == 4)
                over();
        bind(USER_A, told_times % 2 == 1 ? SPACE_2 : SPACE_1, NO_BUFFER, 0);
}

// mov USERS_CONSTANT, %esi; then as calls_sysenter, and around.
TEST(binding_moves_to_another_space)
{
        static const uint8_t reads[] = { 0x8B, 0x35, 0x00, 0x50, 0x00, 0x40 };
        static const uint8_t around[] = { 0xEB, 0 };

        bound_begin();
        for (unsigned space = SPACE_1; space <= SPACE_2; space++) {
                users_put_bytes(space, reads, sizeof(reads));
                // Without its JMP, which leads behind the reading.
                const struct user_code call = { calls_sysenter.begin,
                                                calls_sysenter.size - 2 };
                users_add(space, &call);
                uint8_t back[2] = { around[0],
                                    (uint8_t)(0 - (sizeof(reads) + call.size +
                                                   sizeof(around))) };
                users_add_bytes(space, back, sizeof(back));
                *users_word(space, USERS_CONSTANT) = 0x1111u * space;
        }
        users_random(USER_A);
        users_set(USER_A, H_EIP, USERS_CODE);
        bind(USER_A, SPACE_1, NO_BUFFER, 0);
        run_bound(USER_A, bind_to_the_other);
}
