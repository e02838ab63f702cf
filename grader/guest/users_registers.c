// SPDX-License-Identifier: MIT
// What <h4/users.h> puts into registers, and what is expected in them.
#include "users_model.h"
#include "words.h"

#include <h4/test.h>
#include <kernel/cpu.h>

// CF PF AF ZF SF OF: nothing depends on them.
#define ARITHMETIC 0x8D5u

// Some word that no other register has: they differ in the lowest bits.
static uint32_t
word_of_its_own(uint32_t number)
{
        return (random_word() & ~0x1Fu) | number;
}

void
users_random(enum user who)
{
        uint32_t *registers = users_slot(who)->registers;

        for (uint32_t i = 0; i < H_REGISTERS; i++)
                registers[i] = word_of_its_own(i);
        registers[H_EIP] = USERS_CODE;
        registers[H_CS] = USER_CODE;
        registers[H_EFLAGS] =
                (random_word() & ARITHMETIC) | EFLAGS_FIXED | EFLAGS_IF;
        registers[H_ESP] = USERS_STACK_TOP;
        registers[H_SS] = USER_DATA;
        for (uint32_t i = 0; i < H_REGISTERS; i++)
                users.due[who].registers[i] = registers[i];
}

void
users_set(enum user who, enum h_register reg, uint32_t value)
{
        users_slot(who)->registers[reg] = value;
        due_register(who, reg, value);
}

void
users_random_loaded(enum user_space space)
{
        uint32_t *loaded = users_word(space, USERS_LOADED);

        // The processor does not leave 1 to 3 in FS or GS on its way to ring 3.
        users_undisturbed();
        for (uint32_t i = 0; i < LOADED_WORDS; i++)
                loaded[i] = word_of_its_own(i);
        loaded[LOADED_EFLAGS] = (random_word() & ARITHMETIC) | EFLAGS_FIXED;
        for (uint32_t i = LOADED_FS; i <= LOADED_DS; i++)
                loaded[i] = random_below(2) ? USER_DATA : random_below(4);
}

void
due_register(enum user who, enum h_register reg, uint32_t value)
{
        users.due[who].registers[reg] = value;
}

void
due_left(enum user who, uint32_t eip, uint32_t vector, uint32_t code)
{
        due_register(who, H_EIP, eip);
        due_register(who, H_HANDLER, vector);
        due_register(who, H_CODE, code);
}

void
due_loaded(enum user who, enum user_space space)
{
        static const struct {
                enum h_register reg;
                enum loaded from;
        } pairs[] = {
                { H_EDI, LOADED_EDI }, { H_ESI, LOADED_ESI },
                { H_EBP, LOADED_EBP }, { H_EBX, LOADED_EBX },
                { H_EDX, LOADED_EDX }, { H_ECX, LOADED_ECX },
                { H_EAX, LOADED_EAX }, { H_ESP, LOADED_ESP },
                { H_FS, LOADED_FS },   { H_GS, LOADED_GS },
                { H_ES, LOADED_ES },   { H_DS, LOADED_DS },
        };
        const uint32_t *loaded = users_word(space, USERS_LOADED);

        for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
                due_register(who, pairs[i].reg, loaded[pairs[i].from]);
        due_register(who, H_EFLAGS,
                     loaded[LOADED_EFLAGS] | EFLAGS_FIXED | EFLAGS_IF);
}

void
due_said(enum user who, enum user_space space, uint32_t gs)
{
        const uint32_t *due = users.due[who].registers;
        const uint32_t words[SAID_WORDS] = {
                [SAID_EAX] = due[H_EAX],
                [SAID_ECX] = due[H_ECX],
                [SAID_EDX] = due[H_EDX],
                [SAID_EBX] = due[H_EBX],
                [SAID_ESP] = due[H_ESP],
                [SAID_EBP] = due[H_EBP],
                [SAID_ESI] = due[H_ESI],
                [SAID_EDI] = due[H_EDI],
                [SAID_CS] = USER_CODE,
                [SAID_DS] = USER_DATA,
                [SAID_ES] = USER_DATA,
                [SAID_SS] = USER_DATA,
                [SAID_FS] = 0,
                [SAID_GS] = gs,
                [SAID_EFLAGS] = due[H_EFLAGS],
        };
        static const char *const names[SAID_WORDS] = {
                "EAX", "ECX", "EDX", "EBX", "ESP", "EBP", "ESI",    "EDI",
                "CS",  "DS",  "ES",  "SS",  "FS",  "GS",  "EFLAGS",
        };

        for (uint32_t i = 0; i < SAID_WORDS; i++) {
                expect_hex(words[i], *users_word(space, USERS_SAID + 4 * i),
                           "in ring 3: %s", names[i]);
                due_user_word(space, USERS_SAID + 4 * i, words[i]);
        }
}
