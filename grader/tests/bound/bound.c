// SPDX-License-Identifier: MIT
// The machine of bound.h: programs, contexts, buffers.
#include "bound.h"

#include <grader/guest/harness.h>

static struct kernel_mapping_slot mappings[BUFFERS + 1];
static uint32_t memory[BUFFERS + 1][BUFFER_WORDS]
        __attribute__((aligned(4096)));

void
bound_begin(void)
{
        with_gate_call = false;
        static const unsigned rights[BUFFERS + 1] = {
                0, H_R | H_W, H_R | H_W, H_R, H_X,
        };

        // A test may begin once more.
        users_over();
        arena_reset();
        users_begin();
        for (unsigned i = 0; i <= BUFFERS; i++)
                mappings[i] = (struct kernel_mapping_slot){
                        .generation = i == 0 ? 0 : 30 + i,
                        .last = 29 + i,
                        .pages = vfpage_make(
                                vaddr((uint32_t)(uintptr_t)memory[i]),
                                PAGE_LOG2),
                        .rights = rights[i],
                        .next_free = SLOT_NONE,
                };
        h_state.kernel_mappings = mappings;
        h_state.kernel_mapping_count = BUFFERS + 1;
        h_state.free_kernel_mapping = SLOT_NONE;
        fill_buffers();
}

void
give_program(enum user_space space, enum user who, const struct user_code *code)
{
        uint32_t at = users_add(space, code);

        users_random(who);
        users_set(who, H_EIP, at);
        users_set(who, H_EFLAGS, EFLAGS_FIXED | EFLAGS_IF);
        users_set(who, H_EDI, 0);
}

struct h_kernel_mapping
buffer_handle(unsigned buffer)
{
        return (struct h_kernel_mapping){ buffer, mappings[buffer].generation };
}

uint32_t *
buffer_words(unsigned buffer)
{
        return memory[buffer];
}

void
fill_buffers(void)
{
        for (unsigned i = 1; i <= BUFFERS; i++) {
                uint32_t word = random_word();
                for (uint32_t j = 0; j < BUFFER_WORDS; j++)
                        memory[i][j] = word += 0x9E3779B9;
        }
}

void
bind(enum user who, enum user_space space, unsigned buffer, uint32_t offset)
{
        expect_h(H_OK,
                 h_bind(users_context(who), users_pagemap(space),
                        buffer_handle(buffer), offset),
                 "h_bind of the context in slot %u, buffer from word %u on",
                 who, offset);
}

#define OTHERS 1000u // generations of somebody else

void
lose_buffer(unsigned buffer)
{
        mappings[buffer].generation += OTHERS;
}

void
find_buffer_again(unsigned buffer)
{
        mappings[buffer].generation -= OTHERS;
}

void
lose_space(enum user_space space)
{
        h_state.pagemaps[space].generation += OTHERS;
}

void
find_space_again(enum user_space space)
{
        h_state.pagemaps[space].generation -= OTHERS;
}
