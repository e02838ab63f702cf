// SPDX-License-Identifier: MIT
// The invariants of exercise 3.4, adding mappings: calls at random, in three
// address spaces, in each of which 32 addresses are used in three 4 MB. They and
// the pages are few, so that calls meet all the time.
#include "adding.h"

#define SPACES 3u
#define PLACES 3u
#define PAGES 16u
#define TABLES 12u
#define CALLS 120u

// What an address space has for 4 MB.
struct place {
        bool table, superpage;
        uint32_t mapped; // a bit for each of the 32 addresses
};

static struct {
        struct h_pagemap space[SPACES];
        struct place place[SPACES][PLACES];
        uint32_t first[PLACES];     // of the 32 addresses
        struct h_region near;       // 16 pages, some of which become tables
        struct h_region far, large; // 16 pages, two superpages
        struct h_pagemap_page lent[TABLES];
        bool address_used[TABLES];
} machine;

struct call {
        struct adding adding;
        struct h_pagemap_page table; // if one is offered
        uint32_t lent;               // whose address it has
        struct place *place;
        uint32_t bits; // the pages of the range; 0 of a superpage
        bool bad_handle;
};

static void
begin(void)
{
        spaces_begin_with(SPACES_PAGES);
        for (uint32_t i = 0; i < SPACES; i++)
                machine.space[i] = given_pagemap();
        for (uint32_t i = 0; i < TABLES; i++) {
                machine.lent[i] = spaces_lent();
                machine.address_used[i] = false;
        }
        for (uint32_t i = 0; i < PLACES; i++) {
                for (uint32_t j = 0; j < SPACES; j++)
                        machine.place[j][i] = (struct place){ 0 };
                machine.first[i] = (i * 256 + random_below(256)) << 22 |
                                   random_below(32) << 17;
        }
        machine.near = spaces_region(16);
        machine.far = spaces_far(16);
        machine.large = spaces_far(23);
        due_page(region_page(machine.near, random_below(PAGES)),
                 NORMAL(PAGE_COUNT_MAX - 1));
        spaces_make();
}

// The region for a call, and the page that is offered for a page-table: one of
// those that nobody maps, or one of those that are mapped.
static void
choose_memory(struct call *call, unsigned log2_size)
{
        struct h_region all = machine.large;
        uint32_t count = 1u << (log2_size - 12), limit = 2048;

        if (log2_size < 22) {
                all = random_below(2) ? machine.near : machine.far;
                limit = PAGES;
        }
        uint32_t first = random_below(limit) & -count;
        call->adding.region = region_of(
                region_first(all).value + first * H_PAGE_SIZE, log2_size);

        call->lent = random_below(TABLES);
        call->table = machine.lent[call->lent];
        if (random_below(4) == 0)
                call->table.page =
                        region_page(machine.near, random_below(PAGES));
        else if (all.pages.word == machine.near.pages.word && random_below(2))
                call->table.page =
                        region_page(call->adding.region, random_below(count));
        call->adding.table = random_below(8) ? &call->table : NULL;
}

static void
choose(struct call *call)
{
        uint32_t space = random_below(SPACES), at = random_below(PLACES);
        uint32_t address = machine.first[at];

        call->place = &machine.place[space][at];
        call->bits = 0;
        if (random_below(32) == 0) {
                choose_memory(call, 22);
                address &= -H_SUPERPAGE_SIZE;
        } else {
                uint32_t log2_count = random_below(4), count = 1u << log2_count;
                uint32_t page = random_below(32) & -count;
                choose_memory(call, 12 + log2_count);
                address += page * H_PAGE_SIZE;
                call->bits = ((1u << count) - 1) << page;
        }
        call->adding.pages =
                user_pages(address, region_log2(call->adding.region));
        call->adding.rights = random_below(24) ? 1 + random_below(7) : 0;
        call->adding.space = machine.space[space];
        call->bad_handle = random_below(16) == 0;
        call->adding.space.generation += call->bad_handle;
}

// Of the pages of a region: is one no normal page, or has one all mappings that
// can be counted? Those of superpages are never either.
static bool
any_page(struct h_region region, bool full)
{
        if (region_log2(region) == 22)
                return false;
        for (uint32_t i = 0; i < 1u << (region_log2(region) - 12); i++) {
                int status = spaces_expected(region_page(region, i)).status;
                if (full ? status == PAGE_COUNT_MAX : status < 0)
                        return true;
        }
        return false;
}

static enum h_error
table_answer(const struct call *call)
{
        struct h_region page = call->table.page, region = call->adding.region;

        if (!call->adding.table)
                return H_TABLE_NEEDED;
        if (spaces_expected(page).status != 0)
                return H_NOT_FREE;
        if (machine.address_used[call->lent])
                return H_ADDRESS_USED;
        if ((region_first(page).value - region_first(region).value) >>
                    region_log2(region) ==
            0)
                return H_TABLE_INSIDE;
        return H_OK;
}

// What is due, in the order of <h/h.h>.
static enum h_error
answer(const struct call *call)
{
        const struct place *place = call->place;

        if (call->bad_handle)
                return H_BAD_HANDLE;
        if (call->adding.rights == 0)
                return H_NO_RIGHTS;
        if (any_page(call->adding.region, false))
                return H_NOT_NORMAL;
        if (call->bits == 0 && (place->table || place->superpage))
                return H_MAPPED;
        if (call->bits & place->mapped)
                return H_MAPPED;
        if (place->superpage)
                return H_SUPERPAGE;
        enum h_error error = H_OK;
        if (call->bits && !place->table)
                error = table_answer(call);
        if (error == H_OK && any_page(call->adding.region, true))
                return H_COUNT_FULL;
        return error;
}

static void
make(const struct call *call)
{
        struct place *place = call->place;
        bool needed = call->bits && !place->table;

        maps(call->adding, needed);
        if (needed)
                machine.address_used[call->lent] = true;
        place->table = call->bits;
        place->superpage = !call->bits;
        place->mapped |= call->bits;
}

TEST(add_in_any_order)
{
        begin();
        for (unsigned i = 1; i <= CALLS; i++) {
                struct call call;
                choose(&call);
                enum h_error due = answer(&call);
                if (due == H_OK)
                        make(&call);
                else
                        refuses(due, call.adding, "one of many calls");
                if (i % (CALLS / 2) == 0)
                        spaces_check("after %u calls of h_add_mapping at "
                                     "random",
                                     i);
        }
}
