// SPDX-License-Identifier: MIT
// What the tests of page-map pages share.
#ifndef LENDING_H
#define LENDING_H

#include <h/internal/pagemap_page.h>
#include <h4/spaces.h>
#include <h4/test.h>

// What out parameters hold before: no page, no address.
#define UNTOUCHED 0xEEEEEEEEu

static inline struct paddr
frame_of(struct h_region page)
{
        return paddr(region_first(page).value);
}

static inline struct h_pagemap_page
lent(uint32_t page, uint32_t address)
{
        return (struct h_pagemap_page){ region_of(page, H_PAGE_LOG2),
                                        { address } };
}

// Changes a page's entry, and what is expected of it.
static inline void
set_status(struct h_region page, struct page entry)
{
        page_array.pages[frame_of(page).value / H_PAGE_SIZE] = entry;
        due_page(page, entry);
}

static inline void
create_answers(enum h_error error, struct h_pagemap_page page)
{
        struct h_pagemap_page out = { { { UNTOUCHED } }, { UNTOUCHED } };
        bool good = error == H_OK;

        expect_h(error, h_create_pagemap_page(page.page, page.mapped, &out),
                 "h_create_pagemap_page of the region " RANGE
                 " at the address 0x%08x",
                 RANGE_OF(page.page.pages.word), page.mapped.value);
        expect_hex(good ? page.page.pages.word : UNTOUCHED, out.page.pages.word,
                   "h_create_pagemap_page of the region " RANGE
                   " at the address 0x%08x, which %s: out->page",
                   RANGE_OF(page.page.pages.word), page.mapped.value,
                   good ? "succeeds" : "refuses");
        expect_hex(good ? page.mapped.value : UNTOUCHED, out.mapped.value,
                   "h_create_pagemap_page of the region " RANGE
                   " at the address 0x%08x, which %s: out->mapped",
                   RANGE_OF(page.page.pages.word), page.mapped.value,
                   good ? "succeeds" : "refuses");
}

static inline void
check_answers(enum h_error error, struct h_pagemap_page page)
{
        struct paddr frame = paddr(UNTOUCHED);
        trying("pagemap_page_check of the region " RANGE
               " at the address 0x%08x",
               RANGE_OF(page.page.pages.word), page.mapped.value);
        enum h_error found = pagemap_page_check(page, &frame);
        trying_over();

        // Why it is not free; what is not a page at all has no status.
        if (error == H_NOT_FREE && found != error)
                expect_h(error, found,
                         "pagemap_page_check of the region " RANGE
                         ", whose page is in use: %s",
                         RANGE_OF(page.page.pages.word),
                         page_words(spaces_expected(page.page)).text);
        expect_h(error, found,
                 "pagemap_page_check of the region " RANGE
                 " at the address 0x%08x",
                 RANGE_OF(page.page.pages.word), page.mapped.value);
        expect_hex(error == H_OK ? frame_of(page.page).value : UNTOUCHED,
                   frame.value,
                   "pagemap_page_check of the region " RANGE
                   " at the address 0x%08x, which %s: *frame",
                   RANGE_OF(page.page.pages.word), page.mapped.value,
                   error == H_OK ? "succeeds" : "refuses");
}

// Both answer the same: of a page and an address that are free, or that never
// can be lent.
static inline void
both_answer(enum h_error error, struct h_pagemap_page page)
{
        create_answers(error, page);
        check_answers(error, page);
}

// Attaches a page that the test has lent, and expects that H sees it.
static inline void
attaches(struct h_pagemap_page page)
{
        struct paddr frame = frame_of(page.page);
        struct pagemap_page seen =
                pagemap_page_attach(frame, vaddr(page.mapped.value));

        expect_hex(frame.value, seen.frame.value,
                   "pagemap_page_attach of page 0x%08x: the frame",
                   frame.value);
        expect_hex(page.mapped.value, (uint32_t)(uintptr_t)seen.mapped,
                   "pagemap_page_attach of page 0x%08x: where it is mapped",
                   frame.value);
        due_view(page);
}

// Detaches it, and expects that H sees it no longer.
static inline void
detaches(struct h_pagemap_page page)
{
        pagemap_page_detach(frame_of(page.page));
        due_view_gone(page.page);
}

// The first word of the page is read at the address where it is lent.
static inline void
is_seen(struct h_pagemap_page page, const char *when)
{
        expect_reads(vaddr(page.mapped.value),
                     *spaces_word(region_first(page.page)), when);
}

static inline void
is_not_seen(struct h_pagemap_page page, const char *when)
{
        expect_no_access(vaddr(page.mapped.value), when);
}

// The processor goes back to the reference directory.
static inline void
enter_reference(void)
{
        due_current(NULL);
        live_load(h_state.reference);
}

#endif
