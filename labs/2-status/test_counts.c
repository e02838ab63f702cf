// SPDX-License-Identifier: MIT
// Tests of exercise 2.3, counts.
#include <h4/pages.h>
#include <h4/test.h>

// Pages of the test machine that are free: normal(0).
#define FREE 0x412u
#define OTHER 0x5A0u
#define LAST (MACHINE_PAGES - 1)

// The number that no count has ever to do with.
#define HUGE_NUMBER 0xFFFFFFFFu

// One of the four functions, called. Those of normal pages count by 1.
enum operation {
        COUNT,
        UNCOUNT,
        COUNT_ENTRIES,
        UNCOUNT_ENTRIES
};

static const char *const names[] = {
        "page_count_mapping",
        "page_uncount_mapping",
        "table_count_entries",
        "table_uncount_entries",
};

static enum page_result
call(enum operation operation, uint32_t address, uint32_t entries)
{
        switch (operation) {
        case COUNT:
                return page_count_mapping(paddr(address));
        case UNCOUNT:
                return page_uncount_mapping(paddr(address));
        case COUNT_ENTRIES:
                return table_count_entries(paddr(address), entries);
        default:
                return table_uncount_entries(paddr(address), entries);
        }
}

// Calls, and looks at the answer and at all pages. What is to have changed has
// been said with pages_due().
static void
answers(enum page_result due, enum operation operation, uint32_t address,
        uint32_t entries)
{
        const struct page *page = page_at(paddr(address));
        struct page before = page ? *page : NOT_INSTALLED;
        trying("%s(0x%08x), counting %u", names[operation], address,
               operation < COUNT_ENTRIES ? 1 : entries);
        enum page_result found = call(operation, address, entries);
        trying_over();

        if (found != due)
                expect_page_result(due, found,
                                   "%s(0x%08x), counting %u, the page being %s",
                                   names[operation], address,
                                   operation < COUNT_ENTRIES ? 1 : entries,
                                   page ? page_words(before).text
                                        : "beyond the array");
        pages_check("after %s(0x%08x), counting %u", names[operation], address,
                    operation < COUNT_ENTRIES ? 1 : entries);
}

// From one entry of page `number` to another, legally.
static void
goes(enum operation operation, uint32_t number, struct page from,
     uint32_t entries, struct page to)
{
        pages_set(number, from);
        pages_watch();
        pages_due(number, to);
        answers(PAGE_OK, operation, page_frame(number).value, entries);
}

// A call that is refused for the entry `page`, after a legal one.
static void
refuses(enum page_result due, enum operation operation, struct page page,
        uint32_t entries)
{
        if (operation == COUNT)
                goes(operation, OTHER, NORMAL(4), 0, NORMAL(5));
        else if (operation == UNCOUNT)
                goes(operation, OTHER, NORMAL(4), 0, NORMAL(3));
        else if (operation == COUNT_ENTRIES)
                goes(operation, OTHER, TABLE(4), 2, TABLE(6));
        else
                goes(operation, OTHER, TABLE(4), 2, TABLE(2));
        pages_set(FREE, page);
        pages_watch();
        answers(due, operation, page_frame(FREE).value, entries);
}

TEST(mappings_go_up_and_down)
{
        pages_begin();
        for (int count = 0; count < 6; count++)
                goes(COUNT, FREE, NORMAL(count), 0, NORMAL(count + 1));
        for (int count = 6; count > 0; count--)
                goes(UNCOUNT, FREE, NORMAL(count), 0, NORMAL(count - 1));

        goes(COUNT, 0, NORMAL(0), 0, NORMAL(1));
        goes(COUNT, LAST, NORMAL(0), 0, NORMAL(1));
        goes(UNCOUNT, 0, NORMAL(9), 0, NORMAL(8));
        goes(UNCOUNT, LAST, NORMAL(1), 0, NORMAL(0));
}

TEST(counts_keep_the_rest)
{
        pages_begin();
        goes(COUNT, FREE, MODULE(0), 0, MODULE(1));
        goes(COUNT, FREE, MODULE(0x7F), 0, MODULE(0x80));
        goes(UNCOUNT, FREE, MODULE(1), 0, MODULE(0));

        // Pinned tables have entries too.
        goes(COUNT_ENTRIES, FREE, PINNED_TABLE(0), 3, PINNED_TABLE(3));
        goes(UNCOUNT_ENTRIES, FREE, PINNED_TABLE(TABLE_ENTRIES), TABLE_ENTRIES,
             PINNED_TABLE(0));
}

TEST(a_count_reaches_its_maximum)
{
        struct paddr frame = page_frame(FREE);

        pages_begin();
        pages_watch();
        for (uint32_t count = 0; count < PAGE_COUNT_MAX; count++)
                if (page_count_mapping(frame) != PAGE_OK)
                        fail("page_count_mapping(0x%08x) refuses when the page "
                             "has %u mappings; it may have %u",
                             frame.value, count, PAGE_COUNT_MAX);
        pages_due(FREE, NORMAL(PAGE_COUNT_MAX));
        pages_check("after PAGE_COUNT_MAX times page_count_mapping(0x%08x)",
                    frame.value);
        goes(UNCOUNT, FREE, NORMAL(PAGE_COUNT_MAX), 0,
             NORMAL(PAGE_COUNT_MAX - 1));
        goes(COUNT, FREE, NORMAL(PAGE_COUNT_MAX - 1), 0,
             NORMAL(PAGE_COUNT_MAX));
}

TEST(entries_go_up_and_down)
{
        pages_begin();
        goes(COUNT_ENTRIES, FREE, TABLE(0), 1, TABLE(1));
        goes(COUNT_ENTRIES, FREE, TABLE(1), 16, TABLE(17));
        goes(COUNT_ENTRIES, FREE, TABLE(17), 512, TABLE(529));
        goes(UNCOUNT_ENTRIES, FREE, TABLE(529), 1, TABLE(528));
        goes(UNCOUNT_ENTRIES, FREE, TABLE(528), 256, TABLE(272));
        goes(UNCOUNT_ENTRIES, FREE, TABLE(272), 272, TABLE(0));
        goes(COUNT_ENTRIES, 0, TABLE(3), 4, TABLE(7));
        goes(UNCOUNT_ENTRIES, LAST, TABLE(3), 2, TABLE(1));
}

TEST(entries_from_none_to_all)
{
        pages_begin();
        goes(COUNT_ENTRIES, FREE, TABLE(0), TABLE_ENTRIES,
             TABLE(TABLE_ENTRIES));
        goes(UNCOUNT_ENTRIES, FREE, TABLE(TABLE_ENTRIES), TABLE_ENTRIES,
             TABLE(0));
        goes(COUNT_ENTRIES, FREE, TABLE(TABLE_ENTRIES - 1), 1,
             TABLE(TABLE_ENTRIES));
        goes(UNCOUNT_ENTRIES, FREE, TABLE(1), 1, TABLE(0));

        // None more and none fewer is no change, also where nothing can change.
        goes(COUNT_ENTRIES, FREE, TABLE(7), 0, TABLE(7));
        goes(UNCOUNT_ENTRIES, FREE, TABLE(7), 0, TABLE(7));
        goes(COUNT_ENTRIES, FREE, TABLE(TABLE_ENTRIES), 0,
             TABLE(TABLE_ENTRIES));
        goes(UNCOUNT_ENTRIES, FREE, TABLE(0), 0, TABLE(0));
}

TEST(mappings_refuse_at_the_limits)
{
        pages_begin();
        refuses(PAGE_COUNT_FULL, COUNT, NORMAL(PAGE_COUNT_MAX), 0);
        refuses(PAGE_COUNT_FULL, COUNT, MODULE(PAGE_COUNT_MAX), 0);
        refuses(PAGE_COUNT_ZERO, UNCOUNT, NORMAL(0), 0);
        refuses(PAGE_COUNT_ZERO, UNCOUNT, MODULE(0), 0);
}

TEST(entries_refuse_to_overflow)
{
        pages_begin();
        refuses(PAGE_COUNT_FULL, COUNT_ENTRIES, TABLE(TABLE_ENTRIES), 1);
        refuses(PAGE_COUNT_FULL, COUNT_ENTRIES, TABLE(0), TABLE_ENTRIES + 1);
        refuses(PAGE_COUNT_FULL, COUNT_ENTRIES, TABLE(1000), 25);
        refuses(PAGE_COUNT_FULL, COUNT_ENTRIES, PINNED_TABLE(1000), 25);

        // Sums that wrap, in 32 bits and in the 12 of an entry.
        refuses(PAGE_COUNT_FULL, COUNT_ENTRIES, TABLE(7), HUGE_NUMBER);
        refuses(PAGE_COUNT_FULL, COUNT_ENTRIES, TABLE(7), HUGE_NUMBER - 6);
        refuses(PAGE_COUNT_FULL, COUNT_ENTRIES, TABLE(7), 0x80000000);
        refuses(PAGE_COUNT_FULL, COUNT_ENTRIES, TABLE(7), 0x10000);
        refuses(PAGE_COUNT_FULL, COUNT_ENTRIES, TABLE(7), 0x1000);
}

TEST(entries_refuse_to_go_below_none)
{
        pages_begin();
        refuses(PAGE_COUNT_ZERO, UNCOUNT_ENTRIES, TABLE(0), 1);
        refuses(PAGE_COUNT_ZERO, UNCOUNT_ENTRIES, TABLE(7), 8);
        refuses(PAGE_COUNT_ZERO, UNCOUNT_ENTRIES, PINNED_TABLE(7), 8);
        refuses(PAGE_COUNT_ZERO, UNCOUNT_ENTRIES, TABLE(7), HUGE_NUMBER);
        refuses(PAGE_COUNT_ZERO, UNCOUNT_ENTRIES, TABLE(7), 0x80000000);
        refuses(PAGE_COUNT_ZERO, UNCOUNT_ENTRIES, TABLE(7), 0x10000);
        refuses(PAGE_COUNT_ZERO, UNCOUNT_ENTRIES, TABLE(7), 0x1001);
}

TEST(counts_refuse_other_statuses)
{
        static const struct page tables[] = {
                ENVIRONMENT, DIRECTORY,       PINNED_DIRECTORY,
                TABLE(1),    PINNED_TABLE(1),
        };
        static const struct page not_tables[] = {
                ENVIRONMENT, DIRECTORY, PINNED_DIRECTORY, NORMAL(0), MODULE(8),
        };

        pages_begin();
        for (unsigned i = 0; i < 5; i++) {
                refuses(PAGE_WRONG_STATUS, COUNT, tables[i], 0);
                refuses(PAGE_WRONG_STATUS, UNCOUNT, tables[i], 0);
                refuses(PAGE_WRONG_STATUS, COUNT_ENTRIES, not_tables[i], 1);
                refuses(PAGE_WRONG_STATUS, UNCOUNT_ENTRIES, not_tables[i], 1);
        }

        // Before the count is looked at.
        refuses(PAGE_WRONG_STATUS, COUNT_ENTRIES, NORMAL(1), HUGE_NUMBER);
        refuses(PAGE_WRONG_STATUS, UNCOUNT_ENTRIES, NORMAL(1), HUGE_NUMBER);
        refuses(PAGE_WRONG_STATUS, COUNT_ENTRIES, DIRECTORY, 0);
}

TEST(counts_refuse_no_memory)
{
        pages_begin();
        for (enum operation i = COUNT; i <= UNCOUNT_ENTRIES; i++) {
                refuses(PAGE_NOT_INSTALLED, i, NOT_INSTALLED, 1);
                answers(PAGE_NOT_INSTALLED, i, page_frame(MACHINE_PAGES).value,
                        1);
                answers(PAGE_NOT_INSTALLED, i, 0xFFFFF000, HUGE_NUMBER);

                // Within a page that could be counted; and this is said first
                // of pages of which there is more to be said.
                pages_set(FREE, i < COUNT_ENTRIES ? NORMAL(1) : TABLE(1));
                pages_watch();
                answers(PAGE_MISALIGNED, i, page_frame(FREE).value + 1, 1);
                answers(PAGE_MISALIGNED, i, page_frame(FREE).value + 0x800, 1);
                answers(PAGE_MISALIGNED, i, page_frame(FREE).value + 0xFFF, 1);
                answers(PAGE_MISALIGNED, i, page_frame(0x100).value + 4, 1);
                answers(PAGE_MISALIGNED, i, 0xFFFFFFFF, 1);
        }
}

// What the contract says, of an address of a page.
static enum page_result
model(enum operation operation, struct page page, uint32_t entries,
      struct page *after)
{
        bool of_table = operation >= COUNT_ENTRIES;
        bool up = operation == COUNT || operation == COUNT_ENTRIES;
        int64_t most = of_table ? TABLE_ENTRIES : PAGE_COUNT_MAX;
        int64_t count = of_table ? (int64_t)page.entries : page.status;

        *after = page;
        if (page.status == STATUS_NOT_INSTALLED)
                return PAGE_NOT_INSTALLED;
        if (of_table ? page.status != STATUS_PAGE_TABLE : page.status < 0)
                return PAGE_WRONG_STATUS;
        count += (up ? 1 : -1) * (of_table ? (int64_t)entries : 1);
        if (count > most)
                return PAGE_COUNT_FULL;
        if (count < 0)
                return PAGE_COUNT_ZERO;
        if (of_table)
                after->entries = (uint16_t)count & 0xFFFu;
        else
                after->status = (int16_t)count;
        return PAGE_OK;
}

TEST(random_counts)
{
        // A few pages only, so that each is met again and again.
        pages_begin_with(0x40, NORMAL(0));
        for (uint32_t i = 0; i < 0x40; i++)
                pages_set(i, random_page());
        pages_watch();

        for (int round = 0; round < 300; round++) {
                uint32_t number = random_below(0x40);
                enum operation which = (enum operation)random_below(4);
                uint32_t entries = random_word() >> random_below(32);
                struct page after;
                enum page_result due =
                        model(which, pages_expected(number), entries, &after);
                pages_due(number, after);
                answers(due, which, page_frame(number).value, entries);
        }
}
