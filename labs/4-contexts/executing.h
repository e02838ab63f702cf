// SPDX-License-Identifier: MIT
// What the tests of h_execute share.
#ifndef EXECUTING_H
#define EXECUTING_H

#include "entering.h"

// What out parameters hold before.
#define UNTOUCHED 0xEEEEEEEEu

static inline const char *
kind_name(enum h_interrupt_kind kind)
{
        static const char *const names[] = {
                [H_EXCEPTION] = "H_EXCEPTION",
                [H_PAGE_FAULT] = "H_PAGE_FAULT",
                [H_TIMER] = "H_TIMER",
                [H_IRQ] = "H_IRQ",
                [H_SYSTEM_CALL] = "H_SYSTEM_CALL",
        };
        return (unsigned)kind < sizeof(names) / sizeof(names[0])
                       ? names[kind]
                       : "no kind of interrupt";
}

static inline void
expect_kind(enum h_interrupt_kind expected, enum h_interrupt_kind found,
            const char *what)
{
        if (expected != found)
                fail_values(kind_name(expected), kind_name(found),
                            "%s: the kind", what);
}

// Runs a context, and expects that H does it.
static inline struct h_interrupt
runs(enum user_space space, enum user who)
{
        struct h_interrupt out = { .vector = 0xEE };

        expect_h(H_OK,
                 users_execute(users_pagemap(space), users_context(who), &out),
                 "h_execute of the context in slot %u", who);
        return out;
}

// The same, and the answer is what is expected.
static inline void
runs_into(enum user_space space, enum user who, enum h_interrupt_kind kind,
          uint32_t vector, uint32_t code, const char *what)
{
        users_about(what);
        struct h_interrupt out = runs(space, who);

        expect_kind(kind, out.kind, what);
        expect_number(vector, out.vector, "%s: the vector", what);
        expect_hex(code, out.code, "%s: the error code", what);
}

static inline uint32_t
reg(enum user who, enum h_register number)
{
        return users_slot(who)->registers[number];
}

// Takes a context's registers for what is expected of them: they have been
// looked at by other means.
static inline void
accept_registers(enum user who)
{
        for (uint32_t i = 0; i < H_REGISTERS; i++)
                due_register(who, i, reg(who, i));
}

// What ring 3 must never have been, as the context shows it afterwards.
static inline void
expect_ring_3(enum user who, const char *what)
{
        const uint32_t never =
                EFLAGS_IOPL | EFLAGS_VM | 0x00180000u; // VIF, VIP

        expect_hex(USER_CODE, reg(who, H_CS) & 0xFFFF, "%s: H_CS", what);
        expect_hex(USER_DATA, reg(who, H_SS) & 0xFFFF, "%s: H_SS", what);
        expect_hex(EFLAGS_IF | EFLAGS_FIXED,
                   reg(who, H_EFLAGS) & (never | EFLAGS_IF | EFLAGS_FIXED),
                   "%s: IF, IOPL, VM and the fixed bit of H_EFLAGS", what);
}

#endif
