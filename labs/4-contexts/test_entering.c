// SPDX-License-Identifier: MIT
// Tests of exercise 4.2: what ring 3 begins with.
#include "entering.h"

// Each register of the context has another value, and so has each in ring 3.
TEST(entering_gives_all_registers)
{
        users_begin();
        uint32_t at = users_put(SPACE_1, &user_say);
        uint32_t end = users_add(SPACE_1, &user_int80);
        users_gs(USERS_DATA);
        for (unsigned round = 1; round <= 5; round++) {
                users_random(USER_A);
                users_set(USER_A, H_EIP, at);
                users_set(USER_A, H_ESP, random_word());
                users_watch();
                users_enter(SPACE_1, USER_A);
                due_said(USER_A, SPACE_1, USER_GS);
                due_user_segments(USER_A, USER_GS);
                due_left(USER_A, end + 2, SYSTEM_CALL_GATE, 0);
                users_check("after entering %u", round);
        }
        users_check_all("after the last entering");
}

// Flags that C code must not see, but that are a program's own.
TEST(entering_gives_flags)
{
        static const uint32_t flags[] = {
                EFLAGS_DF, EFLAGS_AC,
                EFLAGS_ID, EFLAGS_DF | EFLAGS_AC | EFLAGS_ID | 0x8D5,
                0,         0x8D5,
        };

        users_begin();
        users_put(SPACE_1, &user_say);
        uint32_t end = users_add(SPACE_1, &user_int80);
        users_watch();
        for (size_t i = 0; i < sizeof(flags) / 4; i++) {
                users_random(USER_A);
                users_set(USER_A, H_EFLAGS,
                          flags[i] | EFLAGS_FIXED | EFLAGS_IF);
                users_enter(SPACE_1, USER_A);
                due_said(USER_A, SPACE_1, 0);
                due_user_segments(USER_A, 0);
                due_left(USER_A, end + 2, SYSTEM_CALL_GATE, 0);
                users_check("after entering with the flags 0x%08x", flags[i]);
        }
        users_check_all("after entering with many flags");
}

// A single step: one instruction, and no more.
TEST(entering_takes_single_steps)
{
        users_begin();
        uint32_t at = users_put(SPACE_1, &user_say);
        users_set(USER_A, H_EIP, at);
        users_set(USER_A, H_EFLAGS, EFLAGS_FIXED | EFLAGS_IF | EFLAGS_TF);
        users_watch();

        users_enter(SPACE_1, USER_A);
        due_user_segments(USER_A, 0);
        due_left(USER_A, at + 5, H_VECTOR_DEBUG, 0); // mov %eax, address
        users_check("after a single step");
        due_user_word(SPACE_1, USERS_SAID,
                      users_slot(USER_A)->registers[H_EAX]);
        users_check_all("after a single step");

        users_enter(SPACE_1, USER_A);
        due_register(USER_A, H_EIP, at + 11); // mov %ecx, address
        users_check("after a second step");
}

// Where the one instruction is a way out, that is what is told.
TEST(entering_steps_into_ways_out)
{
        users_begin();
        for (size_t i = 0; i < WAYS; i++) {
                uint32_t at = users_put(SPACE_1, ways[i].code);
                users_random(USER_A);
                users_set(USER_A, H_EFLAGS,
                          EFLAGS_FIXED | EFLAGS_IF | EFLAGS_TF);
                users_about(ways[i].name);
                users_enter(SPACE_1, USER_A);
                due_user_segments(USER_A, 0);
                due_way(USER_A, &ways[i], at,
                        users_slot(USER_A)->registers[H_EBX],
                        users_slot(USER_A)->registers[H_EBP]);
                users_check("after a single step that is %s", ways[i].name);
        }
}

// The context's DS, ES, FS and GS are not taken, whatever they name.
TEST(entering_refuses_selectors)
{
        static const uint32_t selectors[] = {
                KERNEL_DATA,
                KERNEL_CODE,
                KERNEL_TSS,
                DOUBLE_FAULT_TSS,
                KERNEL_DATA | 3,
                KERNEL_TSS | 3,
                USER_CODE,
                USER_GS,
                0,
                3,
                0x07,
                0x50,
                0xFFFC,
                0xFFFFFFFF,
                0xFFFF0023,
        };

        users_begin();
        users_put(SPACE_1, &user_say);
        uint32_t end = users_add(SPACE_1, &user_int80);
        users_watch();
        for (size_t i = 0; i < sizeof(selectors) / 4; i++) {
                users_random(USER_A);
                for (unsigned reg = H_DS; reg <= H_GS; reg++)
                        users_set(USER_A, reg, selectors[i]);
                users_enter(SPACE_1, USER_A);
                due_said(USER_A, SPACE_1, 0);
                due_user_segments(USER_A, 0);
                due_left(USER_A, end + 2, SYSTEM_CALL_GATE, 0);
                users_check("after entering with the selector 0x%x in H_DS, "
                            "H_ES, H_FS and H_GS",
                            selectors[i]);
        }
        users_check_all("after entering with many selectors");
}
