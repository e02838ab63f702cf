// SPDX-License-Identifier: MIT
// Tests of UTCBs: places in pages, the words in them, and the way from a local ID to the
// thread. No program is needed.
#include "parts.h"

#define AREA 0x00800000u
#define PAGES 4u
#define PLACES (PAGES * UTCBS)
#define CYCLE (2 * PLACES) // rounds in which all are taken, and given back
#define ROUNDS (2 * CYCLE + 20)
// Of pages that lie so far apart several are in one chain, if there are few.
#define FAR (40 * H_PAGE_SIZE)

static struct thread threads[PLACES + 1];
static uint32_t apart; // from one page to the next

static struct space *
begin(uint32_t bytes)
{
        parts_begin();
        utcbs_init();
        apart = H_PAGE_SIZE;
        for (uint32_t i = 0; i <= PLACES; i++)
                threads[i] = (struct thread){ .id = id_make(100 + i, 1) };
        return parts_space_with(AREA, bytes);
}

// On a machine with room for so many threads, and so for so many pages with UTCBs:
// none of them may be lost.
static void
begin_small(uint32_t threads_at_most)
{
        unit_count = threads_at_most;
        utcbs_init();
}

static uint32_t
place(uint32_t number)
{
        return AREA + number / UTCBS * apart + number % UTCBS * UTCB_SIZE;
}

static void
take(struct space *space, uint32_t number)
{
        threads[number].space = space;
        expect_call(CALL_OK, utcb_take(&threads[number], place(number)),
                    "utcb_take at 0x%08x", place(number));
}

TEST(utcbs_are_where_they_are_wanted)
{
        struct space *space = begin(PAGES * H_PAGE_SIZE);
        struct h_mapping_info info;

        for (uint32_t i = 0; i < PLACES; i += 3) {
                take(space, i);
                expect_hex(place(i) + UTCB_MR0, threads[i].local,
                           "the local ID of a thread with its UTCB at 0x%08x",
                           place(i));
                expect_number(
                        (place(i) % H_PAGE_SIZE + UTCB_MR0) / 4, threads[i].mr0,
                        "mr0 of a thread with its UTCB at 0x%08x", place(i));
                expect_bool(true, parts_mapping(space, place(i), &info),
                            "a page is mapped at 0x%08x", place(i));
                expect_bool(true, (info.rights & (H_R | H_W)) == (H_R | H_W),
                            "programs read and write the page at 0x%08x",
                            place(i));
                struct h_vaddr at = { place(i) + UTCB_MR0 };
                uint32_t word;
                utcb_write(&threads[i], 0, 0x12340000 + i);
                expect_number(H_OK, h_read_user_word(space->pagemap, at, &word),
                              "h_read_user_word at 0x%08x", at.value);
                expect_hex(0x12340000 + i, word,
                           "the word at 0x%08x, as a program sees it, after "
                           "utcb_write to message register 0",
                           at.value);
        }
}

TEST(utcb_words_are_counted_from_mr0)
{
        struct space *space = begin(H_PAGE_SIZE);

        for (uint32_t i = 0; i < UTCBS; i++)
                take(space, i);
        for (uint32_t i = 0; i < UTCBS; i++)
                for (int word = -64; word < 64; word++)
                        utcb_write(&threads[i], word,
                                   i << 16 | (uint32_t)(word + 64));
        for (uint32_t i = 0; i < UTCBS; i++)
                for (int word = -64; word < 64; word++)
                        expect_hex(i << 16 | (uint32_t)(word + 64),
                                   utcb_read(&threads[i], word),
                                   "utcb_read of word %d, of the %u. thread",
                                   word, i + 1);
        for (uint32_t i = 0; i < UTCBS; i++) {
                struct h_vaddr at = { place(i) };
                uint32_t word = 0;
                h_read_user_word(space->pagemap, at, &word);
                expect_hex(i << 16, word,
                           "the word at 0x%08x, which is word -64 of the %u. "
                           "thread",
                           at.value, i + 1);
        }
}

TEST(utcbs_begin_with_zeros)
{
        struct space *space = begin(H_PAGE_SIZE);

        take(space, 0); // it keeps the page
        for (uint32_t round = 0; round < 2; round++)
                for (uint32_t i = 1; i < UTCBS; i += 3) {
                        take(space, i);
                        for (int word = -64; word < 64; word++) {
                                expect_hex(0, utcb_read(&threads[i], word),
                                           "word %d of a fresh UTCB", word);
                                utcb_write(&threads[i], word, 0xFFFFFFFF);
                        }
                        utcb_give(&threads[i]);
                }
}

// Where there may be two pages only, they come to lie near each other, however pages are
// found: in each place, and in spaces that have them at the same address.
static void
find_with_two_pages(struct space *one, struct space *three)
{
        const struct utcb_page *behind[8];

        begin_small(2);
        for (uint32_t i = 0; i < 8; i++)
                behind[i] = units[2 + i].utcb_chain;
        for (uint32_t i = 0; i < 8; i++) {
                uint32_t address = AREA + i * H_PAGE_SIZE;
                struct thread *first = &threads[0], *second = &threads[1];
                first->space = one;
                second->space = three;
                expect_call(CALL_OK, utcb_take(first, address),
                            "utcb_take at 0x%08x", address);
                expect_bool(false, utcb_find(three, address + UTCB_MR0) != NULL,
                            "utcb_find(0x%08x) in a space without UTCBs",
                            address + UTCB_MR0);
                expect_call(CALL_OK, utcb_take(second, address),
                            "utcb_take at 0x%08x in another space, with two "
                            "pages at most",
                            address);
                expect_bool(true, utcb_find(one, address + UTCB_MR0) == first,
                            "utcb_find(0x%08x) in the first space",
                            address + UTCB_MR0);
                expect_bool(true,
                            utcb_find(three, address + UTCB_MR0) == second,
                            "utcb_find(0x%08x) in the other space",
                            address + UTCB_MR0);
                for (uint32_t j = 0; j < 8; j++)
                        expect_bool(true, behind[j] == units[2 + j].utcb_chain,
                                    "utcb_chain of unit %u, where there are 2, "
                                    "is as it was",
                                    2 + j);
                utcb_give(first);
                utcb_give(second);
        }
}

TEST(utcbs_are_found_by_local_ids)
{
        struct space *one = begin(8 * H_PAGE_SIZE);
        struct space *two = parts_space_with(AREA, 8 * H_PAGE_SIZE);
        struct space *three = parts_space_with(AREA, 8 * H_PAGE_SIZE);

        for (uint32_t i = 0; i < PLACES; i++)
                take(i % 2 ? one : two, i);
        for (uint32_t i = 0; i < PLACES; i++) {
                uint32_t local = place(i) + UTCB_MR0;
                expect_bool(true,
                            utcb_find(i % 2 ? one : two, local) == &threads[i],
                            "utcb_find(0x%08x) in its space", local);
                expect_bool(false, utcb_find(i % 2 ? two : one, local) != NULL,
                            "utcb_find(0x%08x) in another space", local);
        }
        for (uint32_t i = 0; i < PLACES; i++)
                utcb_give(&threads[i]);
        find_with_two_pages(one, three);
        take(two, 0);
        utcbs_init();
        expect_bool(false, utcb_find(two, place(0) + UTCB_MR0) != NULL,
                    "utcb_find(0x%08x) after utcbs_init", place(0) + UTCB_MR0);
}

TEST(utcb_find_takes_any_word)
{
        struct space *space = begin(PAGES * H_PAGE_SIZE);
        static const uint32_t words[] = {
                0,          1,          0xFF,       0x100,
                0x200,      UINT32_MAX, 0xFFFFFFC0, 0xFFFFFF00,
                0xBFFFFF00, 0xC0000100, AREA,       AREA + 0xC0,
        };

        take(space, 3);
        uint32_t local = threads[3].local;
        for (uint32_t bit = 0; bit < 32; bit++)
                expect_bool(false, utcb_find(space, local ^ 1u << bit) != NULL,
                            "utcb_find(0x%08x): only 0x%08x is a local ID",
                            local ^ 1u << bit, local);
        for (uint32_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                expect_bool(false, utcb_find(space, words[i]) != NULL,
                            "utcb_find(0x%08x)", words[i]);
        take(space, 4); // it keeps the page
        struct thread copy = threads[3];
        utcb_give(&copy);
        expect_hex(0, copy.local, "the local ID of a thread without a UTCB");
        expect_hex(local, threads[3].local,
                   "the local ID of another structure than utcb_give was told");
        expect_bool(false, utcb_find(space, local) != NULL,
                    "utcb_find(0x%08x): the thread is no more", local);
}

static void
expect_same(const struct thread *before, const struct thread *now)
{
        const uint32_t *due = (const uint32_t *)before;
        const uint32_t *found = (const uint32_t *)now;

        for (uint32_t word = 0; word < sizeof(*now) / 4; word++)
                if (due[word] != found[word])
                        expect_hex(
                                due[word], found[word],
                                "word %u of struct thread (4 bytes each) of one that "
                                "was refused a UTCB",
                                word);
}

static void
refused(enum call_error error, uint32_t address, const char *why)
{
        struct thread *thread = &threads[PLACES];
        struct thread before = *thread;
        uint32_t left = pool_left();

        expect_call(error, utcb_take(thread, address),
                    "utcb_take at 0x%08x: %s", address, why);
        expect_number(left, pool_left(), "pages left after that");
        expect_same(&before, thread);
}

TEST(utcbs_are_refused_elsewhere)
{
        struct space *space = begin(2 * H_PAGE_SIZE);

        threads[PLACES].space = space;
        take(space, 2);
        for (uint32_t low = 1; low < UTCB_SIZE; low <<= 1)
                refused(CALL_BAD_UTCB_AREA, AREA + low, "it is not aligned");
        refused(CALL_BAD_UTCB_AREA, AREA - UTCB_SIZE, "before the area");
        refused(CALL_BAD_UTCB_AREA, AREA + 2 * H_PAGE_SIZE, "behind the area");
        refused(CALL_BAD_UTCB_AREA, 0, "far before the area");
        refused(CALL_BAD_UTCB_AREA, 0xFFFFFE00, "far behind the area");
        refused(CALL_BAD_UTCB_AREA, place(2), "another thread's");

        struct space *none = parts_space();
        threads[PLACES].space = none;
        refused(CALL_BAD_UTCB_AREA, 0, "the space has no area yet");
        refused(CALL_BAD_UTCB_AREA, AREA, "the space has no area yet");
}

TEST(utcb_pages_may_run_out)
{
        struct space *space = begin(H_PAGE_SIZE);
        struct space *other = parts_space_with(0x10000000, H_PAGE_SIZE);
        static struct h_region taken[0x400];
        struct h_pagemap_page page;
        uint32_t count = 0;
        struct h_mapping_info info;

        // Where something is mapped no other page can be.
        struct h_region region;
        struct h_kernel_mapping mapping;
        threads[PLACES].space = space;
        expect_bool(true,
                    pool_take_mapped(&region, &mapping) &&
                            pool_map(space->pagemap, AREA, region, H_R) == H_OK,
                    "a page is mapped, as if a program had one there");
        refused(CALL_NO_MEMORY, AREA, "a program has a page there");
        expect_bool(true, parts_mapping(space, AREA, &info),
                    "that page is mapped as before");
        pool_unmap(space->pagemap, AREA);
        pool_give_mapped(region, mapping);

        begin_small(2);
        while (pool_left() > 1 && pool_take(&page))
                taken[count++] = page.page;
        for (uint32_t i = 0; i < 3; i++)
                refused(CALL_NO_MEMORY, AREA,
                        "there is one page left, which is not enough for page "
                        "and page-table");
        expect_bool(false, utcb_find(space, AREA + UTCB_MR0) != NULL,
                    "utcb_find of what was refused");
        expect_bool(false, parts_mapping(space, AREA, &info),
                    "something is mapped where there is no UTCB");
        pool_give(taken[--count]);
        take(space, 0);
        expect_number(0, pool_left(), "pages left: a page, and its page-table");
        take(space, 1);
        threads[PLACES].space = other;
        refused(CALL_NO_MEMORY, 0x10000000, "there is no page left");
        utcb_give(&threads[0]);
        utcb_give(&threads[1]);
        expect_number(2, pool_left(), "pages left when all are given back");
        while (count > 0)
                pool_give(taken[--count]);
}

static bool there[PLACES];

// All are taken in any order, and given back, and that again; then any.
static uint32_t
next_place(uint32_t round)
{
        uint32_t place = random_below(PLACES);
        bool takes = round % CYCLE < PLACES;

        while (round < 2 * CYCLE && there[place] == takes)
                place = (place + 1) % PLACES;
        return place;
}

static void
expect_found(const struct space *space, uint32_t n, uint32_t round)
{
        expect_bool(there[n],
                    utcb_find(space, place(n) + UTCB_MR0) == &threads[n],
                    "round %u: utcb_find finds the %u. thread", round, n + 1);
}

// A page is there while somebody has a UTCB in it.
TEST(utcbs_come_and_go)
{
        struct space *space = begin(0x100000);
        uint32_t all = pool_left();
        uint32_t in_page[PAGES] = { 0 };
        struct h_mapping_info info;

        apart = FAR;
        begin_small(PAGES + 1);
        for (uint32_t i = 0; i < PLACES; i++)
                there[i] = false;
        for (uint32_t i = 0; i < ROUNDS; i++) {
                uint32_t n = next_place(i);
                if (there[n])
                        utcb_give(&threads[n]);
                else
                        take(space, n);
                in_page[n / UTCBS] += there[n] ? UINT32_MAX : 1;
                there[n] = !there[n];
                uint32_t pages = 0;
                for (uint32_t page = 0; page < PAGES; page++) {
                        bool due = in_page[page] > 0;
                        expect_bool(due,
                                    parts_mapping(space, place(page * UTCBS),
                                                  &info),
                                    "round %u: the %u. page is mapped", i,
                                    page + 1);
                        pages += due;
                }
                expect_number(all - pages - (pages > 0), pool_left(),
                              "round %u: pages left with %u in use", i, pages);
                expect_found(space, n, i);
                // A page has gone: the others are found as before.
                if (in_page[n / UTCBS] == 0)
                        for (uint32_t other = 0; other < PLACES; other++)
                                expect_found(space, other, i);
        }
        system_expect_sound("after UTCBs have come and gone");
}
