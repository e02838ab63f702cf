// SPDX-License-Identifier: MIT
// Tests of exercise 2.6, a student's test of 2.4: it runs on the right solution, and
// on ten wrong ones, of which there are only objects.
#include "own_regions.h"

#include <h4/own.h>
#include <h4/test.h>

#define VERSION(version)                                                       \
        enum page_result version##__region_count_mapping(                      \
                struct pfpage region, struct paddr *refused);                  \
        enum page_result version##__region_uncount_mapping(                    \
                struct pfpage region, struct paddr *refused);

VERSION(right)
VERSION(wrong_1)
VERSION(wrong_2)
VERSION(wrong_3)
VERSION(wrong_4)
VERSION(wrong_5)
VERSION(wrong_6)
VERSION(wrong_7)
VERSION(wrong_8)
VERSION(wrong_9)
VERSION(wrong_10)

#define FUNCTIONS(version)                                                     \
        {                                                                      \
                version##__region_count_mapping,                               \
                        version##__region_uncount_mapping                      \
        }

static const struct {
        enum page_result (*count)(struct pfpage region, struct paddr *refused);
        enum page_result (*uncount)(struct pfpage region,
                                    struct paddr *refused);
} versions[] = {
        FUNCTIONS(right),   FUNCTIONS(wrong_1),  FUNCTIONS(wrong_2),
        FUNCTIONS(wrong_3), FUNCTIONS(wrong_4),  FUNCTIONS(wrong_5),
        FUNCTIONS(wrong_6), FUNCTIONS(wrong_7),  FUNCTIONS(wrong_8),
        FUNCTIONS(wrong_9), FUNCTIONS(wrong_10),
};

static unsigned chosen;

static void
choose(unsigned version)
{
        chosen = version;
}

enum page_result
tested_count(struct pfpage region, struct paddr *refused)
{
        return versions[chosen].count(region, refused);
}

enum page_result
tested_uncount(struct pfpage region, struct paddr *refused)
{
        return versions[chosen].uncount(region, refused);
}

static const struct own_test own_test = { own_test_of_regions, choose };

TEST(own_test_accepts_the_reference)
{
        own_accepts(&own_test);
}

TEST(own_test_finds_miscounts)
{
        OWN_FINDS(&own_test, { 1, "a page of a region keeps its count" },
                  { 2, "a count goes the wrong way" });
}

TEST(own_test_finds_partial_counts)
{
        OWN_FINDS(&own_test, { 3, "a refusal leaves counts that have changed" },
                  { 4, "a refusal leaves one count that has changed" });
}

TEST(own_test_finds_pages_not_asked)
{
        OWN_FINDS(&own_test,
                  { 5, "a page at one end is counted whatever it is" },
                  { 6, "a page at the other end is counted whatever it is" });
}

TEST(own_test_finds_wrong_limits)
{
        OWN_FINDS(&own_test, { 7, "a count goes beyond what it may be" },
                  { 8, "a count cannot be as high as it may be" });
}

TEST(own_test_finds_wrong_names)
{
        OWN_FINDS(&own_test,
                  { 9, "of two pages that refuse the wrong one is named" },
                  { 10, "who has refused is not told" });
}
