// SPDX-License-Identifier: MIT
// Tests of exercise 3.2: pages and addresses that cannot be lent, or are in use;
// and views at random.
#include "lending.h"

static struct h_pagemap_page
word_at(uint32_t region, struct h_vaddr address)
{
        return (struct h_pagemap_page){ { { region } }, address };
}

TEST(lending_refuses_what_is_no_page)
{
        static const uint32_t no_regions[] = {
                0x00100000 | 12, 0x003FF000 | 12, 0x005FF000 | 12,
                0x00640000 | 12, 0x0009F000 | 12, 0x01800000 | 12,
                0xFFFFF000 | 12, 0x00000000,      0x00600000 | 11,
                0x00600000 | 33, 0x00600000 | 63, 0x00600000,
                0x00600000 | 76, 0x00600100 | 12, 0x00601000 | 13,
                0x00640000 | 18, 0x00600000 | 19, 0x00000000 | 32,
        };
        static const uint32_t too_large[] = {
                0x00600000 | 13, 0x0009C000 | 13, 0x00600000 | 18,
                0x00800000 | 22, 0x00800000 | 23,
        };

        spaces_begin();
        struct h_vaddr at = spaces_address();
        spaces_make();
        both_answer(H_OK, word_at(0x00600000 | 12, at));
        for (size_t i = 0; i < sizeof(no_regions) / 4; i++)
                both_answer(H_BAD_REGION, word_at(no_regions[i], at));
        for (size_t i = 0; i < sizeof(too_large) / 4; i++)
                both_answer(H_BAD_SIZE, word_at(too_large[i], at));

        // The kernel's own tables.
        both_answer(H_BAD_REGION, word_at(h_state.reference.value | 12, at));
        both_answer(H_BAD_REGION,
                    word_at((h_state.reference_entries[TABLE_ENTRIES - 1] &
                             ENTRY_FRAME) |
                                    12,
                            at));
        spaces_check("after refusals");
}

TEST(lending_refuses_other_addresses)
{
        static const uint32_t others[] = {
                // Beside those that the client controls.
                SPACES_CLIENT_BASE - 0x1000,
                SPACES_CLIENT_BASE - 0x400000,
                SPACES_CLIENT_LIMIT,
                SPACES_CLIENT_LIMIT + 0x1000,
                CLIENT_LIMIT - 0x1000,
                CLIENT_LIMIT,
                // Within a page.
                SPACES_CLIENT_BASE + 1,
                SPACES_CLIENT_BASE + 4,
                SPACES_CLIENT_BASE + 0x800,
                SPACES_CLIENT_BASE + 0x1FFF,
                SPACES_CLIENT_LIMIT - 1,
                SPACES_CLIENT_BASE - 1,
                // User space, and the kernel's.
                0x00000000,
                0x00400000,
                0x10000000,
                0x50000000,
                0x90000000,
                KERNEL_BASE - 0x1000,
                KERNEL_BASE,
                KERNEL_BASE + IMAGE_LOAD,
                ENVIRONMENT_BASE,
                WINDOW_BASE,
                COPY_FROM_WINDOW,
                0xFFFFF000,
        };

        spaces_begin();
        struct h_region page = spaces_page();
        spaces_make();
        both_answer(H_OK, word_at(page.pages.word,
                                  (struct h_vaddr){ SPACES_CLIENT_BASE }));
        for (size_t i = 0; i < sizeof(others) / 4; i++)
                both_answer(H_BAD_ADDRESS,
                            word_at(page.pages.word,
                                    (struct h_vaddr){ others[i] }));
        spaces_check("after refusals");
}

TEST(checking_refuses_pages_in_use)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap(), other = given_pagemap();
        struct h_pagemap_page table = given_table(space, 0x00400000);
        struct h_region once = spaces_page(), twice = spaces_page();
        struct h_region full = spaces_page(), often = spaces_page();
        struct h_region row = spaces_region(14), far = spaces_far(22);
        struct h_region free[2] = { spaces_page(), spaces_region(12) };
        given_mapped(space, user_pages(0x00400000, 12), once, H_R);
        given_mapped(space, user_pages(0x00401000, 12), twice, H_R);
        given_mapped(other, user_pages(0x00401000, 12), twice, H_R | H_W);
        given_mapped(other, user_pages(0x40000000, 22), far, H_R | H_W);
        given_kernel_mapping(row, spaces_addresses(14), H_R | H_W, false);
        due_page(full, NORMAL(PAGE_COUNT_MAX));
        due_page(often, NORMAL(256)); // which a byte does not hold
        struct h_vaddr at = spaces_address();
        spaces_make();

        const struct h_region used[] = {
                // Tables.
                region_of(spaces_directory(space).frame.value, 12),
                region_of(spaces_directory(other).frame.value, 12),
                table.page,
                // Mapped by page-tables.
                once,
                twice,
                full,
                often,
                // By a superpage: the first page, one in between, the last.
                region_page(far, 0),
                region_page(far, 77),
                region_page(far, 1023),
                // By the client itself.
                region_page(row, 0),
                region_page(row, 2),
                region_page(row, 3),
        };
        for (unsigned i = 0; i < 2; i++)
                check_answers(H_OK, (struct h_pagemap_page){ free[i], at });
        for (size_t i = 0; i < sizeof(used) / sizeof(used[0]); i++)
                check_answers(H_NOT_FREE,
                              (struct h_pagemap_page){ used[i], at });

        // Two reasons: the one that the contract names first.
        check_answers(H_NOT_FREE, table);
        check_answers(H_BAD_ADDRESS,
                      (struct h_pagemap_page){ once, { 0x00400000 } });
        check_answers(H_BAD_SIZE,
                      (struct h_pagemap_page){ row, { 0x00400000 } });
        check_answers(H_BAD_SIZE, (struct h_pagemap_page){ row, table.mapped });
        check_answers(H_BAD_REGION, word_at(0x00100000 | 13, table.mapped));
        check_answers(H_BAD_REGION, lent(0x00100000, 0xC0100000));
        spaces_check("after refusals");
}

TEST(checking_refuses_addresses_in_use)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap();
        struct h_pagemap_page table = given_table(space, 0x00400000);
        spaces_addresses(14); // in front of the client's mapping nothing is
        struct h_vfpage pages = spaces_addresses(14);
        struct h_vfpage single = spaces_addresses(12);
        struct h_region page = spaces_page();
        given_kernel_mapping(spaces_region(14), pages, H_R | H_W, false);
        given_kernel_mapping(spaces_page(), single, H_R, true);
        spaces_make();

        uint32_t directory = spaces_directory(space).frame.value;
        uint32_t first = h_vfpage_first(pages).value;
        const uint32_t used[] = {
                // Where H sees a page-directory and a page-table.
                h_state.seen_at[directory / H_PAGE_SIZE].value,
                table.mapped.value,
                // Where the client has mapped something for itself.
                first,
                first + 0x2000,
                first + 0x3000,
                h_vfpage_first(single).value,
        };
        uint32_t word = page.pages.word;
        check_answers(H_OK, word_at(word, spaces_address()));
        check_answers(H_OK, word_at(word, (struct h_vaddr){ first - 0x1000 }));
        for (size_t i = 0; i < sizeof(used) / 4; i++)
                check_answers(H_ADDRESS_USED,
                              word_at(word, (struct h_vaddr){ used[i] }));
        spaces_check("after refusals");
}

#define POOL 6u

// Pages and addresses, each page seen at one of the addresses or at none.
struct pool {
        struct h_region pages[POOL];
        struct h_vaddr addresses[POOL];
        uint32_t seen_at[POOL]; // by page: which address, or POOL
        uint32_t holds[POOL];   // by address: which page, or POOL
};

static struct h_pagemap_page
pair(const struct pool *pool, uint32_t page, uint32_t address)
{
        return (struct h_pagemap_page){ pool->pages[page],
                                        pool->addresses[address] };
}

// Lends a page at an address if both are free; takes it back if it is lent.
static void
change(struct pool *pool, uint32_t page, uint32_t at)
{
        uint32_t before = pool->seen_at[page];

        if (before != POOL) {
                check_answers(H_NOT_FREE, pair(pool, page, at));
                detaches(pair(pool, page, before));
                set_status(pool->pages[page], NORMAL(0));
                is_not_seen(pair(pool, page, before),
                            "after pagemap_page_detach");
                pool->seen_at[page] = pool->holds[before] = POOL;
        } else if (pool->holds[at] != POOL) {
                check_answers(H_ADDRESS_USED, pair(pool, page, at));
        } else {
                check_answers(H_OK, pair(pool, page, at));
                attaches(pair(pool, page, at));
                set_status(pool->pages[page], DIRECTORY);
                pool->seen_at[page] = at;
                pool->holds[at] = page;
        }
}

TEST(views_come_and_go)
{
        struct pool pool;

        spaces_begin();
        struct h_pagemap spaces[2] = { given_pagemap(), given_pagemap() };
        for (unsigned i = 0; i < POOL; i++) {
                pool.pages[i] = spaces_page();
                pool.addresses[i] = spaces_address();
                pool.seen_at[i] = pool.holds[i] = POOL;
        }
        spaces_make();
        for (unsigned step = 1; step <= 60; step++) {
                change(&pool, random_below(POOL), random_below(POOL));
                for (uint32_t i = 0; i < POOL; i++)
                        if (pool.seen_at[i] != POOL)
                                is_seen(pair(&pool, i, pool.seen_at[i]),
                                        "after pagemap_page_attach");
                if (step % 15 != 0)
                        continue;
                spaces_check("after %u pages were attached or detached", step);
                spaces_enter(spaces[step / 15 % 2]);
        }
        // A page that is lent holds anything: what would it be as a page-directory?
        for (uint32_t i = 0; i < POOL; i++)
                if (pool.seen_at[i] != POOL)
                        change(&pool, i, pool.seen_at[i]);
        spaces_check("after all were detached");
}
