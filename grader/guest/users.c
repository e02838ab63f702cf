// SPDX-License-Identifier: MIT
// The address spaces and contexts of <h4/users.h>, and what is in them when a test
// begins.
#include "jitter.h"
#include "outside.h"
#include "users_model.h"
#include "words.h"

#include <h4/entries.h>
#include <h4/live.h>
#include <h4/test.h>
#include <kernel/cpu.h>
#include <kernel/image.h>
#include <kernel/string.h>

#pragma weak execution
#pragma weak h_state

#define HLT 0xF4u
#define MXCSR_RESET 0x1F80u
#define CONTROL_WORD_FNINIT 0x037Fu
#define MXCSR_WORD 6

// At the end of what user_load has: see users_code.S.
#define ZERO (USERS_LOADED + 0xF8)

struct users users;

struct user_contexts user_contexts __attribute__((aligned(4096)));

static struct fpu_area fpu_areas[USERS_CONTEXTS];
static struct pagemap_slot pagemaps[USERS_SPACES];

// Which page is where.
static const struct {
        const char *label;
        uint32_t address;
        bool writable;
} places[] = {
        [PAGE_DIRECTORY] = { "page-directory", 0, false },
        [PAGE_TABLE] = { "page-table", 0, false },
        [PAGE_CODE] = { "program's code", USERS_CODE, false },
        [PAGE_DATA] = { "program's data", USERS_DATA, true },
        [PAGE_STACK] = { "program's stack", USERS_STACK, true },
        [PAGE_CONSTANT] = { "program's constants", USERS_CONSTANT, false },
};

static void
make_space(enum user_space space)
{
        struct user_machine *machine = &users.spaces[space];

        machine->used = 0;
        for (unsigned i = 0; i < USER_PAGES; i++)
                machine->pages[i] = arena_page(places[i].label);

        uint32_t *directory = machine->pages[PAGE_DIRECTORY].mapped;
        uint32_t *table = machine->pages[PAGE_TABLE].mapped;
        words_copy(directory, boot_directory, TABLE_ENTRIES);
        directory[USERS_CODE / SUPERPAGE_SIZE] =
                raw_table(machine->pages[PAGE_TABLE]);
        for (unsigned i = PAGE_CODE; i < USER_PAGES; i++)
                table[places[i].address / PAGE_SIZE % TABLE_ENTRIES] =
                        raw_page(machine->pages[i].frame,
                                 places[i].writable ? USER_WRITE : USER_READ);

        words_fill(machine->pages[PAGE_CODE].mapped, HLT * 0x01010101u,
                   TABLE_ENTRIES);
        *users_word(space, ZERO + 4) = KERNEL_DATA;
        pagemaps[space] = (struct pagemap_slot){
                .generation = 70u + space,
                .last = 69u + space,
                .directory = machine->pages[PAGE_DIRECTORY].frame,
                .next_free = SLOT_NONE,
        };
}

static void
make_contexts(void)
{
        uint32_t *words = (uint32_t *)user_contexts.slots;

        for (size_t i = 0; i < sizeof(user_contexts.slots) / 4; i++)
                words[i] = random_word();
        users.guard = random_word();
        words_fill(user_contexts.below, users.guard, BELOW_WORDS);
        words_fill(user_contexts.above, users.guard, GUARD_WORDS);
        for (uint32_t i = 0; i < USERS_CONTEXTS; i++) {
                uint32_t *area = (uint32_t *)fpu_areas[i].bytes;

                user_contexts.slots[i].generation = 0;
                words_fill(area, 0, sizeof(fpu_areas[i]) / 4);
                area[0] = CONTROL_WORD_FNINIT;
                area[MXCSR_WORD] = MXCSR_RESET;
        }
}

static void
make_context(enum user who)
{
        user_contexts.slots[who] = (struct context_slot){
                .generation = 500u + who,
                .last = 499u + who,
                .next_free = SLOT_NONE,
                .index = who,
        };
        users_random(who);
}

void
users_begin(void)
{
        jitter_align();
        machine_prepare();
        users.begun = true;
        users.undisturbed = false;
        users.gs = 0;
        for (uint32_t i = 0; i < USERS_SPACES; i++)
                pagemaps[i] = (struct pagemap_slot){ .next_free = SLOT_NONE };
        make_space(SPACE_1);
        make_space(SPACE_2);
        h_state = (struct h_state){
                .pagemaps = pagemaps,
                .pagemap_count = USERS_SPACES,
                .free_pagemap = SLOT_NONE,
        };

        outside_begin(OUTSIDE_USERS);

        make_contexts();
        execution = (struct execution){
                .contexts = user_contexts.slots,
                .fpu_areas = fpu_areas,
                .context_count = USERS_CONTEXTS,
                .free_context = SLOT_NONE,
        };
        make_context(USER_A);
        make_context(USER_B);
        make_context(USER_C);

        live_load(users.spaces[SPACE_1].pages[PAGE_DIRECTORY].frame);
        live_flush();
        users_watch();
}

void
users_over(void)
{
        if (!users.begun)
                return;
        users.begun = false;
        machine_restore();
        live_end();
}

struct h_pagemap
users_pagemap(enum user_space space)
{
        return (struct h_pagemap){ space, pagemaps[space].generation };
}

struct h_fault_context
users_context(enum user who)
{
        return (struct h_fault_context){ who, users_slot(who)->generation };
}

struct context_slot *
users_slot(enum user who)
{
        return &user_contexts.slots[who];
}

uint32_t
users_add_bytes(enum user_space space, const uint8_t *bytes, uint32_t count)
{
        struct user_machine *machine = &users.spaces[space];
        uint32_t at = machine->used;

        if (count > PAGE_SIZE - at)
                fail("the harness has no room for so much code");
        memcpy((uint8_t *)machine->pages[PAGE_CODE].mapped + at, bytes, count);
        machine->used += count;
        return USERS_CODE + at;
}

uint32_t
users_put_bytes(enum user_space space, const uint8_t *bytes, uint32_t count)
{
        struct user_machine *machine = &users.spaces[space];

        memset(machine->pages[PAGE_CODE].mapped, HLT, machine->used);
        machine->used = 0;
        return users_add_bytes(space, bytes, count);
}

uint32_t
users_put(enum user_space space, const struct user_code *code)
{
        return users_put_bytes(space, code->begin, code->size);
}

uint32_t
users_add(enum user_space space, const struct user_code *code)
{
        return users_add_bytes(space, code->begin, code->size);
}

uint32_t *
users_word(enum user_space space, uint32_t address)
{
        for (unsigned i = PAGE_CODE; i < USER_PAGES; i++)
                if (address / PAGE_SIZE == places[i].address / PAGE_SIZE)
                        return users.spaces[space].pages[i].mapped +
                               address % PAGE_SIZE / 4;
        fail("the harness has nothing mapped at 0x%08x", address);
}
