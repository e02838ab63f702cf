// SPDX-License-Identifier: MIT
// Tests of exercise 4.4: many contexts in two spaces, in any order.
#include "executing.h"

static const enum user users_in_use[] = { USER_A, USER_B, USER_C };

// EFLAGS that a program may have when it leaves, without TF.
#define FLAGS (0x8D5u | EFLAGS_DF | EFLAGS_NT | EFLAGS_AC | EFLAGS_ID)

static uint32_t faulted_at; // the last page fault's address

// Loads all registers and leaves by any way, which the client hears of.
static void
runs_at_random(unsigned number)
{
        enum user who = users_in_use[random_below(3)];
        enum user_space space = random_below(2) ? SPACE_1 : SPACE_2;
        const struct way *way = &ways[random_below(WAYS)];
        uint32_t at = put_loading(space, way);
        uint8_t vector = 0xEE;

        users_random(who);
        users_set(who, H_EFLAGS, random_word() & ~EFLAGS_TF);
        users_set(who, H_CS, random_word());
        users_set(who, H_SS, random_word());
        users_random_loaded(space);
        set_loaded(space, LOADED_EFLAGS,
                   (random_word() & FLAGS) | EFLAGS_FIXED);
        users_about(way->name);
        expect_h(H_OK,
                 users_execute_vector(users_pagemap(space), users_context(who),
                                      &vector),
                 "h_execute_vector");
        due_loading(who, space, way, at);
        due_register(who, H_CS, USER_CODE);
        due_register(who, H_SS, USER_DATA);
        users_check("after execution %u, left by %s", number, way->name);

        expect_number(way->vector, vector,
                      "execution %u, left by %s: the vector", number,
                      way->name);
        if (vector == H_VECTOR_PAGE_FAULT)
                faulted_at = USERS_NOTHING;
        expect_hex(faulted_at, h_last_fault_address().value,
                   "h_last_fault_address after execution %u", number);
}

static void
is_refused_at_random(unsigned number)
{
        struct h_pagemap space = users_pagemap(SPACE_1 + random_below(2));
        struct h_fault_context who =
                users_context(users_in_use[random_below(3)]);
        struct h_interrupt out;

        switch (random_below(4)) {
        case 0:
                space.generation ^= 1u << random_below(32);
                break;
        case 1:
                who.generation ^= 1u << random_below(32);
                break;
        case 2:
                space.slot |= USERS_SPACES << random_below(29);
                break;
        default:
                who.slot |= USERS_CONTEXTS << random_below(28);
        }
        expect_h(H_BAD_HANDLE, users_execute(space, who, &out),
                 "h_execute %u, with a handle in which a bit is another",
                 number);
        users_check("after a refusal of h_execute");
}

// Another page fault, so that its address is known.
static void
faults_at(uint32_t address)
{
        static const uint8_t reads[] = { 0x8B, 0x03 }; // mov (%ebx), %eax

        users_put_bytes(SPACE_1, reads, sizeof(reads));
        users_random(USER_B);
        users_set(USER_B, H_EBX, address);
        struct h_interrupt out = runs(SPACE_1, USER_B);
        expect_kind(H_PAGE_FAULT, out.kind, "a page fault");
        expect_hex(address, out.address.value, "a page fault: the address");
        accept_registers(USER_B);
        faulted_at = address;
}

TEST(executing_at_random)
{
        users_begin();
        users_undisturbed();
        for (unsigned i = 1; i <= 50; i++) {
                if (i % 8 == 1)
                        faults_at(USERS_GUARD + random_below(PAGE_SIZE));
                if (i % 3 == 0)
                        is_refused_at_random(i);
                runs_at_random(i);
        }
}

// Two programs that fill memory, ended by the timer wherever they are: nothing of
// one comes into the other.
TEST(executing_shares_time)
{
        // mov %eax, (%edi); add $4, %edi; and $0x40001FFF, %edi;
        // or $0x1200, %edi
        static const uint8_t fills[] = { 0x89, 0x07, 0x83, 0xC7, 0x04,
                                         0x81, 0xE7, 0xFF, 0x1F, 0x00,
                                         0x40, 0x81, 0xCF, 0x00, 0x12,
                                         0x00, 0x00, 0xEB, 0xED };
        const enum user who[] = { USER_A, USER_B };
        unsigned ended = 0;

        users_begin();
        for (unsigned i = 0; i < 2; i++) {
                users_put_bytes(SPACE_1 + i, fills, sizeof(fills));
                users_set(who[i], H_EDI, USERS_FREE);
                users_set(who[i], H_EAX, 0xAAAA0000u + i);
        }
        users_watch();
        users_timer(H_PERIOD_LEAST);
        for (unsigned i = 0; i < 16; i++) {
                users_about("a loop that fills memory");
                struct h_interrupt out = runs(SPACE_1 + i % 2, who[i % 2]);
                expect_kind(H_TIMER, out.kind, "a loop that fills memory");
                expect_ring_3(who[i % 2], "a loop that fills memory");
                expect_hex(0xAAAA0000u + i % 2, reg(who[i % 2], H_EAX),
                           "a loop that fills memory: H_EAX");
                expect_bool(true,
                            reg(who[i % 2], H_EIP) - USERS_CODE < sizeof(fills),
                            "a loop that fills memory: H_EIP is in it");
                accept_registers(who[i % 2]);
                users_check("after a period of the timer");
                ended++;
        }
        for (uint32_t i = 0; i < 2; i++)
                for (uint32_t at = USERS_FREE; at < USERS_NOTHING; at += 4) {
                        uint32_t word = *users_word(SPACE_1 + i, at);
                        if (word != 0 && word != 0xAAAA0000u + i)
                                fail("a program of space %u has found 0x%08x "
                                     "in its memory, which another one has "
                                     "written, after %u periods",
                                     (unsigned)i + 1, word, ended);
                }
}
