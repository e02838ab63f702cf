// SPDX-License-Identifier: MIT
// Tests of exercise 4.2: what is kept when ring 3 is left.
#include "entering.h"

// Loads registers in ring 3, leaves, and looks at the context.
static void
loads_and_leaves(const struct way *way, const char *with)
{
        uint32_t at = put_loading(SPACE_2, way);

        users_random(USER_B);
        users_about(way->name);
        users_enter(SPACE_2, USER_B);
        due_loading(USER_B, SPACE_2, way, at);
        users_check("after leaving by %s with %s", way->name, with);
}

TEST(leaving_saves_all_registers)
{
        users_begin();
        for (size_t i = 0; i < WAYS; i++) {
                users_random_loaded(SPACE_2);
                put_loading(SPACE_2, &ways[i]);
                users_watch();
                loads_and_leaves(&ways[i], "a value of its own in each "
                                           "register");
                users_check_all("after leaving by %s", ways[i].name);
        }
}

// C code counts on the direction flag; NT would take the next IRET to another
// task.
TEST(leaving_takes_the_flags_away)
{
        static const uint32_t flags[] = { EFLAGS_DF, EFLAGS_AC, EFLAGS_NT,
                                          EFLAGS_ID,
                                          EFLAGS_DF | EFLAGS_AC | EFLAGS_NT |
                                                  EFLAGS_ID | 0x8D5 };

        users_begin();
        for (size_t i = 0; i < WAYS; i++)
                for (size_t j = 0; j < sizeof(flags) / 4; j++) {
                        users_random_loaded(SPACE_2);
                        set_loaded(SPACE_2, LOADED_EFLAGS, flags[j]);
                        loads_and_leaves(&ways[i], "DF, AC, NT or ID");
                }
}

TEST(leaving_takes_the_segments_away)
{
        static const uint32_t selectors[] = { 0,         3,
                                              USER_CODE, USER_CODE & ~3u,
                                              USER_DATA, USER_DATA & ~3u,
                                              USER_GS };

        enum {
                SELECTORS = sizeof(selectors) / sizeof(selectors[0])
        };

        users_begin();
        users_gs(USERS_DATA);
        for (size_t i = 0; i < WAYS; i++)
                for (size_t j = i % 2; j < SELECTORS; j += 2) {
                        users_random_loaded(SPACE_2);
                        // All the same, or all different.
                        for (unsigned k = 0; k < 4; k++)
                                set_loaded(SPACE_2, LOADED_FS + k,
                                           selectors[(j + k * (i % 3)) %
                                                     SELECTORS]);
                        loads_and_leaves(&ways[i], "other segments");
                }
}

// Every vector whose gate pushes no error code, the interrupt lines among them.
TEST(leaving_by_each_vector)
{
        uint8_t code[2] = { 0xCD, 0 }; // INT n

        users_begin();
        for (uint32_t vector = 0; vector < VECTORS; vector++) {
                if (gate_entries[vector] == 0 ||
                    (vector < EXCEPTIONS && WITH_ERROR_CODE >> vector & 1))
                        continue;
                users_open_gate(vector);
                code[1] = (uint8_t)vector;
                uint32_t at = users_put_bytes(SPACE_1, code, 2);
                users_random(USER_A);
                users_set(USER_A, H_EIP, at);
                users_set(USER_A, H_EBX, vector);
                users_about("INT n, and n is H_EBX");
                users_enter(SPACE_1, USER_A);
                due_user_segments(USER_A, 0);
                due_left(USER_A, at + 2, vector, 0);
                users_check("after leaving by vector %u", vector);
        }
}

// Where the program's stack is nothing that can be written to, nobody must care.
TEST(leaving_needs_no_user_stack)
{
        static const uint32_t stacks[] = { 0,           4,
                                           USERS_GUARD, USERS_CONSTANT + 64,
                                           0xC0100000,  0xFFFFFFFF,
                                           0xFFFFFFFC,  USERS_STACK + 1 };

        users_begin();
        for (size_t i = 0; i < WAYS; i++)
                for (size_t j = i % 2; j < sizeof(stacks) / 4; j += 2) {
                        users_random_loaded(SPACE_2);
                        set_loaded(SPACE_2, LOADED_ESP, stacks[j]);
                        set_loaded(SPACE_2, LOADED_EBP, ~stacks[j]);
                        loads_and_leaves(&ways[i], "a stack pointer to "
                                                   "nowhere");
                }
}
