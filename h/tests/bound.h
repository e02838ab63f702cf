// SPDX-License-Identifier: MIT
// A machine with two contexts that are bound: for the tests of that form of
// execution.
#ifndef H_TESTS_BOUND_H
#define H_TESTS_BOUND_H

#include "execution.h"

#define SYSENTER 0x81u
#define INT80 0x80u

static struct h_fault_context a, b;
static struct h_pagemap space, other;
static struct h_kernel_mapping words, others;
static const struct h_kernel_mapping none;

// Two contexts, each with a space and a page of words.
static inline int
prepare(void **state)
{
        prepare_execution(state);
        a = new_context();
        b = new_context();
        space = new_space(0);
        other = new_space(1);
        OK(map_words(8, 12, H_R | H_W, &words));
        OK(map_words(16, 13, H_R | H_W, &others));
        OK(h_bind(a, space, words, 0));
        OK(h_bind(b, other, others, 0));
        return 0;
}

static inline void
expect_entered(struct h_fault_context context, enum ring3_way way)
{
        assert_int_equal(ring3_seen.way, way);
        assert_ptr_equal(ring3_seen.slot, context_slot(context));
        expect_sound();
}

static inline void
expect_told(struct h_fault_context context, enum ring3_way way, uint8_t vector)
{
        assert_int_equal(ring3_seen.way, way);
        assert_int_equal(ring3_seen.context.slot, context.slot);
        assert_int_equal(ring3_seen.context.generation, context.generation);
        assert_int_equal(ring3_seen.vector, vector);
        expect_sound();
}

// The context runs and makes a system call.
static inline void
call_from(struct h_fault_context context, uint32_t vector)
{
        OK(ring3_run(context));
        assert_ptr_equal(ring3_seen.slot, context_slot(context));
        ring3_leave(vector, 0, false);
        expect_told(context, RING3_CALL, 0);
}

#undef T
#define T(name) cmocka_unit_test_setup(name, prepare)

#endif
