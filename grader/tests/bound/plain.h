// SPDX-License-Identifier: MIT
// What the tests share that run programs by h_execute.
#ifndef PLAIN_H
#define PLAIN_H

#include "code.h"

#include <h4/spaces.h>
#include <labs/4-contexts/executing.h>

// A context as users_random makes it, with nothing that is its own but registers.
static inline void
plain_program(enum user_space space, enum user who,
              const struct user_code *code)
{
        users_put(space, code);
        users_add(space, &user_int80);
        users_random(who);
}

// Runs a context from USERS_CODE on, and expects a vector.
static inline void
plain_comes_to(enum user_space space, enum user who, uint32_t vector,
               uint32_t code, const char *what)
{
        users_set(who, H_EIP, USERS_CODE);
        struct h_interrupt out = runs(space, who);

        expect_number(vector, out.vector, "%s: the vector", what);
        expect_hex(code, out.code, "%s: the error code", what);
        expect_ring_3(who, what);
}

// The program goes on to its end, which is INT 0x80.
static inline void
plain_goes_on(enum user_space space, enum user who, const char *what)
{
        plain_comes_to(space, who, H_VECTOR_SYSTEM_CALL, 0, what);
}

// Its first instruction does not come to an end.
static inline void
plain_is_stopped(enum user_space space, enum user who, uint32_t vector,
                 uint32_t code, const char *what)
{
        plain_comes_to(space, who, vector, code, what);
        expect_hex(USERS_CODE, reg(who, H_EIP), "%s: H_EIP", what);
}

#endif
