// SPDX-License-Identifier: MIT
// The source of all memory (7.10): what sigma0 gets.
#include "origin.h"

#define PAGES(n) ((n)*H_PAGE_SIZE)

TEST(memory_comes_in_pages)
{
        static const uint32_t numbers[] = { 0, 1, 40, 300 };

        origin_begin(0);
        for (unsigned i = 0; i < 4; i++) {
                uint32_t page = forest_page(numbers[i]);
                expect_got(H_PAGE_LOG2, sigma0_is, page + i * 0x555,
                           "a page of memory");
                expect_given(page, H_PAGE_LOG2, "a page of memory");
                expect_number(i + 1, mapdb_used(),
                              "mappings, one for each page asked for");
        }
        uint32_t last = forest_page(301);
        forest_expect_page(sigma0_is, last, 0, 0, "a page not asked for");
        forest_check("pages have come");
}

// As large as can be; and only where all of it is there for programs.
TEST(memory_comes_in_superpages)
{
        uint32_t first, second;

        origin_begin(2);
        first = forest_superpage(0);
        second = forest_superpage(1);
        expect_got(H_SUPERPAGE_LOG2, sigma0_is, first + 0x00234567,
                   "a superpage that nobody has anything of");
        expect_given(first, H_SUPERPAGE_LOG2, "a superpage");
        expect_number(1, mapdb_used(), "mappings, for one superpage");

        // Of the second one a page has an owner.
        forest_put(other_is, PAGES(1), second + PAGES(5), H_PAGE_LOG2, H_R,
                   NULL);
        expect_got(H_PAGE_LOG2, sigma0_is, second + PAGES(9) + 0xFFF,
                   "a page beside one that has an owner");
        expect_given(second + PAGES(9), H_PAGE_LOG2,
                     "a page beside one that has an owner");
        expect_nothing(sigma0_is, second + PAGES(5),
                       "a page of a superpage, and it has an owner");
        forest_expect_page(sigma0_is, second, 0, 0, "a page not asked for");
        forest_check("superpages have come");
}

// From now on the pool lies at a superpage's end, as on larger machines, and none of its
// pages there is in use: so H would give them to anybody. Behind its last piece there
// stands one that is none, at the next superpage. Where it begins, and its size.
static struct pool_range
pool_into(uint32_t superpage)
{
        const struct pool_range *ranges;
        size_t count = pool_ranges(&ranges);
        uint32_t first = UINT32_MAX, end = 0;

        for (size_t i = 0; i < count; i++) {
                uint32_t behind =
                        ranges[i].first + ranges[i].pages * H_PAGE_SIZE;
                if (ranges[i].first < first)
                        first = ranges[i].first;
                if (behind > end)
                        end = behind;
        }
        uint32_t by = superpage + H_SUPERPAGE_SIZE - end;
        for (size_t i = 0; i < count; i++)
                ((struct pool_range *)(uintptr_t)ranges)[i].first += by;
        ((struct pool_range *)(uintptr_t)ranges)[count] = (struct pool_range){
                superpage + H_SUPERPAGE_SIZE,
                H_SUPERPAGE_SIZE / H_PAGE_SIZE,
        };
        return (struct pool_range){ first + by, (end - first) / H_PAGE_SIZE };
}

// In a part of it are pages of the kernel's own.
TEST(superpages_without_the_pool)
{
        origin_begin(2);
        uint32_t first = forest_superpage(0);
        struct pool_range pool = pool_into(first);

        expect_got(H_PAGE_LOG2, sigma0_is, first,
                   "the first page of a superpage, at whose end the kernel has "
                   "its own");
        expect_got(H_PAGE_LOG2, sigma0_is, pool.first - 1,
                   "the page in front of the kernel's first one");
        expect_nothing(sigma0_is, pool.first, "the kernel's first page");
        expect_nothing(sigma0_is, first + H_SUPERPAGE_SIZE - 1,
                       "the kernel's last page");
        expect_got(H_SUPERPAGE_LOG2, sigma0_is, forest_superpage(1),
                   "the superpage behind the kernel's last page");
        forest_check("beside the pool");
}

static struct h_vaddr
address_of(uint32_t address)
{
        return (struct h_vaddr){ address };
}

static void
expect_answered(bool due, struct thread *thread, uint32_t address,
                const char *when)
{
        expect_bool(due, typed_own_fault(thread, address_of(address)),
                    "%s: the kernel answers the page fault", when);
}

// The UTCBs of sigma0's threads are where one of the superpages is.
TEST(faults_of_sigma0_are_answered)
{
        origin_begin(1);
        sigma0_is->utcb_first = CROWD_AREA;
        sigma0_is->utcb_bytes = 64 * H_PAGE_SIZE;
        other_is->utcb_first = CROWD_AREA;
        other_is->utcb_bytes = 64 * H_PAGE_SIZE;
        struct thread *thread = crowd_thread(sigma0_is);
        struct thread *others = crowd_thread(other_is);
        uint32_t page = forest_page(4),
                 beside = forest_superpage(0) + PAGES(70);

        expect_answered(true, thread, page + 0x7FC, "memory that nobody has");
        expect_given(page, H_PAGE_LOG2, "memory that nobody has");
        expect_answered(true, thread, beside,
                        "memory around the kernel's own pages");
        expect_given(beside, H_PAGE_LOG2,
                     "memory around the kernel's own pages");

        keep();
        expect_answered(false, thread, CROWD_AREA,
                        "at a page of the kernel's own");
        expect_answered(false, others, forest_page(5), "another one's fault");
        expect_answered(false, thread, 0xBFFFF000, "where no memory is");
        expect_answered(false, thread, 0xFFFFF000, "in kernel space");
        expect_kept("page faults that are not answered");
        forest_check_links("page faults have been answered");
}

// It would be tried again, and again.
TEST(faults_at_what_is_there)
{
        origin_begin(1);
        sigma0_is->utcb_first = 0xB0000000;
        sigma0_is->utcb_bytes = 64 * H_PAGE_SIZE;
        struct thread *thread = thread_take(id_make(CROWD_FIRST, 1));
        thread->space = sigma0_is;
        uint32_t page = forest_page(4), large = forest_superpage(0);
        uint32_t given = forest_page(5);

        expect_answered(true, thread, page, "the first time");
        expect_answered(true, thread, large + PAGES(6), "the first time");
        expect_answered(true, thread, given, "the first time");
        page_set_rights(sigma0_is, page, H_PAGE_LOG2, H_R);
        page_set_rights(sigma0_is, large, H_SUPERPAGE_LOG2, H_R);
        page_unmap(sigma0_is, given, H_PAGE_LOG2);
        mapping_move(mapping_find(sigma0_is, given, H_PAGE_LOG2), other_is,
                     PAGES(2));
        if (page_map(other_is, PAGES(2), given, H_PAGE_LOG2, ALL_RIGHTS) !=
            PAGE_OK)
                fail("the test's own page_map");
        keep();
        expect_answered(false, thread, page, "a page that it may only read");
        expect_answered(false, thread, large + PAGES(6),
                        "a superpage that it may only read");
        expect_answered(false, thread, given, "a page that it has granted");
        expect_kept("page faults at what has an owner");
        forest_check("page faults have not been answered");
}
