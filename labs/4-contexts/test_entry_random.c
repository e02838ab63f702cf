// SPDX-License-Identifier: MIT
// Tests of exercise 4.2: many entries, one behind the other and from deeper stacks.
#include "entering.h"

// EFLAGS that a program may have when it leaves, without TF.
#define FLAGS (0x8D5u | EFLAGS_DF | EFLAGS_NT | EFLAGS_AC | EFLAGS_ID)

static const enum user users_in_use[] = { USER_A, USER_B, USER_C };

static void
enters_at_random(unsigned number)
{
        enum user who = users_in_use[random_below(3)];
        enum user_space space = random_below(2) ? SPACE_1 : SPACE_2;
        const struct way *way = &ways[random_below(WAYS)];
        uint32_t at = put_loading(space, way);

        users_random(who);
        users_random_loaded(space);
        set_loaded(space, LOADED_EFLAGS,
                   (random_word() & FLAGS) | EFLAGS_FIXED);
        users_about(way->name);
        users_enter(space, who);
        due_loading(who, space, way, at);
        users_check("after entry %u, left by %s", number, way->name);
}

// Calls itself, so that the kernel's stack is another one each time.
static __attribute__((noinline)) uint32_t
enters_deeper(unsigned depth)
{
        volatile uint32_t words[8];

        for (unsigned i = 0; i < 8; i++)
                words[i] = depth * 8 + i;
        enters_at_random(depth);
        if (depth > 1)
                enters_deeper(depth - 1);
        enters_at_random(100 + depth);
        for (unsigned i = 0; i < 8; i++)
                expect_number(depth * 8 + i, words[i],
                              "a word of a C function that has called "
                              "enter_user, afterwards");
        return words[0];
}

TEST(entries_at_random)
{
        users_begin();
        for (unsigned i = 1; i <= 40; i++)
                enters_at_random(i);
}

TEST(entries_from_deeper_stacks)
{
        users_begin();
        enters_deeper(12);
}

// A program that is left and entered again goes on where it was.
// As in the bound form: enter_user returns twice.
static void
leaves_twice(void)
{
        const uint8_t code[] = { 0x40, 0xCD, 0x80,   // inc %eax; int $0x80
                                 0x40, 0x0F, 0x0B }; // inc %eax; ud2

        users_put_bytes(SPACE_1, code, sizeof(code));
        users_random(USER_A);
        uint32_t eax = users_slot(USER_A)->registers[H_EAX];
        users_enter_twice(SPACE_1, USER_A);
        expect_hex(USERS_CODE + 4, users_slot(USER_A)->registers[H_EIP],
                   "H_EIP, after ring 3 has been left twice and entered by "
                   "enter_user once");
        expect_hex(eax + 2, users_slot(USER_A)->registers[H_EAX],
                   "H_EAX of a program that counts, after ring 3 has been left "
                   "twice and entered by enter_user once");
}

TEST(entries_go_on)
{
        users_begin();
        const uint8_t code[] = { 0x40,         // inc %eax
                                 0xCD, 0x80,   // int $0x80
                                 0xEB, 0xFB }; // back
        users_put_bytes(SPACE_1, code, sizeof(code));
        users_put_bytes(SPACE_2, code, sizeof(code));
        users_random(USER_A);
        users_random(USER_B);
        uint32_t count[2] = { users_slot(USER_A)->registers[H_EAX],
                              users_slot(USER_B)->registers[H_EAX] };
        for (unsigned i = 1; i <= 20; i++) {
                unsigned other = random_below(2);
                enum user who = other ? USER_B : USER_A;
                users_enter(other ? SPACE_2 : SPACE_1, who);
                expect_hex(++count[other], users_slot(who)->registers[H_EAX],
                           "H_EAX of a program that counts there, entered "
                           "again and again");
                expect_hex(USERS_CODE + 3, users_slot(who)->registers[H_EIP],
                           "H_EIP of a program, entered again and again");
        }
        leaves_twice();
}
