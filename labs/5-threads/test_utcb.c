// SPDX-License-Identifier: MIT
// Tests of UTCBs: places in pages, the words in them, and the way from a local ID to the
// thread. No program is needed.
#include "parts.h"

#define AREA 0x00800000u
#define PAGES 4u
#define PLACES (PAGES * UTCBS)
#define ROUNDS 150u

static struct thread threads[PLACES + 1];

static struct space *
begin(uint32_t bytes)
{
        parts_begin();
        utcbs_init();
        for (uint32_t i = 0; i <= PLACES; i++)
                threads[i] = (struct thread){ .id = id_make(100 + i, 1) };
        return parts_space_with(AREA, bytes);
}

static uint32_t
place(uint32_t number)
{
        return AREA + number * UTCB_SIZE;
}

static void
take(struct space *space, uint32_t number)
{
        threads[number].space = space;
        expect_number(CALL_OK, utcb_take(&threads[number], place(number)),
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
                for (uint32_t i = 1; i < UTCBS; i++) {
                        take(space, i);
                        for (int word = -64; word < 64; word++) {
                                expect_hex(0, utcb_read(&threads[i], word),
                                           "word %d of a fresh UTCB", word);
                                utcb_write(&threads[i], word, 0xFFFFFFFF);
                        }
                        utcb_give(&threads[i]);
                }
}

TEST(utcbs_are_found_by_local_ids)
{
        struct space *one = begin(PAGES * H_PAGE_SIZE);
        struct space *two = parts_space_with(AREA, PAGES * H_PAGE_SIZE);

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
        utcb_give(&threads[3]);
        expect_bool(false, utcb_find(space, local) != NULL,
                    "utcb_find(0x%08x): the thread is no more", local);
}

static void
refused(enum call_error error, uint32_t address, const char *why)
{
        struct thread *thread = &threads[PLACES];
        uint32_t left = pool_left();

        expect_number(error, utcb_take(thread, address),
                      "utcb_take at 0x%08x: %s", address, why);
        expect_number(left, pool_left(), "pages left after that");
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

        while (pool_left() > 1 && pool_take(&page))
                taken[count++] = page.page;
        threads[0].space = space;
        expect_number(CALL_NO_MEMORY, utcb_take(&threads[0], AREA),
                      "utcb_take with one page left, which is not enough for "
                      "page and page-table");
        expect_number(1, pool_left(), "pages left after that");
        expect_bool(false, utcb_find(space, AREA + UTCB_MR0) != NULL,
                    "utcb_find of what was refused");
        expect_bool(false, parts_mapping(space, AREA, &info),
                    "something is mapped where there is no UTCB");
        pool_give(taken[--count]);
        take(space, 0);
        expect_number(0, pool_left(), "pages left: a page, and its page-table");
        take(space, 1);
        threads[2].space = other;
        expect_number(CALL_NO_MEMORY, utcb_take(&threads[2], 0x10000000),
                      "utcb_take with no page left");
        utcb_give(&threads[0]);
        utcb_give(&threads[1]);
        expect_number(2, pool_left(), "pages left when all are given back");
        while (count > 0)
                pool_give(taken[--count]);
}

// A page is there while somebody has a UTCB in it.
TEST(utcbs_come_and_go)
{
        struct space *space = begin(PAGES * H_PAGE_SIZE);
        uint32_t all = pool_left();
        uint32_t in_page[PAGES] = { 0 };
        struct h_mapping_info info;
        static bool there[PLACES];

        for (uint32_t i = 0; i < PLACES; i++)
                there[i] = false;
        for (uint32_t i = 0; i < ROUNDS; i++) {
                uint32_t n = random_below(PLACES);
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
                                    parts_mapping(space,
                                                  AREA + page * H_PAGE_SIZE,
                                                  &info),
                                    "round %u: the %u. page is mapped", i,
                                    page + 1);
                        pages += due;
                }
                expect_number(all - pages - (pages > 0), pool_left(),
                              "round %u: pages left with %u in use", i, pages);
                expect_bool(there[n],
                            utcb_find(space, place(n) + UTCB_MR0) ==
                                    &threads[n],
                            "round %u: utcb_find", i);
        }
        system_expect_sound("after UTCBs have come and gone");
}
