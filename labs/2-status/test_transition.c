// SPDX-License-Identifier: MIT
// Tests of exercise 2.2, the four transitions.
#include <h4/pages.h>
#include <h4/test.h>

// Pages of the test machine that are free: normal(0).
#define FREE 0x412u
#define OTHER 0x5A0u
#define LAST (MACHINE_PAGES - 1)

static const struct transition {
        const char *name;
        enum page_result (*run)(struct paddr frame);
        struct page from, to;
} transitions[4] = {
        { "page_make_directory", page_make_directory, NORMAL(0), DIRECTORY },
        { "page_free_directory", page_free_directory, DIRECTORY, NORMAL(0) },
        { "page_make_table", page_make_table, NORMAL(0), TABLE(0) },
        { "page_free_table", page_free_table, TABLE(0), NORMAL(0) },
};

enum {
        MAKE_DIRECTORY,
        FREE_DIRECTORY,
        MAKE_TABLE,
        FREE_TABLE
};

// The transition of page `number`, which nothing speaks against.
static void
goes(unsigned which, uint32_t number)
{
        const struct transition *transition = &transitions[which];
        uint32_t address = page_frame(number).value;

        pages_set(number, transition->from);
        pages_watch();
        expect_page_result(PAGE_OK, transition->run(page_frame(number)),
                           "%s(0x%08x)", transition->name, address);
        pages_due(number, transition->to);
        pages_check("after %s(0x%08x)", transition->name, address);
}

// Calls, and looks at the answer and at all pages. What is to have changed has
// been said with pages_due().
static void
answers(enum page_result due, unsigned which, uint32_t address)
{
        const struct transition *transition = &transitions[which];
        const struct page *page = page_at(paddr(address));
        struct page before = page ? *page : NOT_INSTALLED;
        trying("%s(0x%08x)", transition->name, address);
        enum page_result found = transition->run(paddr(address));
        trying_over();

        if (found != due)
                expect_page_result(due, found, "%s(0x%08x), the page being %s",
                                   transition->name, address,
                                   page ? page_words(before).text
                                        : "beyond the array");
        pages_check("after %s(0x%08x)", transition->name, address);
}

// The same for a page that is given the entry `page` for it. Before that, the
// transition is done where it is legal.
static void
refuses(enum page_result due, unsigned which, struct page page)
{
        goes(which, OTHER);
        pages_set(FREE, page);
        pages_watch();
        answers(due, which, page_frame(FREE).value);
}

TEST(make_directory_of_a_free_page)
{
        pages_begin();
        goes(MAKE_DIRECTORY, FREE);
        goes(MAKE_DIRECTORY, OTHER);
}

TEST(free_directory_gives_it_back)
{
        pages_begin();
        goes(FREE_DIRECTORY, FREE);
        goes(FREE_DIRECTORY, OTHER);
}

TEST(make_table_of_a_free_page)
{
        pages_begin();
        goes(MAKE_TABLE, FREE);
        goes(MAKE_TABLE, OTHER);
}

TEST(free_table_gives_it_back)
{
        pages_begin();
        goes(FREE_TABLE, FREE);
        goes(FREE_TABLE, OTHER);
}

TEST(transitions_at_both_ends)
{
        pages_begin();
        for (unsigned i = 0; i < 4; i++) {
                goes(i, 0);
                goes(i, LAST);
        }

        // An array of one page has the first and the last one in one.
        pages_begin_with(1, NORMAL(0));
        for (unsigned i = 0; i < 4; i++)
                goes(i, 0);
}

TEST(transitions_keep_module_marks)
{
        pages_begin();
        for (unsigned i = 0; i < 4; i++) {
                struct page from = transitions[i].from, to = transitions[i].to;
                from.module = to.module = 1;
                pages_set(FREE, from);
                pages_watch();
                expect_page_result(
                        PAGE_OK, transitions[i].run(page_frame(FREE)),
                        "%s of a page with a module", transitions[i].name);
                pages_due(FREE, to);
                pages_check("after %s of a page with a module",
                            transitions[i].name);
        }
}

TEST(transitions_refuse_other_statuses)
{
        static const struct page others[4][5] = {
                { ENVIRONMENT, TABLE(0), TABLE(7), DIRECTORY, PINNED_TABLE(0) },
                { ENVIRONMENT, NORMAL(0), NORMAL(3), TABLE(0),
                  PINNED_TABLE(0) },
                { ENVIRONMENT, DIRECTORY, TABLE(0), TABLE(7),
                  PINNED_DIRECTORY },
                { ENVIRONMENT, NORMAL(0), NORMAL(PAGE_COUNT_MAX), DIRECTORY,
                  PINNED_DIRECTORY },
        };

        pages_begin();
        for (unsigned which = 0; which < 4; which++)
                for (unsigned i = 0; i < 5; i++)
                        refuses(PAGE_WRONG_STATUS, which, others[which][i]);
}

TEST(make_refuses_mapped_pages)
{
        static const struct page mapped[] = {
                NORMAL(1),
                NORMAL(2),
                NORMAL(PAGE_COUNT_MAX),
                MODULE(1),
        };

        pages_begin();
        for (unsigned i = 0; i < 4; i++) {
                refuses(PAGE_MAPPED, MAKE_DIRECTORY, mapped[i]);
                refuses(PAGE_MAPPED, MAKE_TABLE, mapped[i]);
        }
}

TEST(free_refuses_pinned_tables)
{
        pages_begin();
        refuses(PAGE_PINNED, FREE_DIRECTORY, PINNED_DIRECTORY);
        refuses(PAGE_PINNED, FREE_TABLE, PINNED_TABLE(0));

        // And says so before it says that there are entries.
        refuses(PAGE_PINNED, FREE_TABLE, PINNED_TABLE(5));
}

TEST(free_table_refuses_with_entries)
{
        static const unsigned entries[] = { 1, 2, 256, 512, TABLE_ENTRIES };

        pages_begin();
        for (unsigned i = 0; i < 5; i++)
                refuses(PAGE_HOLDS_ENTRIES, FREE_TABLE, TABLE(entries[i]));
}

TEST(transitions_refuse_no_memory)
{
        pages_begin();
        for (unsigned which = 0; which < 4; which++) {
                refuses(PAGE_NOT_INSTALLED, which, NOT_INSTALLED);

                // Behind the last page of the array, and far behind it.
                answers(PAGE_NOT_INSTALLED, which,
                        page_frame(MACHINE_PAGES).value);
                answers(PAGE_NOT_INSTALLED, which, 0x10000000);
                answers(PAGE_NOT_INSTALLED, which, 0xFFFFF000);
        }

        // The array decides, and not what lies behind it.
        pages_begin_with(FREE, NORMAL(0));
        for (unsigned which = 0; which < 4; which++) {
                goes(which, FREE - 1);
                answers(PAGE_NOT_INSTALLED, which, page_frame(FREE).value);
        }
}

TEST(transitions_refuse_misaligned)
{
        static const uint32_t within[] = { 1, 4, 0x800, 0xFFF };

        pages_begin();
        for (unsigned which = 0; which < 4; which++) {
                goes(which, OTHER);
                pages_set(FREE, transitions[which].from);
                pages_watch();
                for (unsigned i = 0; i < 4; i++)
                        answers(PAGE_MISALIGNED, which,
                                page_frame(FREE).value + within[i]);

                // This is said before anything about the page.
                answers(PAGE_MISALIGNED, which,
                        page_frame(MACHINE_PAGES).value + 4);
                answers(PAGE_MISALIGNED, which, page_frame(0x0A0).value + 4);
                answers(PAGE_MISALIGNED, which, page_frame(0x100).value + 4);
        }
}

// What the contract says of a transition, of an address of a page.
static enum page_result
model(unsigned which, struct page page, struct page *after)
{
        bool frees = which == FREE_DIRECTORY || which == FREE_TABLE;
        const struct transition *transition = &transitions[which];

        *after = page;
        if (page.status == STATUS_NOT_INSTALLED)
                return PAGE_NOT_INSTALLED;
        if (frees ? page.status != transition->from.status : page.status < 0)
                return PAGE_WRONG_STATUS;
        if (frees && page.pinned)
                return PAGE_PINNED;
        if (!frees && page.status > 0)
                return PAGE_MAPPED;
        if (frees && page.entries)
                return PAGE_HOLDS_ENTRIES;
        after->status = transition->to.status;
        return PAGE_OK;
}

TEST(random_transitions)
{
        // A few pages only, so that each is met again and again.
        pages_begin_with(0x40, NORMAL(0));
        for (uint32_t i = 0; i < 0x40; i++)
                pages_set(i, random_page());
        pages_watch();

        for (int round = 0; round < 300; round++) {
                uint32_t number = random_below(0x40);
                unsigned which = random_below(4);
                struct page after;
                enum page_result due =
                        model(which, pages_expected(number), &after);
                pages_due(number, after);
                answers(due, which, page_frame(number).value);
        }
}
