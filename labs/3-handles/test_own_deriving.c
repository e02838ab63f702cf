// SPDX-License-Identifier: MIT
// Tests of exercise 3.8, a student's test of 3.1: it runs on the right solution, and
// on eight wrong ones, of which there are only objects.
#include "own_deriving.h"

#include <h/h.h>
#include <h4/own.h>
#include <h4/test.h>

#define VERSION(version)                                                       \
        enum h_error version##__region_check(struct h_region region,           \
                                             struct pfpage *pages);            \
        enum h_error version##__h_derive_region(struct h_region region,        \
                                                struct h_pfpage pages,         \
                                                struct h_region *out);

VERSION(right)
VERSION(wrong_1)
VERSION(wrong_2)
VERSION(wrong_3)
VERSION(wrong_4)
VERSION(wrong_5)
VERSION(wrong_6)
VERSION(wrong_7)
VERSION(wrong_8)

#define FUNCTIONS(version)                                                     \
        {                                                                      \
                version##__region_check, version##__h_derive_region            \
        }

static const struct {
        enum h_error (*check)(struct h_region region, struct pfpage *pages);
        enum h_error (*derive)(struct h_region region, struct h_pfpage pages,
                               struct h_region *out);
} versions[] = {
        FUNCTIONS(right),   FUNCTIONS(wrong_1), FUNCTIONS(wrong_2),
        FUNCTIONS(wrong_3), FUNCTIONS(wrong_4), FUNCTIONS(wrong_5),
        FUNCTIONS(wrong_6), FUNCTIONS(wrong_7), FUNCTIONS(wrong_8),
};

static unsigned chosen;

static void
choose(unsigned version)
{
        chosen = version;
}

enum h_error
tested_check(struct h_region region, struct pfpage *pages)
{
        return versions[chosen].check(region, pages);
}

enum h_error
tested_derive(struct h_region region, struct h_pfpage pages,
              struct h_region *out)
{
        return versions[chosen].derive(region, pages, out);
}

static const struct own_test own_test = { own_test_of_deriving, choose };

TEST(own_test_accepts_the_reference)
{
        own_accepts(&own_test);
}

TEST(own_test_finds_parts_refused)
{
        OWN_FINDS(&own_test, { 1, "a part smaller than its region is refused" },
                  { 2, "what ends where an initial region does is refused" });
}

TEST(own_test_finds_pages_in_use_refused)
{
        OWN_FINDS(&own_test, { 3, "a page is refused for what it is used for" },
                  { 4, "a page is refused for how often it is used" });
}

TEST(own_test_finds_words_taken)
{
        OWN_FINDS(&own_test, { 5, "a word that is no flexpage is a region" },
                  { 6, "a part need not be a flexpage" });
}

TEST(own_test_finds_what_lies_outside)
{
        OWN_FINDS(&own_test,
                  { 7, "what begins in a region may end outside of it" },
                  { 8, "a part need not lie within its region" });
}
