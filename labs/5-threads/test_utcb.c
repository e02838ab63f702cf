// SPDX-License-Identifier: MIT
// Tests of UTCBs: places in pages, the words in them, and the way from a local ID to the
// thread. No program is needed.
#include "utcbs.h"

#define CYCLE (2 * PLACES) // rounds in which all are taken, and given back
#define ROUNDS (2 * CYCLE + 20)
// Of pages that lie so far apart several are in one chain, if there are few.
#define FAR (40 * H_PAGE_SIZE)

struct thread threads[PLACES + 1];
static uint32_t apart; // from one page to the next

struct space *
utcbs_begin(uint32_t bytes)
{
        parts_begin();
        utcbs_init();
        apart = H_PAGE_SIZE;
        for (uint32_t i = 0; i <= PLACES; i++)
                threads[i] = (struct thread){ .id = id_make(100 + i, 1) };
        return parts_space_with(AREA, bytes);
}

void
utcbs_begin_small(uint32_t threads_at_most)
{
        unit_count = threads_at_most;
        utcbs_init();
}

uint32_t
utcb_place(uint32_t number)
{
        return AREA + number / UTCBS * apart + number % UTCBS * UTCB_SIZE;
}

void
take_utcb(struct space *space, uint32_t number)
{
        threads[number].space = space;
        expect_call(CALL_OK, utcb_take(&threads[number], utcb_place(number)),
                    "utcb_take at 0x%08x", utcb_place(number));
}

TEST(utcbs_are_where_they_are_wanted)
{
        struct space *space = utcbs_begin(PAGES * H_PAGE_SIZE);
        struct h_mapping_info info;

        for (uint32_t i = 0; i < PLACES; i += 3) {
                take_utcb(space, i);
                expect_hex(utcb_place(i) + UTCB_MR0, threads[i].local,
                           "the local ID of a thread with its UTCB at 0x%08x",
                           utcb_place(i));
                expect_number((utcb_place(i) % H_PAGE_SIZE + UTCB_MR0) / 4,
                              threads[i].mr0,
                              "mr0 of a thread with its UTCB at 0x%08x",
                              utcb_place(i));
                expect_bool(true, parts_mapping(space, utcb_place(i), &info),
                            "a page is mapped at 0x%08x", utcb_place(i));
                expect_bool(true, (info.rights & (H_R | H_W)) == (H_R | H_W),
                            "programs read and write the page at 0x%08x",
                            utcb_place(i));
                struct h_vaddr at = { utcb_place(i) + UTCB_MR0 };
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
        struct space *space = utcbs_begin(H_PAGE_SIZE);

        for (uint32_t i = 0; i < UTCBS; i++)
                take_utcb(space, i);
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
                struct h_vaddr at = { utcb_place(i) };
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
        struct space *space = utcbs_begin(H_PAGE_SIZE);

        take_utcb(space, 0); // it keeps the page
        for (uint32_t round = 0; round < 2; round++)
                for (uint32_t i = 1; i < UTCBS; i += 3) {
                        take_utcb(space, i);
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

        utcbs_begin_small(2);
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
        struct space *one = utcbs_begin(8 * H_PAGE_SIZE);
        struct space *two = parts_space_with(AREA, 8 * H_PAGE_SIZE);
        struct space *three = parts_space_with(AREA, 8 * H_PAGE_SIZE);

        for (uint32_t i = 0; i < PLACES; i++)
                take_utcb(i % 2 ? one : two, i);
        for (uint32_t i = 0; i < PLACES; i++) {
                uint32_t local = utcb_place(i) + UTCB_MR0;
                expect_bool(true,
                            utcb_find(i % 2 ? one : two, local) == &threads[i],
                            "utcb_find(0x%08x) in its space", local);
                expect_bool(false, utcb_find(i % 2 ? two : one, local) != NULL,
                            "utcb_find(0x%08x) in another space", local);
        }
        for (uint32_t i = 0; i < PLACES; i++)
                utcb_give(&threads[i]);
        find_with_two_pages(one, three);
        take_utcb(two, 0);
        utcbs_init();
        expect_bool(false, utcb_find(two, utcb_place(0) + UTCB_MR0) != NULL,
                    "utcb_find(0x%08x) after utcbs_init",
                    utcb_place(0) + UTCB_MR0);
}

TEST(utcb_find_takes_any_word)
{
        struct space *space = utcbs_begin(PAGES * H_PAGE_SIZE);
        static const uint32_t words[] = {
                0,          1,          0xFF,       0x100,
                0x200,      UINT32_MAX, 0xFFFFFFC0, 0xFFFFFF00,
                0xBFFFFF00, 0xC0000100, AREA,       AREA + 0xC0,
        };

        take_utcb(space, 3);
        uint32_t local = threads[3].local;
        for (uint32_t bit = 0; bit < 32; bit++) {
                trying("utcb_find(0x%08x)", local ^ 1u << bit);
                expect_bool(false, utcb_find(space, local ^ 1u << bit) != NULL,
                            "utcb_find(0x%08x): only 0x%08x is a local ID",
                            local ^ 1u << bit, local);
        }
        for (uint32_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
                trying("utcb_find(0x%08x)", words[i]);
                expect_bool(false, utcb_find(space, words[i]) != NULL,
                            "utcb_find(0x%08x)", words[i]);
        }
        trying_over();
        take_utcb(space, 4); // it keeps the page
        struct thread copy = threads[3];
        utcb_give(&copy);
        expect_hex(0, copy.local, "the local ID of a thread without a UTCB");
        expect_hex(local, threads[3].local,
                   "the local ID of another structure than utcb_give was told");
        expect_bool(false, utcb_find(space, local) != NULL,
                    "utcb_find(0x%08x): the thread is no more", local);
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
                    utcb_find(space, utcb_place(n) + UTCB_MR0) == &threads[n],
                    "round %u: utcb_find finds the %u. thread", round, n + 1);
}

// A page is there while somebody has a UTCB in it.
TEST(utcbs_come_and_go)
{
        struct space *space = utcbs_begin(0x100000);
        uint32_t all = pool_left();
        uint32_t in_page[PAGES] = { 0 };
        struct h_mapping_info info;

        apart = FAR;
        utcbs_begin_small(PAGES + 1);
        for (uint32_t i = 0; i < PLACES; i++)
                there[i] = false;
        for (uint32_t i = 0; i < ROUNDS; i++) {
                uint32_t n = next_place(i);
                if (there[n])
                        utcb_give(&threads[n]);
                else
                        take_utcb(space, n);
                in_page[n / UTCBS] += there[n] ? UINT32_MAX : 1;
                there[n] = !there[n];
                uint32_t pages = 0;
                for (uint32_t page = 0; page < PAGES; page++) {
                        bool due = in_page[page] > 0;
                        expect_bool(due,
                                    parts_mapping(space,
                                                  utcb_place(page * UTCBS),
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
