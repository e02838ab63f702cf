// SPDX-License-Identifier: MIT
// What the tests of h_handoff share: two programs that call, and a copy of what
// is due in their buffers.
#ifndef MESSAGES_H
#define MESSAGES_H

#include "bound.h"

#include <kernel/string.h>

#define ROOM 61u // words of a buffer
#define FIRST (BUFFER_WORDS - ROOM)

// Mappings that messages go to and come from.
#define USED_BUFFERS 2u

static uint32_t copies[USED_BUFFERS + 1][BUFFER_WORDS];

static inline void
keep_buffers(void)
{
        for (unsigned i = 1; i <= USED_BUFFERS; i++)
                memcpy(copies[i], buffer_words(i), sizeof(copies[i]));
}

static inline void
expect_buffers(const char *when)
{
        for (unsigned i = 1; i <= USED_BUFFERS; i++)
                for (uint32_t j = 0; j < BUFFER_WORDS; j++)
                        if (copies[i][j] != buffer_words(i)[j])
                                expect_hex(copies[i][j], buffer_words(i)[j],
                                           "%s: word %u of mapping %u", when, j,
                                           i);
}

static inline void
two_callers(const struct user_code *one, const struct user_code *other)
{
        bound_begin();
        give_program(SPACE_1, USER_A, one);
        give_program(SPACE_2, USER_B, other);
        bind(USER_A, SPACE_1, 1, FIRST);
        bind(USER_B, SPACE_2, 2, FIRST);
}

static inline enum user
other_one(void)
{
        return told.who == USER_A ? USER_B : USER_A;
}

#endif
