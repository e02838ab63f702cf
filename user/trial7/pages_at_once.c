// SPDX-License-Identifier: MIT
// Trials: two tasks do the same at once, with pages of their own, and neither notices the
// other, wherever the timer says that it is the other one's turn.
#include "task.h"

#include <l4/space.h>

#define HALF (STORE_PAGES / 2)
#define ROUNDS 2u

// Where the pages of the first or the second half are, and one of them.
static L4_Word_t
half(L4_Word_t second)
{
        return PLACE + second * HALF * BYTES;
}

// Tasks 1 and 2 have one half each, with all rights, and others below them.
static void
begin(void)
{
        for (L4_Word_t n = 1; n <= 6; n++)
                task_begin(n);
        for (L4_Word_t i = 0; i < STORE_PAGES; i++)
                *store_word(i) = 100 + i;
}

static void
hand_out(L4_Word_t second)
{
        const L4_Word_t to = second ? 2 : 1;

        expect_that(map(0, to, pages(store_at(second * HALF), 14, ALL),
                        half(second), WHOLE),
                    "pages are mapped");
        for (L4_Word_t n = to + 2; n <= 6; n += 2)
                expect_that(map(to, n, pages(half(second), 14, ALL),
                                half(second), WHOLE),
                            "pages are handed on");
}

static void
both(void)
{
        task_starts(1);
        task_starts(2);
        task_is_over(1);
        task_is_over(2);
}

// Of each page in a flexpage of its own: the first task takes the right to write from those
// below, the second one everything, from itself too.
static void
take_away(void)
{
        orders[1] = (struct order){ .what = TASK_UNMAPS, .a = HALF - 1 };
        orders[2] = (struct order){
                .what = TASK_UNMAPS,
                .a = __L4_UNMAP_FROM_ME_TOO | (HALF - 2),
        };
        for (L4_Word_t i = 0; i < HALF; i++) {
                orders[1].mr[i] = pages(half(0) + i * BYTES, 12, WRITING);
                orders[2].mr[i] = pages(half(1) + i * BYTES, 12, ALL);
        }
        both();
}

TRIAL(unmaps_at_once)
{
        begin();
        for (L4_Word_t round = 0; round < ROUNDS; round++) {
                hand_out(0);
                hand_out(1);
                poke(3, half(0) + BYTES, 101);
                (void)peek(4, half(1) + BYTES);
                take_away();
                expect_word(WRITING, orders[1].mr[1] & WRITING,
                            "the first hears who has written");
                for (L4_Word_t i = 0; i < HALF; i++) {
                        L4_Word_t at = half(0) + i * BYTES;
                        expect_that(poke(1, at, 100 + i), "the first has all");
                        expect_word(100 + i, peek(5, at), "one below it reads");
                        expect_that(!poke(3, at, 0), "and does not write");
                        at = half(1) + i * BYTES;
                        expect_word(i < HALF - 1 ? NOTHING : 104 + i,
                                    peek(2, at), "what the second has left");
                        expect_word(i < HALF - 1 ? NOTHING : 104 + i,
                                    peek(6, at), "and those below it");
                }
        }
}

// Items of one page each, every other one for reading only.
static void
sends(L4_Word_t from, L4_Word_t to, L4_Word_t second)
{
        orders[from] =
                (struct order){ .what = TASK_SENDS, .to = thread_id(to) };
        orders[to] = (struct order){ .what = TASK_SENDS,
                                     .from = thread_id(from),
                                     .window = WHOLE };
        orders[from].mr[0] = 2 * HALF << 6;
        for (L4_Word_t i = 0; i < HALF; i++) {
                L4_Word_t at = half(second) + i * BYTES;
                orders[from].mr[1 + 2 * i] = (at & ~0x3FFu) | 0x8;
                orders[from].mr[2 + 2 * i] =
                        pages(at, 12, i % 2 == second ? ALL : READING);
        }
}

TRIAL(items_at_once)
{
        begin();
        for (L4_Word_t second = 0; second < 2; second++)
                expect_that(map(0, 1 + second,
                                pages(store_at(second * HALF), 14, ALL),
                                half(second), WHOLE),
                            "pages are mapped");
        for (L4_Word_t round = 0; round < ROUNDS; round++) {
                sends(1, 3, 0);
                sends(2, 4, 1);
                task_starts(3);
                task_starts(4);
                both();
                task_is_over(3);
                task_is_over(4);
                expect_word(0, orders[3].error | orders[4].error,
                            "both have got what was sent");
                for (L4_Word_t i = 0; i < STORE_PAGES; i++) {
                        L4_Word_t second = i / HALF, n = 3 + second;
                        L4_Word_t at = PLACE + i * BYTES;
                        expect_word(100 + i, peek(n, at), "who got it reads");
                        expect_word(i % HALF % 2 == second,
                                    poke(n, at, 100 + i), "and writes");
                        expect_word(NOTHING, peek(7 - n, at),
                                    "the other one has not got it");
                        unmap(1 + second, pages(at, 12, ALL));
                }
        }
}
