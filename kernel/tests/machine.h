// SPDX-License-Identifier: MIT
// A page array for tests, on a block of its own size, so that the sanitizer
// sees every access beyond it; and the array as it has to be.
#ifndef TESTS_MACHINE_H
#define TESTS_MACHINE_H

#include <kernel/status.h>

#include <stdlib.h>
#include <string.h>

#include "check.h"

#define NORMAL(n) ((struct page){ .status = (n) })
#define MODULE(n) ((struct page){ .status = (n), .module = 1 })
#define ENVIRONMENT ((struct page){ .status = STATUS_ENVIRONMENT })
#define NOT_INSTALLED ((struct page){ .status = STATUS_NOT_INSTALLED })
#define DIRECTORY ((struct page){ .status = STATUS_PAGE_DIRECTORY })
#define PINNED_DIRECTORY                                                       \
        ((struct page){ .status = STATUS_PAGE_DIRECTORY, .pinned = 1 })
#define TABLE(n) ((struct page){ .status = STATUS_PAGE_TABLE, .entries = (n) })
#define PINNED_TABLE(n)                                                        \
        ((struct page){                                                        \
                .status = STATUS_PAGE_TABLE, .entries = (n), .pinned = 1 })

// A page of every kind, with the counts at which something changes. The last
// two have a status that no page ever gets.
static const struct page kinds[] = {
        NORMAL(0),
        NORMAL(1),
        NORMAL(PAGE_COUNT_MAX - 1),
        NORMAL(PAGE_COUNT_MAX),
        MODULE(0),
        MODULE(1),
        MODULE(PAGE_COUNT_MAX),
        ENVIRONMENT,
        NOT_INSTALLED,
        DIRECTORY,
        PINNED_DIRECTORY,
        TABLE(0),
        TABLE(1),
        TABLE(TABLE_ENTRIES - 1),
        TABLE(TABLE_ENTRIES),
        PINNED_TABLE(0),
        PINNED_TABLE(1),
        PINNED_TABLE(TABLE_ENTRIES),
        NORMAL(-5),
        NORMAL(INT16_MIN),
};

#define KINDS COUNT_OF(kinds)

// What page_array holds unless an operation is wrong.
static struct page *expected_pages;

static inline void
machine_free(void)
{
        free(page_array.pages);
        free(expected_pages);
        page_array = (struct page_array){ NULL, 0 };
        expected_pages = NULL;
}

// The entry of page `number` is set, and expected to stay.
static inline void
machine_set(uint32_t number, struct page page)
{
        assert_true(number < page_array.count);
        page_array.pages[number] = page;
        expected_pages[number] = page;
}

// `count` pages, all of them like `page`.
static inline void
machine_make(uint32_t count, struct page page)
{
        machine_free();
        page_array.count = count;
        page_array.pages = malloc(count * sizeof(struct page));
        expected_pages = malloc(count * sizeof(struct page));
        assert_true(count == 0 || (page_array.pages && expected_pages));
        for (uint32_t i = 0; i < count; i++)
                machine_set(i, page);
}

// `count` pages, each of a kind that `random` chooses.
static inline void
machine_random(uint32_t count, struct random *random)
{
        machine_make(count, NORMAL(0));
        for (uint32_t i = 0; i < count; i++)
                machine_set(i, kinds[random_below(random, KINDS)]);
}

static inline void
machine_check(void)
{
        if (page_array.count > 0)
                assert_memory_equal(page_array.pages, expected_pages,
                                    page_array.count * sizeof(struct page));
}

static inline struct paddr
frame_of(uint32_t number)
{
        return paddr(number << PAGE_LOG2);
}

// For cmocka, around each test.
static inline int
machine_teardown(void **state)
{
        (void)state;
        machine_free();
        return 0;
}

#define machine_test(function)                                                 \
        cmocka_unit_test_teardown(function, machine_teardown)

#endif
