// SPDX-License-Identifier: MIT
// What the tests of entering ring 3 and leaving it share.
#ifndef ENTERING_H
#define ENTERING_H

#include <h/internal/state.h>
#include <h4/live.h>
#include <h4/test.h>
#include <h4/users.h>
#include <kernel/cpu.h>

// A way out of ring 3: one instruction, and what comes of it.
struct way {
        const char *name;
        const struct user_code *code;
        uint32_t vector;
        uint32_t error;
        uint32_t behind; // by how many bytes EIP goes on: 0 for a fault
};

static const struct way ways[] = {
        { "INT 0x80", &user_int80, SYSTEM_CALL_GATE, 0, 2 },
        { "SYSENTER", &user_sysenter, SYSENTER_VECTOR, 0, 2 },
        { "HLT", &user_hlt, 13, 0, 0 },
        { "UD2", &user_ud2, 6, 0, 0 },
        { "INT3", &user_int3, 3, 0, 1 },
        { "DIV by 0", &user_divide, 0, 0, 0 },
        { "MOV of a kernel's selector to SS", &user_bad_ss, 13, KERNEL_DATA,
          0 },
        { "reading where nothing is mapped", &user_fault, 14, 4, 0 },
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))
#define BY_SYSENTER 1u // in ways

static inline bool
is_sysenter(const struct way *way)
{
        return way->vector == SYSENTER_VECTOR;
}

// Expects that the context is left at this way, which lies at `at`. Of SYSENTER
// EIP and ESP are what EBX and EBP are.
static inline void
due_way(enum user who, const struct way *way, uint32_t at, uint32_t ebx,
        uint32_t ebp)
{
        due_left(who, at + way->behind, way->vector, way->error);
        if (is_sysenter(way)) {
                due_register(who, H_EIP, ebx);
                due_register(who, H_ESP, ebp);
        }
}

// What the segments of a program are that has not touched them.
static inline void
due_user_segments(enum user who, uint32_t gs)
{
        due_register(who, H_DS, USER_DATA);
        due_register(who, H_ES, USER_DATA);
        due_register(who, H_FS, 0);
        due_register(who, H_GS, gs);
}

// Code that loads all registers from USERS_LOADED, and leaves then. Returns where
// the way out lies.
static inline uint32_t
put_loading(enum user_space space, const struct way *way)
{
        users_put(space, &user_load);
        return users_add(space, way->code);
}

// The context has loaded its registers, and has left by this way.
static inline void
due_loading(enum user who, enum user_space space, const struct way *way,
            uint32_t at)
{
        due_loaded(who, space);
        due_way(who, way, at, *users_word(space, USERS_LOADED + 4 * LOADED_EBX),
                *users_word(space, USERS_LOADED + 4 * LOADED_EBP));
}

static inline void
set_loaded(enum user_space space, enum loaded loaded, uint32_t value)
{
        *users_word(space, USERS_LOADED + 4 * (uint32_t)loaded) = value;
}

#endif
