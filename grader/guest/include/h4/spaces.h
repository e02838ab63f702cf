// SPDX-License-Identifier: MIT
// H on a machine of 16 MB, and what is expected of it: every page's status,
// every entry, every view, every handle. The harness builds the machine and
// keeps the expectation by its own code; no exercise of lab 3 has a part in that.
//
//   spaces_begin();
//   struct h_pagemap space = given_pagemap();
//   struct h_region page = spaces_page();
//   given_table(space, 0x00400000);
//   spaces_make();                              the machine is as expected
//
//   enum h_error error = h_add_mapping(NULL, space, user_pages(0x00400000, 12),
//                                      page, H_R, &used);
//   expect_h(H_OK, error, "h_add_mapping of one page");
//   due_mapped(space, user_pages(0x00400000, 12), page, H_R);
//   spaces_check("after h_add_mapping of one page");
//
// What an operation is to change is said by due_...(); whatever else has changed
// fails the test, and what was to change and has not. After a refusal nothing
// is due.
//
//   physical memory, by page numbers
//   0x0000 - 0x009E   normal: five initial regions and a page
//   0x009F - 0x00FF   not installed
//   0x0100 - 0x03FF   the kernel's image: environment, and its tables, pinned
//   0x0400 - 0x05FF   the harness: environment; H's tables are here
//   0x0600 - 0x063F   normal: one region, for spaces_region()
//   0x0640 - 0x0657   the harness: environment
//   0x0658 - 0x07FF   normal: four regions, for spaces_page()
//   0x0800 - 0x0FFF   normal: one region of 8 MB, for spaces_far()
//   0x1000 - 0x17FF   normal: another one, on a larger machine
//
// The client controls 0xD0000000 to 0xD07FFFFF. H has 64 slots for address spaces,
// 256 for kernel mappings and 16 for fault contexts.
#ifndef H4_SPACES_H
#define H4_SPACES_H

#include <h/h.h>
#include <h4/entries.h>
#include <h4/live.h>
#include <h4/pages.h>

#define SPACES_PAGES 0x1800u // at most
#define SPACES_USUAL 0x1000u
#define SPACES_PAGEMAPS 64u
#define SPACES_KERNEL_MAPPINGS 256u
#define SPACES_CONTEXTS 16u
#define SPACES_CLIENT_BASE 0xD0000000u
#define SPACES_CLIENT_LIMIT 0xD0800000u

// The same machine in each test: nothing is mapped for users, no kernel address
// is in use, no handle exists. The processor runs on the reference directory.
void spaces_begin(void);

// The same with so many pages: 0x800, with no memory far away, for what looks at
// every page; SPACES_USUAL; SPACES_PAGES, with 8 MB more.
void spaces_begin_with(uint32_t pages);

// --- Memory and addresses that the test has not used yet ---------------------

// A page of memory that is really there, full of garbage that looks like
// entries; anywhere.
struct h_region spaces_page(void);

// 2^log2_size bytes in a row that are really there, up to 128 KB, each word with
// another content.
struct h_region spaces_region(unsigned log2_size);

// 2^log2_size bytes, up to 8 MB, behind which there may be no memory: to be
// mapped and counted. A touch may read anything.
struct h_region spaces_far(unsigned log2_size);

// A page of client-controlled addresses; the next one is somewhere else.
struct h_vaddr spaces_address(void);

// A flexpage of them, up to 4 MB.
struct h_vfpage spaces_addresses(unsigned log2_size);

// A page of memory and an address.
struct h_pagemap_page spaces_lent(void);

// --- What is expected ---------------------------------------------------------

// An address space whose directory lies in this page.
void due_pagemap(struct h_pagemap handle, struct h_pagemap_page page);

// It is gone: its directory and page-tables are normal pages of zeros, nothing
// is mapped by it.
void due_pagemap_gone(struct h_pagemap handle);

// It has this page-table for the 4 MB around a user address, and no longer one.
// The one that goes is a normal page of zeros, and what it mapped is unmapped.
void due_table(struct h_pagemap handle, uint32_t address,
               struct h_pagemap_page table);
void due_table_gone(struct h_pagemap handle, uint32_t address);

// A range is mapped: by superpages from 4 MB on, else in the page-table that is
// expected there. It is not mapped any more; what was not stays so. It has other
// rights. Page-tables stay, also empty ones.
void due_mapped(struct h_pagemap handle, struct h_vfpage pages,
                struct h_region region, unsigned rights);
void due_unmapped(struct h_pagemap handle, struct h_vfpage pages);
void due_rights(struct h_pagemap handle, struct h_vfpage pages,
                unsigned rights);

// A mapping of the client's own, and none any more.
void due_kernel_mapping(struct h_kernel_mapping handle, struct h_region region,
                        struct h_vfpage pages, unsigned rights, bool user);
void due_kernel_mapping_gone(struct h_kernel_mapping handle);

// H sees this page at its address, whatever its status is, and no longer: then
// it is full of zeros, and the address free.
void due_view(struct h_pagemap_page page);
void due_view_gone(struct h_region page);

// A page has another entry in the page array.
void due_page(struct h_region page, struct page entry);

// A word of a page that is really there.
void due_word(struct h_paddr address, uint32_t word);

// The processor runs on the reference directory, or on that of a space.
void due_current(const struct h_pagemap *handle);

// The machine becomes what is expected of it, and nothing is left in the TLB.
void spaces_make(void);

// Compares the whole machine with what is expected of it, and fails the test
// where they differ; the message begins with `format`. Accessed and dirty bits
// may have been set.
void spaces_check(const char *format, ...)
        __attribute__((format(printf, 1, 2)));

// --- Things that are there from the start: followed by spaces_make() ----------

struct h_pagemap given_pagemap(void);

// Its page-table for the 4 MB around `address`. Returns the page that it lies in.
struct h_pagemap_page given_table(struct h_pagemap handle, uint32_t address);

// Maps a range, with a page-table of its own where there is none yet.
void given_mapped(struct h_pagemap handle, struct h_vfpage pages,
                  struct h_region region, unsigned rights);
struct h_kernel_mapping given_kernel_mapping(struct h_region region,
                                             struct h_vfpage pages,
                                             unsigned rights, bool user);

// --- Words for messages ---------------------------------------------------------

// A flexpage, or a word that is to be one: for a format, and what stands behind it.
//
//   fail("h_derive_region of " RANGE ", which is ...", RANGE_OF(word));
#define RANGE "0x%08x (2^%u bytes at 0x%08x)"
#define RANGE_OF(word) (word), (word)&0x3F, (word) & -H_PAGE_SIZE

// "R W", "none"; other bits are not told.
const char *rights_name(unsigned rights);

// --- Looking -------------------------------------------------------------------

// As the other functions of its kind in <h4/test.h>.
void expect_h(enum h_error expected, enum h_error found, const char *format,
              ...) __attribute__((format(printf, 3, 4)));
#define expect_h(expected, found, ...)                                         \
        (trying(__VA_ARGS__), expect_h(expected, found, __VA_ARGS__))

// The processor goes to the directory of a space, and that is expected of it.
void spaces_enter(struct h_pagemap handle);

// It goes back to the reference directory.
void spaces_leave(void);

// Where the harness sees a word of memory that is really there.
uint32_t *spaces_word(struct h_paddr address);

// The reference directory.
struct paddr spaces_reference_frame(void);

// The directory of a space, for <h4/oracle.h>.
struct pagemap_page spaces_directory(struct h_pagemap handle);

// The expected status of a page.
struct page spaces_expected(struct h_region page);

// --- Short forms ----------------------------------------------------------------

static inline struct h_vfpage
user_pages(uint32_t first, unsigned log2_size)
{
        return (struct h_vfpage){ first | log2_size };
}

static inline struct h_region
region_of(uint32_t first, unsigned log2_size)
{
        return (struct h_region){ { first | log2_size } };
}

static inline struct h_paddr
region_first(struct h_region region)
{
        return (struct h_paddr){ region.pages.word & ~(H_PAGE_SIZE - 1) };
}

static inline unsigned
region_log2(struct h_region region)
{
        return region.pages.word & 0x3F;
}

// The page `number` of a region.
static inline struct h_region
region_page(struct h_region region, uint32_t number)
{
        return region_of(region_first(region).value + number * H_PAGE_SIZE,
                         H_PAGE_LOG2);
}

#endif
