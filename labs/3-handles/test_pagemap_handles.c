// SPDX-License-Identifier: MIT
// Tests of exercise 3.3: room for the answer, handles that are none, and address
// spaces at random.
#include "ending.h"

// With so much room the space is not freed, but its size told.
static void
needs_room(struct h_pagemap space, size_t capacity)
{
        size_t count = made_of(space, due), told = UNTOUCHED;

        clear_freed();
        expect_h(
                H_CAPACITY,
                h_free_pagemap(space, capacity ? freed : NULL, capacity, &told),
                "h_free_pagemap of a space of %zu pages, with room for %zu",
                count, capacity);
        expect_number(count, told,
                      "h_free_pagemap with room for %zu regions: *count",
                      capacity);
        expect_no_more(0, "without room");
}

TEST(free_refuses_without_room)
{
        spaces_begin();
        struct h_pagemap empty = given_pagemap(), space = given_pagemap();
        struct h_region page = spaces_page();
        given_mapped(space, user_pages(0x00400000, 12), page, H_R);
        given_mapped(space, user_pages(0x00800000, 12), page, H_R);
        given_mapped(space, user_pages(0x00C00000, 22), spaces_far(22), H_R);
        given_mapped(space, user_pages(0x40000000, 12), page, H_R | H_W);
        spaces_make();
        spaces_enter(space);
        reads_page(0x40000000, page, "before h_free_pagemap");

        needs_room(empty, 0);
        needs_room(space, 0);
        needs_room(space, 1);
        needs_room(space, 3);
        spaces_check("after refusals of h_free_pagemap");
        reads_page(0x40000000, page, "after refusals of h_free_pagemap");
        ends(space);
        ends(empty);
        spaces_check("after h_free_pagemap with room for what comes back");
}

// Every slot has had other generations before, each its own.
static void
give_slots_a_past(void)
{
        for (uint32_t i = 0; i < SPACES_PAGEMAPS; i++)
                h_state.pagemaps[i].last = 1000 + 10 * i;
}

TEST(free_refuses_handles_made_up)
{
        spaces_begin();
        give_slots_a_past();
        struct h_pagemap a = given_pagemap(), b = given_pagemap();
        struct h_pagemap gone = given_pagemap();
        given_mapped(a, user_pages(0x00400000, 12), spaces_page(), H_R);
        spaces_make();
        ends(gone);
        spaces_check("after h_free_pagemap of a space");

        uint32_t free = SPACES_PAGEMAPS - 1;
        if (free == a.slot || free == b.slot)
                free = SPACES_PAGEMAPS / 2;
        const struct h_pagemap refused[] = {
                // Freed, all zeros, and other generations.
                gone,
                { 0, 0 },
                { a.slot, 0 },
                { a.slot, 1 },
                { a.slot, a.generation - 1 },
                { a.slot, a.generation + 1 },
                { a.slot, UINT32_MAX },
                { gone.slot, 0 },
                { gone.slot, gone.generation + 1 },
                // One's slot with the other's generation.
                { a.slot, b.generation },
                { b.slot, a.generation },
                // A slot that is free.
                { free, 0 },
                { free, h_state.pagemaps[free].last },
                { free, h_state.pagemaps[free].last + 1 },
                // Slots that there are not.
                { SPACES_PAGEMAPS, a.generation },
                { SPACES_PAGEMAPS, 0 },
                { SPACES_PAGEMAPS + 1, 1 },
                { a.slot | 0x80000000, a.generation },
                { a.slot | 0x10000000, a.generation },
                { a.slot | 0x01000000, a.generation },
                { UINT32_MAX, a.generation },
                { UINT32_MAX, UINT32_MAX },
        };
        for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
                is_refused(refused[i]);
        spaces_check("after refusals of h_free_pagemap");

        // The slot has another space: the old handle is not its name.
        struct h_pagemap next = allocates(spaces_lent());
        is_refused(gone);
        spaces_check("after h_free_pagemap of a handle from before");
        ends(next);
        is_refused(next);
        ends(a);
        ends(b);
        spaces_check("after h_free_pagemap of all spaces");
}

// Handles are never given twice, not even when a slot has had all generations.
TEST(slots_end_with_their_generations)
{
        struct h_pagemap spaces[4];

        spaces_begin();
        for (uint32_t i = 0; i < SPACES_PAGEMAPS; i++)
                h_state.pagemaps[i].last = UINT32_MAX - 2;
        struct h_pagemap_page pages[2] = { spaces_lent(), spaces_lent() };
        spaces_make();
        for (unsigned i = 0; i < 4; i++) {
                spaces[i] = allocates(pages[i % 2]);
                for (unsigned j = 0; j < i; j++) {
                        if (same_handle(spaces[i], spaces[j]))
                                fail("h_alloc_pagemap has given the handle of "
                                     "slot %u, generation %u, twice",
                                     spaces[i].slot, spaces[i].generation);
                        is_refused(spaces[j]);
                }
                ends(spaces[i]);
                is_refused(spaces[i]);
                is_refused((struct h_pagemap){ spaces[i].slot, 0 });
        }
        spaces_check("after the last generations of a slot");
}

#define SPACES 4u

// Maps something at random in a space, where nothing is mapped yet.
static void
given_somewhere(struct h_pagemap space, struct h_region row,
                struct h_region far)
{
        struct pagemap_page directory = spaces_directory(space);
        uint32_t place = random_below(KERNEL_BASE / SUPERPAGE_SIZE);
        uint32_t address = place * SUPERPAGE_SIZE;

        if (directory.mapped[place] & ENTRY_PRESENT)
                return;
        if (random_below(2))
                given_mapped(space, user_pages(address, 22), far, H_R);
        else
                given_mapped(
                        space,
                        user_pages(address + (random_below(256) << 14), 14),
                        row, H_R | H_W);
}

static uint32_t
free_pages(void)
{
        uint32_t count = 0;

        for (uint32_t i = 0; i < page_array.count; i++)
                count += page_array.pages[i].status == 0;
        return count;
}

TEST(spaces_come_and_go)
{
        struct h_pagemap_page pages[SPACES];
        struct h_pagemap spaces[SPACES];
        bool there[SPACES] = { false };

        spaces_begin_with(0x1000);
        struct h_region row = spaces_region(14), far = spaces_far(22);
        for (unsigned i = 0; i < SPACES; i++)
                pages[i] = spaces_lent();
        spaces_make();
        uint32_t before = free_pages();
        for (unsigned round = 1; round <= 3; round++) {
                for (unsigned step = 0; step < 3; step++) {
                        uint32_t i = random_below(SPACES);
                        if (there[i])
                                ends_with(spaces[i], random_below(3));
                        else
                                spaces[i] = allocates(pages[i]);
                        there[i] = !there[i];
                }
                spaces_check("after round %u", round);
                for (unsigned i = 0; i < SPACES; i++)
                        if (there[i])
                                given_somewhere(spaces[i], row, far);
                spaces_make();
                if (there[round % SPACES])
                        spaces_enter(spaces[round % SPACES]);
        }
        for (unsigned i = 0; i < SPACES; i++)
                if (there[i])
                        ends(spaces[i]);
        spaces_check("after h_free_pagemap of all spaces");
        expect_number(before, free_pages(),
                      "pages that are free after h_free_pagemap of all spaces");
}
