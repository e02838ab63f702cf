// SPDX-License-Identifier: MIT
// What the tests of regions share: words that are regions and words that are
// none, and what comes out of h_derive_region.
#ifndef DERIVING_H
#define DERIVING_H

#include <h/internal/regions.h>
#include <h4/spaces.h>
#include <h4/test.h>
#include <kernel/memory.h>

// What out parameters hold before: no flexpage.
#define UNTOUCHED 0xEEEEEEEEu

static inline struct h_region
initial_region(size_t number)
{
        return (struct h_region){ { region_table.regions[number].range.word } };
}

// The number of a region's pages.
static inline uint32_t
page_count(struct h_region region)
{
        return 1u << (region_log2(region) - H_PAGE_LOG2);
}

// The word is that of a region.
static inline void
is_region(uint32_t word)
{
        struct h_region region = { { word } };
        struct pfpage pages = { { UNTOUCHED } };

        expect_h(H_OK, region_check(region, &pages), "region_check of " RANGE,
                 RANGE_OF(word));
        expect_hex(word, pages.range.word, "region_check of " RANGE ": *pages",
                   RANGE_OF(word));
}

// And it is not: `why` goes on with what it is.
static inline void
is_no_region(uint32_t word, const char *why)
{
        struct h_region region = { { word } };
        struct pfpage pages = { { UNTOUCHED } };

        expect_h(H_BAD_REGION, region_check(region, &pages),
                 "region_check of " RANGE ", %s", RANGE_OF(word), why);
        expect_hex(UNTOUCHED, pages.range.word,
                   "region_check of " RANGE
                   ", which refused: it has written to *pages",
                   RANGE_OF(word));
}

// The part 2^log2_size bytes at `first` comes out.
static inline void
derives(struct h_region whole, uint32_t first, unsigned log2_size)
{
        struct h_region out = { { UNTOUCHED } };
        struct h_pfpage part = { first | log2_size };

        expect_h(H_OK, h_derive_region(whole, part, &out),
                 "h_derive_region of " RANGE " from " RANGE,
                 RANGE_OF(part.word), RANGE_OF(whole.pages.word));
        expect_hex(part.word, out.pages.word,
                   "h_derive_region of " RANGE " from " RANGE ": *out",
                   RANGE_OF(part.word), RANGE_OF(whole.pages.word));
        is_region(part.word);
}

// It is refused, and *out is as it was. `why` goes on with what `whole` is.
static inline void
derive_refuses(enum h_error error, uint32_t whole, uint32_t part,
               const char *why)
{
        struct h_region out = { { UNTOUCHED } };

        expect_h(error,
                 h_derive_region((struct h_region){ { whole } },
                                 (struct h_pfpage){ part }, &out),
                 "h_derive_region of " RANGE " from " RANGE ", %s",
                 RANGE_OF(part), RANGE_OF(whole), why);
        expect_hex(UNTOUCHED, out.pages.word,
                   "h_derive_region of " RANGE " from " RANGE
                   ", which refused: it has written to *out",
                   RANGE_OF(part), RANGE_OF(whole));
}

// A flexpage that is no region: nothing can be derived from it, though it lies
// within.
static inline void
gives_nothing(uint32_t first, unsigned log2_size, const char *why)
{
        uint32_t word = first | log2_size;

        is_no_region(word, why);
        derive_refuses(H_BAD_REGION, word, first | H_PAGE_LOG2, why);
        derive_refuses(H_BAD_REGION, word, word, why);
}

#endif
