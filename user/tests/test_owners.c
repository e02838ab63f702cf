// SPDX-License-Identifier: MIT
// sigma0's table of owners (user/sigma0/owners.h), against a word for each page of 4 GB.
#include "check.h"

#include "../sigma0/owners.h"

#define LAST (PAGES - 1)
#define ANNA 0x00148001u // threads
#define BERTA 0x0014C001u
#define OPERATIONS 20000

static L4_Word_t model[PAGES];

static void
begin(void)
{
        owners_init();
        for (L4_Word_t page = 0; page < PAGES; page++)
                model[page] = RESERVED;
}

static void
model_set(L4_Word_t first, L4_Word_t last, L4_Word_t owner)
{
        for (L4_Word_t page = first; page <= last; page++)
                model[page] = owner;
}

static void
set(L4_Word_t first, L4_Word_t last, L4_Word_t owner)
{
        assert_true(owners_set(first, last, owner));
        model_set(first, last, owner);
}

// Pages side by side that belong to the same one go together.
static void
compare_all(void)
{
        for (L4_Word_t page = 0, next; page < PAGES; page = next) {
                next = owners_next(page);
                assert_in_range(next, page + 1, PAGES);
                for (L4_Word_t i = page; i < next; i++)
                        if (model[i] != owners_of(page))
                                fail_msg("page 0x%05x has another owner", i);
                if (next < PAGES)
                        assert_int_not_equal(owners_of(next), owners_of(page));
        }
}

static void
compare_around(L4_Word_t page)
{
        L4_Word_t first = page < 40 ? 0 : page - 40;

        for (L4_Word_t i = first; i < PAGES && i < page + 40; i++)
                assert_int_equal(owners_of(i), model[i]);
}

// All are allowed to have it, by owners.h.
static bool
model_take(L4_Word_t first, L4_Word_t last, L4_Word_t thread, bool devices)
{
        bool is_new = false;
        bool is_shared = false;

        for (L4_Word_t page = first; page <= last; page++) {
                L4_Word_t owner = model[page];
                if (owner == RESERVED || (owner == DEVICE && !devices) ||
                    (owner > RESERVED && owner != thread))
                        return false;
                is_new |= owner == FREE || owner == DEVICE;
                is_shared |= owner == SHARED;
        }
        if (is_new && is_shared)
                return false;
        if (is_new)
                model_set(first, last, thread);
        return true;
}

static void
take(L4_Word_t first, L4_Word_t last, L4_Word_t thread, bool devices)
{
        bool taken = model_take(first, last, thread, devices);

        assert_int_equal(owners_take(first, last, thread, devices), taken);
        compare_around(first);
        compare_around(last);
}

static bool
is_free(L4_Word_t first, L4_Word_t pages)
{
        for (L4_Word_t i = 0; i < pages; i++)
                if (model[first + i] != FREE)
                        return false;
        return true;
}

static void
find(L4_Word_t log2)
{
        L4_Word_t pages = (L4_Word_t)1 << log2;
        L4_Word_t first = UNTOUCHED;

        if (owners_find(log2, &first)) {
                assert_int_equal(first % pages, 0);
                assert_in_range(first, 0, PAGES - pages);
                assert_true(is_free(first, pages));
                return;
        }
        assert_int_equal(first, UNTOUCHED);
        for (L4_Word_t i = 0; i < PAGES; i += pages)
                assert_false(is_free(i, pages));
}

static void
at_first_all_is_reserved(void **state)
{
        L4_Word_t first;

        (void)state;
        begin();
        compare_all();
        assert_int_equal(owners_next(0), PAGES);
        assert_false(owners_find(0, &first));
        assert_false(owners_take(0, 0, ANNA, true));
        assert_false(owners_take(0, LAST, ANNA, true));
}

// One page, two, and all; at the first page, at the last, within.
static void
both_ends_of_memory(void **state)
{
        static const L4_Word_t ranges[][2] = {
                { 0, 0 },           { LAST, LAST },  { 0, 1 },
                { LAST - 1, LAST }, { 0, LAST },     { 1, LAST },
                { 0, LAST - 1 },    { 1, LAST - 1 }, { 500, 500 },
                { 500, LAST },      { 0, 500 },
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(ranges); i++)
                for (size_t j = 0; j < COUNT_OF(ranges); j++) {
                        begin();
                        set(ranges[i][0], ranges[i][1], FREE);
                        set(ranges[j][0], ranges[j][1], ANNA);
                        compare_all();
                        set(ranges[j][0], ranges[j][1], FREE);
                        compare_all();
                }
}

// Around two entries of ten pages each, all ranges.
static void
ranges_at_borders(void **state)
{
        (void)state;
        begin();
        for (L4_Word_t first = 98; first <= 122; first++)
                for (L4_Word_t last = first; last <= 122; last++) {
                        set(90, 99, RESERVED);
                        set(100, 109, FREE);
                        set(110, 119, BERTA);
                        set(120, 130, RESERVED);
                        set(first, last, ANNA);
                        compare_around(110);
                        assert_int_equal(owners_next(first), last + 1);
                }
        compare_all();
}

static void
what_may_be_taken(void **state)
{
        static const L4_Word_t owners[] = {
                FREE, DEVICE, SHARED, RESERVED, ANNA, BERTA,
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(owners); i++)
                for (size_t j = 0; j < COUNT_OF(owners); j++)
                        for (unsigned devices = 0; devices < 2; devices++) {
                                begin();
                                set(100, 109, owners[i]);
                                set(110, 119, owners[j]);
                                take(105, 114, ANNA, devices);
                                take(109, 110, ANNA, devices);
                                take(100, 109, ANNA, devices);
                                take(110, 119, ANNA, devices);
                                take(99, 119, ANNA, devices);
                                take(100, 120, ANNA, devices);
                                compare_all();
                        }
}

// What is refused has changed nothing. What needs no entry is not refused.
static void
fill_table(bool one_more)
{
        L4_Word_t page = 10;
        L4_Word_t first;

        begin();
        set(0, 5, ANNA);
        if (one_more)
                set(6, 6, SHARED);
        while (owners_set(page, page, FREE)) {
                model_set(page, page, FREE);
                page += 2;
        }
        assert_in_range(page, 900, 2100);
        compare_all();
        for (L4_Word_t i = page - 4; i < page + 4; i++) {
                assert_false(owners_set(i, i, DEVICE));
                assert_false(owners_set(i, i + 2, ANNA));
                assert_false(owners_take(i, i, ANNA, true));
        }
        assert_false(owners_set(LAST, LAST, FREE));
        assert_false(owners_set(0, 0, FREE));
        assert_true(owners_take(0, 5, ANNA, false)); // hers already
        compare_all();
        assert_true(owners_find(0, &first));
        assert_int_equal(model[first], FREE);
        assert_false(owners_find(1, &first));
}

// There is room for one entry more, and for none.
static void
a_full_table(void **state)
{
        (void)state;
        fill_table(false);
        fill_table(true);
}

// Pages that are taken one by one become one entry: they never fill the table.
static void
pages_one_by_one(void **state)
{
        (void)state;
        begin();
        set(0, LAST, FREE);
        for (L4_Word_t page = 0; page < 5000; page++)
                take(page, page, ANNA, false);
        for (L4_Word_t page = 10000; page >= 5000; page--)
                take(page, page, ANNA, false);
        assert_int_equal(owners_next(0), 10001);
        for (L4_Word_t page = 20000; page < 25000; page += 2)
                if (page % 100 != 0)
                        take(page, page + 1, ANNA, false);
        compare_all();
}

static void
free_pages_are_found(void **state)
{
        (void)state;
        begin();
        set(0, 0, FREE);
        set(LAST, LAST, FREE);
        set(1000, 1000 + 1023, FREE); // of 1,024 pages 512 in a row are aligned
        for (L4_Word_t log2 = 0; log2 <= 20; log2++)
                find(log2);
        set(1024, 2047, FREE);
        for (L4_Word_t log2 = 0; log2 <= 20; log2++)
                find(log2);
        set(0, LAST, FREE);
        for (L4_Word_t log2 = 0; log2 <= 20; log2++)
                find(log2);
        set(PAGES / 2, PAGES / 2, SHARED);
        for (L4_Word_t log2 = 0; log2 <= 20; log2++)
                find(log2);
}

// Most are small and close together, so that they meet.
static void
choose(struct random *random, L4_Word_t *first, L4_Word_t *last)
{
        static const L4_Word_t bases[] = { 0, 0x400, 0xFE000, PAGES - 200 };
        L4_Word_t length = random_below(random, 4) == 0
                                   ? 1 + random_below(random, 100)
                                   : 1 + random_below(random, 4);

        *first = bases[random_below(random, COUNT_OF(bases))] +
                 random_below(random, 200);
        if (random_below(random, 400) == 0)
                *first = random_below(random, PAGES);
        *last = *first + (length - 1);
        if (random_below(random, 1000) == 0 || *last > LAST)
                *last = LAST;
}

static void
sequences_at_random(void **state)
{
        static const L4_Word_t owners[] = {
                FREE, FREE, FREE, DEVICE, SHARED, RESERVED, ANNA, BERTA,
        };
        struct random random = { 1 };

        (void)state;
        begin();
        for (unsigned i = 0; i < OPERATIONS; i++) {
                L4_Word_t owner = owners[random_below(&random, 8)];
                L4_Word_t first, last;

                choose(&random, &first, &last);
                if (random_below(&random, 3) != 0) {
                        take(first, last, ANNA + random_below(&random, 4),
                             random_below(&random, 2) != 0);
                } else {
                        set(first, last, owner);
                        compare_around(first);
                        compare_around(last);
                }
                if (i % 200 == 0) {
                        compare_all();
                        find(random_below(&random, 21));
                }
        }
        compare_all();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(at_first_all_is_reserved),
                cmocka_unit_test(both_ends_of_memory),
                cmocka_unit_test(ranges_at_borders),
                cmocka_unit_test(what_may_be_taken),
                cmocka_unit_test(a_full_table),
                cmocka_unit_test(pages_one_by_one),
                cmocka_unit_test(free_pages_are_found),
                cmocka_unit_test(sequences_at_random),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
