// SPDX-License-Identifier: MIT
// Code that tries to get more than ring 3 has, and what becomes of it.
#ifndef TRICKS_H
#define TRICKS_H

#include "executing.h"

#define TRICK_BYTES 24

struct trick {
        const char *name;
        uint32_t vector;
        uint32_t code;
        uint32_t at;   // H_EIP afterwards, from the beginning of the code
        uint32_t size; // of the code; behind it is INT 0x80
        uint8_t bytes[TRICK_BYTES];
        bool strict; // not in every emulator
};

#define GP 13u
#define CALL SYSTEM_CALL_GATE // it goes on, and comes to INT 0x80

// Runs a trick, and expects what it says. Registers before: EBX is USERS_FREE, EDX
// a port of the interrupt controller, ECX an MSR of SYSENTER's.
static inline void
tries(const struct trick *trick)
{
        if (trick->strict && !users_strict())
                return;

        users_put_bytes(SPACE_1, trick->bytes, trick->size);
        users_add(SPACE_1, &user_int80);
        users_random(USER_A);
        users_set(USER_A, H_EBX, USERS_FREE);
        users_set(USER_A, H_EDX, 0x21);
        users_set(USER_A, H_ECX, MSR_SYSENTER_EIP);
        users_about(trick->name);
        struct h_interrupt out = runs(SPACE_1, USER_A);

        expect_ring_3(USER_A, trick->name);
        expect_number(trick->vector, out.vector, "%s in ring 3: the vector",
                      trick->name);
        expect_hex(trick->code, out.code, "%s in ring 3: the error code",
                   trick->name);
        if (trick->vector == CALL)
                expect_hex(USERS_CODE + trick->size + 2, reg(USER_A, H_EIP),
                           "%s in ring 3: H_EIP at INT 0x80 behind it",
                           trick->name);
        else
                expect_hex(USERS_CODE + trick->at, reg(USER_A, H_EIP),
                           "%s in ring 3: H_EIP", trick->name);
        accept_registers(USER_A);
        users_check("after %s in ring 3", trick->name);
}

static inline void
tries_all(const struct trick *tricks, size_t count)
{
        users_begin();
        for (size_t i = 0; i < count; i++)
                tries(&tricks[i]);
}

#endif
