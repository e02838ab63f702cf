// SPDX-License-Identifier: MIT
// Tests of exercise 3.2: putting page and address together, and H's view of a
// page, from its beginning to its end.
#include "lending.h"

TEST(creating_takes_nothing)
{
        spaces_begin_with(SPACES_PAGES);
        struct h_pagemap space = given_pagemap();
        struct h_pagemap_page table = given_table(space, 0x00400000);
        struct h_pagemap_page free = spaces_lent();
        spaces_make();

        create_answers(H_OK, free);
        create_answers(H_OK, free);
        create_answers(H_OK,
                       (struct h_pagemap_page){ free.page, spaces_address() });
        create_answers(H_OK,
                       (struct h_pagemap_page){ spaces_page(), free.mapped });

        // At the borders.
        create_answers(H_OK, lent(0x00000000, SPACES_CLIENT_BASE));
        create_answers(H_OK, lent(0x017FF000, SPACES_CLIENT_LIMIT - 0x1000));
        create_answers(H_OK, lent(0x0009E000, SPACES_CLIENT_BASE + 0x3FF000));
        create_answers(H_OK, lent(0x00800000, SPACES_CLIENT_BASE + 0x400000));

        // What is in use now may be free when the time comes.
        create_answers(H_OK, table);
        create_answers(H_OK,
                       (struct h_pagemap_page){ table.page, spaces_address() });
        create_answers(H_OK,
                       (struct h_pagemap_page){ spaces_page(), table.mapped });
        spaces_check("after h_create_pagemap_page");
}

TEST(checking_names_the_page)
{
        spaces_begin_with(SPACES_PAGES);
        struct h_pagemap space = given_pagemap();
        struct h_region row = spaces_region(14);
        struct h_vfpage rows_pages = spaces_addresses(13);
        uint32_t beside = h_vfpage_first(rows_pages).value + 0x2000;
        struct h_pagemap_page free[4];
        for (unsigned i = 0; i < 4; i++)
                free[i] = spaces_lent();

        // In use are pages and addresses beside these alone.
        given_mapped(space, user_pages(0x00400000, 12), region_page(row, 1),
                     H_R);
        given_kernel_mapping(region_of(region_first(row).value + 0x2000, 13),
                             rows_pages, H_R, false);
        spaces_make();

        for (unsigned i = 0; i < 4; i++) {
                check_answers(H_OK, free[i]);
                check_answers(H_OK, free[i]);
        }
        check_answers(H_OK, lent(region_first(row).value, beside));
        check_answers(H_OK, lent(0x00000000, SPACES_CLIENT_LIMIT - 0x1000));
        check_answers(H_OK, lent(0x017FF000, SPACES_CLIENT_LIMIT - 0x1000));
        spaces_check("after pagemap_page_check");
}

// A word is written at the page's address, and arrives in the page.
static void
writes(struct h_pagemap_page page, const char *when)
{
        struct h_paddr first = region_first(page.page);
        struct pagemap_page seen = { paddr(first.value), spaces_word(first) };

        expect_writes(vaddr(page.mapped.value), seen, when);
        for (uint32_t i = 0; i < H_PAGE_SIZE; i += 4)
                due_word((struct h_paddr){ first.value + i },
                         *spaces_word((struct h_paddr){ first.value + i }));
}

TEST(attaching_shows_the_page_everywhere)
{
        const char *when = "after pagemap_page_attach";

        spaces_begin();
        struct h_pagemap here = given_pagemap(), there = given_pagemap();
        struct h_pagemap_page pages[3];
        for (unsigned i = 0; i < 3; i++)
                pages[i] = spaces_lent();
        pages[2].mapped.value = SPACES_CLIENT_LIMIT - H_PAGE_SIZE;
        spaces_make();
        spaces_enter(here);
        for (unsigned i = 0; i < 3; i++) {
                is_not_seen(pages[i], "before pagemap_page_attach");
                attaches(pages[i]);
                is_seen(pages[i], when);
        }
        spaces_check(when);

        spaces_enter(there);
        for (unsigned i = 0; i < 3; i++)
                is_seen(pages[i], "in another address space");
        writes(pages[1], "in another address space");
        enter_reference();
        for (unsigned i = 0; i < 3; i++)
                is_seen(pages[i], "on the reference directory");
        spaces_check("after writing through H's view");
}

TEST(detaching_takes_the_view_away)
{
        const char *when = "after pagemap_page_detach";

        spaces_begin();
        struct h_pagemap here = given_pagemap(), there = given_pagemap();
        struct h_pagemap_page pages[4];
        for (unsigned i = 0; i < 4; i++) {
                pages[i] = spaces_lent();
                due_view(pages[i]);
        }
        spaces_make();
        spaces_enter(here);
        for (unsigned i = 0; i < 4; i++)
                is_seen(pages[i], "before pagemap_page_detach");

        // From the translation before, the TLB knows the address.
        detaches(pages[0]);
        is_not_seen(pages[0], when);
        spaces_check(when);
        detaches(pages[2]);
        is_not_seen(pages[2], when);
        spaces_enter(there);
        is_not_seen(pages[0], "in another address space");
        is_not_seen(pages[2], "in another address space");
        is_seen(pages[1], "after others were detached");
        is_seen(pages[3], "after others were detached");

        // The address serves another page at once, and the page another address.
        detaches(pages[1]);
        struct h_pagemap_page next = { spaces_page(), pages[1].mapped };
        attaches(next);
        is_seen(next, "where another page was seen before");
        attaches((struct h_pagemap_page){ pages[1].page, pages[0].mapped });
        is_seen((struct h_pagemap_page){ pages[1].page, pages[0].mapped },
                "where another page was seen before");
        spaces_check("after pagemap_page_attach of another page");
}

TEST(detaching_leaves_the_status)
{
        const struct page statuses[] = { TABLE(0), DIRECTORY, NORMAL(0) };
        struct h_pagemap_page pages[3];

        spaces_begin();
        for (unsigned i = 0; i < 3; i++) {
                pages[i] = spaces_lent();
                due_view(pages[i]);
                due_page(pages[i].page, statuses[i]);
        }
        spaces_make();
        for (unsigned i = 0; i < 3; i++)
                detaches(pages[i]);
        spaces_check("after pagemap_page_detach");

        // To the last word, also where no table may be there any more.
        for (unsigned i = 0; i < 3; i++)
                set_status(pages[i].page, NORMAL(0));
        spaces_check("after pagemap_page_detach");
}
