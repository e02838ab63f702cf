// SPDX-License-Identifier: MIT
// A small machine for tests of page status, and what each page of it is
// expected to be. None of lab 2's code has a part in that; in the stages before
// lab 2 there is no page array, and its symbol is null.
#include "harness.h"
#include "words.h"

#include <h4/pages.h>
#include <h4/test.h>
#include <kernel/format.h>

#pragma weak page_array
#pragma weak page_result_name

// Beside the array: it looks like normal pages, so that reading too far shows
// as well as writing.
#define BESIDE NORMAL(0x123)
#define BESIDE_PAGES 64u
#define MOST (MACHINE_PAGES + 2 * BESIDE_PAGES)

static struct page array[MOST], due[MOST];
static struct page *const pages = array + BESIDE_PAGES;

static struct {
        bool begun;
        bool whole; // as pages_begin() makes it
        uint32_t count;
        struct page_array outside; // what page_array is outside of tests
} machine;

static const struct test_place places[] = {
        { { 0x100, 0x140 }, "kernel image" },
        { { 0x140, 0x160 }, "module" },
        { { 0x7E0, MACHINE_PAGES }, "environment" },
};

static uint32_t
word_of(struct page page)
{
        union {
                struct page page;
                uint32_t word;
        } both = { .page = page };
        return both.word;
}

static uint32_t *
words_of(struct page *from)
{
        return (uint32_t *)from;
}

// The array with what lies beside it, in words: an entry is one.
static size_t
words_watched(void)
{
        return machine.count + 2 * BESIDE_PAGES;
}

// Both in the array and in what is expected of it.
static void
fill(uint32_t from, uint32_t count, struct page page)
{
        words_fill(words_of(array + from), word_of(page), count);
        words_fill(words_of(due + from), word_of(page), count);
}

struct page_array
pages_of_test(void)
{
        return machine.begun ? (struct page_array){ pages, machine.count }
                             : (struct page_array){ NULL, 0 };
}

bool
pages_place(size_t index, struct test_place *place)
{
        if (!machine.whole || index >= sizeof(places) / sizeof(places[0]))
                return false;
        *place = places[index];
        return true;
}

void
pages_begin_with(uint32_t count, struct page page)
{
        if (count > MACHINE_PAGES)
                fail("a test's machine has at most %u pages", MACHINE_PAGES);
        if (!machine.begun)
                machine.outside = page_array;
        machine.begun = true;
        machine.whole = false;
        machine.count = count;
        fill(0, words_watched(), BESIDE);
        fill(BESIDE_PAGES, count, page);
        page_array = (struct page_array){ pages, count };
}

void
pages_begin(void)
{
        pages_begin_with(MACHINE_PAGES, NORMAL(0));
        machine.whole = true;

        pages_fill(0x09F, 0x100, NOT_INSTALLED);
        pages_fill(0x100, 0x140, ENVIRONMENT);
        pages_set(0x108, PINNED_DIRECTORY);
        pages_set(0x109, PINNED_TABLE(0));
        pages_set(0x10A, PINNED_TABLE(5));
        pages_fill(0x140, 0x158, MODULE(0));
        pages_fill(0x158, 0x160, MODULE(2));
        for (uint32_t i = 0x160; i < 0x180; i++)
                pages_set(i, NORMAL(i - 0x160));
        pages_set(0x180, DIRECTORY);
        pages_set(0x181, TABLE(0));
        pages_set(0x182, TABLE(1));
        pages_set(0x183, TABLE(TABLE_ENTRIES));
        pages_set(0x184, NORMAL(PAGE_COUNT_MAX - 1));
        pages_set(0x185, NORMAL(PAGE_COUNT_MAX));
        for (uint32_t i = 0x1A0; i < 0x400; i += 1 + random_below(16))
                pages_set(i, random_page());
        pages_fill(0x7E0, MACHINE_PAGES, ENVIRONMENT);
}

void
pages_set(uint32_t number, struct page page)
{
        pages_fill(number, number + 1, page);
}

static void
check_range(uint32_t first, uint32_t end)
{
        if (first > end || end > machine.count)
                fail("the test's machine has no pages 0x%x to 0x%x", first,
                     end);
}

void
pages_fill(uint32_t first, uint32_t end, struct page page)
{
        check_range(first, end);
        fill(BESIDE_PAGES + first, end - first, page);
}

void
pages_watch(void)
{
        memory_test_watched();
}

void
pages_due(uint32_t number, struct page page)
{
        pages_due_fill(number, number + 1, page);
}

void
pages_due_fill(uint32_t first, uint32_t end, struct page page)
{
        check_range(first, end);
        words_fill(words_of(due + BESIDE_PAGES + first), word_of(page),
                   end - first);
}

struct page
pages_expected(uint32_t number)
{
        return due[BESIDE_PAGES + number];
}

struct page_words
page_words(struct page page)
{
        struct page_words words;
        char role[32];

        switch (page.status) {
        case STATUS_ENVIRONMENT:
                format(role, sizeof(role), "environment");
                break;
        case STATUS_PAGE_TABLE:
                format(role, sizeof(role), "page-table");
                break;
        case STATUS_PAGE_DIRECTORY:
                format(role, sizeof(role), "page-directory");
                break;
        case STATUS_NOT_INSTALLED:
                format(role, sizeof(role), "not installed");
                break;
        default:
                format(role, sizeof(role),
                       page.status < 0 ? "the undefined status %d"
                                       : "normal(%d)",
                       page.status);
        }

        char entries[20] = "";
        if (page.entries || page.status == STATUS_PAGE_TABLE)
                format(entries, sizeof(entries), ", %u %s", page.entries,
                       page.entries == 1 ? "entry" : "entries");
        format(words.text, sizeof(words.text), "%s%s%s%s%s", role, entries,
               page.pinned ? ", pinned" : "", page.module ? ", module" : "",
               page.unused ? ", unused bits" : "");
        return words;
}

static void
check_around(void)
{
        size_t from = BESIDE_PAGES + machine.count;

        for (size_t i = 0; i < words_watched(); i++) {
                if (i == BESIDE_PAGES)
                        i = from;
                if (word_of(array[i]) != word_of(BESIDE))
                        fail("memory %s the page array has been written to: "
                             "the word at 0x%08x",
                             i < from ? "in front of" : "behind",
                             (uint32_t)(uintptr_t)&array[i]);
        }
        if (page_array.pages != pages || page_array.count != machine.count)
                fail("page_array itself has changed: it says where the array "
                     "is, and how long");
}

void
pages_check(const char *text, ...)
{
        size_t i = words_differ(words_of(array), words_of(due), 0,
                                words_watched());
        if (i == words_watched())
                return;

        size_t number = i - BESIDE_PAGES;
        if (number >= machine.count)
                check_around();

        char words[160];
        va_list arguments;
        va_start(arguments, text);
        vformat(words, sizeof(words), text, arguments);
        va_end(arguments);
        fail_values(page_words(due[i]).text, page_words(array[i]).text,
                    "%s: page 0x%08x", words, page_frame(number).value);
}

void
pages_over(void)
{
        if (!machine.begun)
                return;
        check_around();
        page_array = machine.outside;
        machine.begun = machine.whole = false;
}

struct page
random_page(void)
{
        switch (random_below(12)) {
        case 0:
                return ENVIRONMENT;
        case 1:
                return NOT_INSTALLED;
        case 2:
                return DIRECTORY;
        case 3:
                return TABLE(0);
        case 4:
                return TABLE(random_below(TABLE_ENTRIES + 1));
        case 5:
                return random_below(2) ? PINNED_DIRECTORY : PINNED_TABLE(3);
        case 6:
                return MODULE(random_below(3));
        case 7:
                return NORMAL(PAGE_COUNT_MAX - random_below(2));
        case 8:
        case 9:
                return NORMAL(1 + random_below(9));
        default:
                return NORMAL(0);
        }
}

#undef expect_page_result // by its text it would try once more

void
expect_page_result(enum page_result expected, enum page_result found,
                   const char *text, ...)
{
        trying_over();
        if (expected == found)
                return;
        char message[LINE_SIZE];
        va_list arguments;
        va_start(arguments, text);
        vformat(message, sizeof(message), text, arguments);
        va_end(arguments);
        report_failure(message, page_result_name(expected),
                       page_result_name(found));
}
