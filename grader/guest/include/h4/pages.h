// SPDX-License-Identifier: MIT
// A small machine for tests of page status: an array with an entry for each of
// its pages, on which page_array stands until the test is over. The harness
// builds it by its own code, so that no test needs another exercise.
//
// A test makes the machine, sets pages as it wants them, says pages_watch(),
// says pages_due() for what is to change, calls the exercise, and then says
// pages_check(): whatever differs from what is due fails the test. Beside the
// array lie entries that look like normal pages, and may not be touched.
#ifndef H4_PAGES_H
#define H4_PAGES_H

#include <kernel/status.h>

// As many as a test's machine may have: 8 MB.
#define MACHINE_PAGES 2048u

// Entries, complete: what is not named is 0.
#define NORMAL(n) ((struct page){ .status = (int16_t)(n) })
#define MODULE(n) ((struct page){ .status = (int16_t)(n), .module = 1 })
#define ENVIRONMENT ((struct page){ .status = STATUS_ENVIRONMENT })
#define NOT_INSTALLED ((struct page){ .status = STATUS_NOT_INSTALLED })
#define DIRECTORY ((struct page){ .status = STATUS_PAGE_DIRECTORY })
#define PINNED_DIRECTORY                                                       \
        ((struct page){ .status = STATUS_PAGE_DIRECTORY, .pinned = 1 })
#define TABLE(n)                                                               \
        ((struct page){ .status = STATUS_PAGE_TABLE, .entries = (n)&0xFFFu })
#define PINNED_TABLE(n)                                                        \
        ((struct page){ .status = STATUS_PAGE_TABLE,                           \
                        .entries = (n)&0xFFFu,                                 \
                        .pinned = 1 })

// The address of page `number`.
static inline struct paddr
page_frame(uint32_t number)
{
        return paddr(number << PAGE_LOG2);
}

// A machine of MACHINE_PAGES pages: memory as a PC has it, with a hole below
// 1 MB, a kernel image with pinned tables, a module, pages of every status and
// many counts from 0x160 to 0x3FF, free pages from 0x400 to 0x7DF, and
// environment above.
void pages_begin(void);

// A machine of `count` pages that are all alike.
void pages_begin_with(uint32_t count, struct page page);

// Gives a page, and those from `first` to the one before `end`, another entry.
void pages_set(uint32_t number, struct page page);
void pages_fill(uint32_t first, uint32_t end, struct page page);

// The test calls the exercise from here on: at the first time the picture of
// memory before it is taken, where one is asked for (<h4/memory.h>).
void pages_watch(void);

// From now on a page, and those from `first` to the one before `end`, are
// expected to have this entry, and no longer the one that they were given.
void pages_due(uint32_t number, struct page page);
void pages_due_fill(uint32_t first, uint32_t end, struct page page);

// The entry that a page is expected to have.
struct page pages_expected(uint32_t number);

// Looks whether every page has the entry that is expected, and fails the test
// where one has not; the message begins with `format`.
void pages_check(const char *format, ...) __attribute__((format(printf, 1, 2)));

// An entry that some page may have, at random.
struct page random_page(void);

// An entry in words: "page-table, 3 entries, pinned".
struct page_words {
        char text[64];
};
struct page_words page_words(struct page page);

// As the other functions of its kind in <h4/test.h>.
void expect_page_result(enum page_result expected, enum page_result found,
                        const char *format, ...)
        __attribute__((format(printf, 3, 4)));
#define expect_page_result(expected, found, ...)                               \
        (trying(__VA_ARGS__), expect_page_result(expected, found, __VA_ARGS__))

#endif
