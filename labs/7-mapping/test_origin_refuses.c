// SPDX-License-Identifier: MIT
// The source of all memory (7.10): what sigma0 does not get, and that nobody else gets
// anything.
#include "origin.h"

#define PAGES(n) ((n)*H_PAGE_SIZE)

TEST(what_is_no_programs_memory)
{
        const struct pool_range *ranges;

        origin_begin(1);
        size_t count = pool_ranges(&ranges);
        for (size_t i = 0; i < count; i++) {
                uint32_t last =
                        ranges[i].first + (ranges[i].pages - 1) * H_PAGE_SIZE;
                expect_nothing(sigma0_is, ranges[i].first,
                               "the first page of the pool");
                expect_nothing(sigma0_is, last + 4,
                               "the last page of the "
                               "pool");
        }
        expect_nothing(sigma0_is, 0, "the page at 0");
        expect_nothing(sigma0_is, 0x00100000, "the kernel's image");
        expect_nothing(sigma0_is, 0x20000000, "addresses without memory");
        expect_nothing(sigma0_is, H_KERNEL_SPACE - 1,
                       "the last address of user space");
        expect_nothing(sigma0_is, H_KERNEL_SPACE, "kernel space");
        expect_nothing(sigma0_is, forest_page(3) + H_KERNEL_SPACE,
                       "a page's address in kernel space");
        expect_nothing(sigma0_is, UINT32_MAX, "the last address of all");
        forest_check("nothing is a program's");
}

TEST(others_get_nothing)
{
        origin_begin(1);
        expect_nothing(other_is, forest_page(0), "a page, for another space");
        expect_nothing(other_is, forest_superpage(0),
                       "a superpage, for another space");

        forest_put(other_is, PAGES(5), forest_page(2), H_PAGE_LOG2, H_R, NULL);
        expect_nothing(sigma0_is, forest_page(2), "a page that has an owner");
        forest_put(sigma0_is, forest_page(8), forest_page(9), H_PAGE_LOG2, H_R,
                   NULL);
        expect_nothing(sigma0_is, forest_page(8),
                       "a page where sigma0 has another one");

        // What it has, it does not get again.
        expect_got(H_PAGE_LOG2, sigma0_is, forest_page(4), "a page");
        expect_nothing(sigma0_is, forest_page(4), "a page, once more");
        expect_got(H_SUPERPAGE_LOG2, sigma0_is, forest_superpage(0),
                   "a superpage");
        expect_nothing(sigma0_is, forest_superpage(0) + PAGES(7),
                       "a page of a superpage that it has");

        // With nothing left.
        mappings_run_out();
        expect_nothing(sigma0_is, forest_page(6),
                       "a page, and no mapping is "
                       "left");
        mappings_come_back();
        page_unmap(sigma0_is, forest_superpage(0), H_SUPERPAGE_LOG2);
        mapping_end(
                mapping_find(sigma0_is, forest_superpage(0), H_SUPERPAGE_LOG2));
        struct space *next = forest_space();
        typed_give(ID_SIGMA0, next, 0, 0);
        expect_nothing(sigma0_is, forest_page(6),
                       "a page, for who has been sigma0");
        pages_run_out();
        expect_nothing(next, forest_page(6),
                       "a page, and there is no page for the table");
        expect_got(H_SUPERPAGE_LOG2, next, forest_superpage(0),
                   "a superpage without a table");
        pages_come_back();
        expect_got(H_PAGE_LOG2, next, forest_page(6), "a page, with a table");
        forest_check("owners stay owners");
}
