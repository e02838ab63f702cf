// SPDX-License-Identifier: MIT
// Contexts, an address space and programs: for the tests of the plain form of
// execution.
#ifndef H_TESTS_PROGRAMS_H
#define H_TESTS_PROGRAMS_H

#include "execution.h"

static struct h_fault_context a, b;
static struct h_pagemap space;
static unsigned runs; // of the program, since the beginning of the test

static inline int
prepare(void **state)
{
        prepare_execution(state);
        a = new_context();
        b = new_context();
        space = new_space(0);
        runs = 0;
        return 0;
}

static inline struct h_interrupt
execute(struct h_fault_context context)
{
        struct h_interrupt out;

        OK(h_execute(space, context, &out));
        expect_sound();
        return out;
}

// A program that is left by one vector after the other.
static struct {
        uint8_t vector;
        uint32_t code;
} script[8];

static inline uint32_t
follow_script(struct context_slot *slot)
{
        slot->registers[H_CODE] = script[runs].code;
        return script[runs++].vector;
}

// One that is left by the next interrupt, or else calls the kernel.
static inline uint32_t
raise_line(struct context_slot *slot)
{
        (void)slot;
        runs++;
        return controllers_tell() ? controllers_take() : 0x80;
}

#undef T
#define T(name) cmocka_unit_test_setup(name, prepare)

#endif
