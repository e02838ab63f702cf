// SPDX-License-Identifier: MIT
// What each page of physical memory is used for.
//
//                    page_make_directory
//              +---------------------------->  page-directory
//              |  <--------------------------
//              |      page_free_directory
//   normal(0)  |
//              |      page_make_table
//              +---------------------------->  page-table, 0 entries
//                 <--------------------------
//                     page_free_table
//   normal(n)  <--->  normal(n+1)              counts of mappings
//
//   environment, not installed                 never change
//
// There is one entry for each page, in an array that the kernel keeps in its
// environment memory. No other status is ever reached on any other way, so that
// no page that a program can write to ever becomes a table that the processor
// believes. Source: dissertation 4.1, figure 4.2; 6.5.
#ifndef KERNEL_STATUS_H
#define KERNEL_STATUS_H

#include <kernel/flexpage.h>
#include <kernel/layout.h>
#include <kernel/types.h>

// A status that is 0 or more is that of a normal page: the number of mappings
// that reach it.
#define STATUS_ENVIRONMENT (-1)    // needed for the kernel itself to run
#define STATUS_PAGE_TABLE (-2)     // in use as a page-table
#define STATUS_PAGE_DIRECTORY (-3) // in use as a page-directory
#define STATUS_NOT_INSTALLED (-4)  // no memory, or none that may be used

// The most mappings of one page. Tests on the host set a limit that they reach.
#ifndef PAGE_COUNT_MAX
#define PAGE_COUNT_MAX INT16_MAX
#endif

// The entry of one page. The grader reads it from outside: its layout is fixed.
struct page {
        int16_t status;
        uint16_t entries : 12; // of a page-table: how many are present
        uint16_t pinned : 1;   // one of the kernel's own tables: never freed
        uint16_t module : 1;   // the boot loader put a module there
        uint16_t unused : 2;
};

_Static_assert(sizeof(struct page) == 4, "one word for each page");

// The array: pages[n] is the entry of the page with address n * PAGE_SIZE.
struct page_array {
        struct page *pages;
        uint32_t count;
};

// The one that everything below, and in regions.h, works on.
extern struct page_array page_array;

// What an operation on pages answers. Anything but PAGE_OK means that nothing
// has changed; PAGE_OK, that the status or the count has, and nothing else of
// the entry.
enum page_result {
        PAGE_OK,
        PAGE_NIL,           // the flexpage is nil
        PAGE_MISALIGNED,    // an address that is not that of a page
        PAGE_NOT_INSTALLED, // beyond the array, or STATUS_NOT_INSTALLED
        PAGE_WRONG_STATUS,  // not the status that the operation starts from
        PAGE_PINNED,        // one of the kernel's own tables
        PAGE_MAPPED,        // a normal page, but mappings reach it
        PAGE_HOLDS_ENTRIES, // a page-table, but some entries are present
        PAGE_COUNT_FULL,    // the count would be higher than it may be
        PAGE_COUNT_ZERO,    // the count would be lower than 0
        PAGE_CAPACITY,      // more results than the caller has room for
};

#define PAGE_RESULTS 11

// The name of a result as it stands above, or "an undefined result".
const char *page_result_name(enum page_result result);

// The entry of the page at `frame`, an address at a page's border; null beyond
// the array.
static inline struct page *
page_at(struct paddr frame)
{
        uint32_t number = frame.value >> PAGE_LOG2;

        return number < page_array.count ? &page_array.pages[number] : NULL;
}

// The status of the page that holds `address`; beyond the array
// STATUS_NOT_INSTALLED (dissertation 6.5, readPageStatus).
int page_status(struct paddr address);

// The name of a status: "environment", "page-table", "page-directory",
// "not installed", "normal", or "undefined".
const char *status_name(int status);

// The four transitions. `frame` is the address of a page; of its entry nothing
// but the status changes.
//
// Errors, in the order in which they are looked for:
//         PAGE_MISALIGNED;
//         PAGE_NOT_INSTALLED;
//         PAGE_WRONG_STATUS, the page is not normal (make), not a
//         page-directory (page_free_directory), not a page-table
//         (page_free_table);
//         PAGE_PINNED (free);
//         PAGE_MAPPED (make);
//         PAGE_HOLDS_ENTRIES (page_free_table).
enum page_result page_make_directory(struct paddr frame);
enum page_result page_free_directory(struct paddr frame);
enum page_result page_make_table(struct paddr frame);
enum page_result page_free_table(struct paddr frame);

// One more mapping reaches the normal page at `frame`, and one fewer.
//
// Errors, in the order in which they are looked for:
//         PAGE_MISALIGNED; PAGE_NOT_INSTALLED;
//         PAGE_WRONG_STATUS, the page is not normal;
//         PAGE_COUNT_FULL, it has PAGE_COUNT_MAX already;
//         PAGE_COUNT_ZERO, it has none.
enum page_result page_count_mapping(struct paddr frame);
enum page_result page_uncount_mapping(struct paddr frame);

// `entries` more of the entries of the page-table at `frame` are present, and
// that many fewer. 0 changes nothing.
//
// Errors, in the order in which they are looked for:
//         PAGE_MISALIGNED; PAGE_NOT_INSTALLED;
//         PAGE_WRONG_STATUS, the page is not a page-table;
//         PAGE_COUNT_FULL, it would have more than TABLE_ENTRIES;
//         PAGE_COUNT_ZERO, it has fewer than `entries`.
enum page_result table_count_entries(struct paddr frame, uint32_t entries);
enum page_result table_uncount_entries(struct paddr frame, uint32_t entries);

// One more mapping reaches each page of `region`, and one fewer: of all of them,
// or where one page refuses, of none (dissertation 6.5).
//
// refused   out: the lowest page that refuses; left as it was when none does
// Errors: PAGE_NIL, `region` is nil, and no page is named; otherwise as
//         page_count_mapping and page_uncount_mapping for the page named.
enum page_result region_count_mapping(struct pfpage region,
                                      struct paddr *refused);
enum page_result region_uncount_mapping(struct pfpage region,
                                        struct paddr *refused);

#endif
