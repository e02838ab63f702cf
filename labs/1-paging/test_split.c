// SPDX-License-Identifier: MIT
// Tests of exercise 1.2, splitting a range into flexpages.
#include <h4/entries.h>
#include <h4/test.h>
#include <kernel/flexpage.h>

// More than any range needs, and a word that no flexpage is.
#define ROOM 80
#define UNTOUCHED 0xEEEEEEEEu

static struct fpage parts[ROOM];
static size_t count;

static void
clear(void)
{
        for (unsigned i = 0; i < ROOM; i++)
                parts[i].word = UNTOUCHED;
        count = UNTOUCHED;
}

// Splits the range and looks whether exactly these flexpages come out.
static void
splits(uint32_t first, uint32_t last, const struct fpage *due, size_t due_count)
{
        clear();
        expect_result(PAGING_OK, fpage_split(first, last, parts, ROOM, &count),
                      "fpage_split(0x%08x, 0x%08x)", first, last);
        expect_number(due_count, count,
                      "fpage_split(0x%08x, 0x%08x): the number of flexpages",
                      first, last);
        for (size_t i = 0; i < due_count; i++)
                expect_hex(due[i].word, parts[i].word,
                           "fpage_split(0x%08x, 0x%08x): flexpage %zu", first,
                           last, i);
        expect_hex(UNTOUCHED, parts[due_count].word,
                   "fpage_split(0x%08x, 0x%08x): the place behind the last "
                   "flexpage",
                   first, last);
}

TEST(split_keeps_an_aligned_range_whole)
{
        for (unsigned n = 12; n < 32; n++) {
                uint32_t first = 0x80000000u;
                struct fpage due = raw_range(first, n);
                splits(first, first + ((1u << n) - 1), &due, 1);
        }
        struct fpage all = raw_range(0, 32);
        splits(0, 0xFFFFFFFF, &all, 1);
        struct fpage first = raw_range(0, 12);
        splits(0, 0x00000FFF, &first, 1);
}

TEST(split_of_a_ragged_range)
{
        static const struct fpage ragged[] = {
                { 0x0000500C }, { 0x0000600D }, { 0x0000800F },
                { 0x0001000D }, { 0x0001200C },
        };
        splits(0x00005000, 0x00012FFF, ragged, 5);

        // Over the border of two page-tables.
        static const struct fpage border[] = { { 0x003FE00D }, { 0x0040000E } };
        splits(0x003FE000, 0x00403FFF, border, 2);

        // Over the border between user and kernel space.
        static const struct fpage kernel[] = { { 0xBFFFF00C }, { 0xC000000C } };
        splits(0xBFFFF000, 0xC0000FFF, kernel, 2);

        // Aligned to far more than its size.
        static const struct fpage three[] = { { 0x8000000D }, { 0x8000200C } };
        splits(0x80000000, 0x80002FFF, three, 2);
}

TEST(split_up_to_the_top_of_the_address_space)
{
        static const struct fpage last[] = { { 0xFFFFF00C } };
        splits(0xFFFFF000, 0xFFFFFFFF, last, 1);

        static const struct fpage window[] = { { 0xFFC00016 } };
        splits(0xFFC00000, 0xFFFFFFFF, window, 1);

        static const struct fpage three[] = { { 0xFFFFD00C }, { 0xFFFFE00D } };
        splits(0xFFFFD000, 0xFFFFFFFF, three, 2);

        // All but the first and the last page takes the most flexpages.
        struct fpage most[38];
        for (unsigned i = 0; i < 19; i++) {
                most[i] = raw_range(1u << (12 + i), 12 + i);
                most[37 - i] = raw_range(-(2u << (12 + i)), 12 + i);
        }
        splits(0x00001000, 0xFFFFEFFF, most, 38);
}

TEST(split_counts_before_it_writes)
{
        // How many there are can be asked for without any room.
        clear();
        expect_result(PAGING_CAPACITY,
                      fpage_split(0x00005000, 0x00012FFF, NULL, 0, &count),
                      "fpage_split(0x00005000, 0x00012fff) without room");
        expect_number(5, count, "the number of flexpages that it says");

        // So much room is enough.
        expect_result(PAGING_OK,
                      fpage_split(0x00005000, 0x00012FFF, parts, 5, &count),
                      "fpage_split(0x00005000, 0x00012fff), room for 5");
        expect_number(5, count, "the number of flexpages that it says");
        expect_hex(0x0001200C, parts[4].word, "the last of 5 flexpages");
}

static void
refuses(enum paging_result due, uint32_t first, uint32_t last)
{
        clear();
        expect_result(PAGING_OK,
                      fpage_split(0x00010000, 0x0001FFFF, parts, ROOM, &count),
                      "fpage_split(0x00010000, 0x0001ffff)");
        clear();
        expect_result(due, fpage_split(first, last, parts, ROOM, &count),
                      "fpage_split(0x%08x, 0x%08x)", first, last);
        expect_hex(UNTOUCHED, count,
                   "*count after fpage_split(0x%08x, 0x%08x) "
                   "has refused",
                   first, last);
        for (unsigned i = 0; i < ROOM; i++)
                expect_hex(UNTOUCHED, parts[i].word,
                           "out[%u] after fpage_split(0x%08x, 0x%08x) has "
                           "refused",
                           i, first, last);
}

TEST(split_refuses_borders_within_a_page)
{
        refuses(PAGING_MISALIGNED, 0x00010001, 0x0001FFFF);
        refuses(PAGING_MISALIGNED, 0x00010800, 0x0001FFFF);
        refuses(PAGING_MISALIGNED, 0x00010000, 0x0001FFFE);
        refuses(PAGING_MISALIGNED, 0x00010000, 0x0001F000);
        refuses(PAGING_MISALIGNED, 0x00010000, 0x00020000);
        refuses(PAGING_MISALIGNED, 0x00010FFF, 0x0001FFFF);
}

TEST(split_refuses_a_range_that_ends_before_it_begins)
{
        refuses(PAGING_RANGE, 0x00011000, 0x00010FFF);
        refuses(PAGING_RANGE, 0x00020000, 0x0000FFFF);
        refuses(PAGING_RANGE, 0xFFFFF000, 0x00000FFF);
}

TEST(split_without_room_writes_nothing)
{
        for (size_t room = 0; room < 5; room++) {
                clear();
                expect_result(PAGING_CAPACITY,
                              fpage_split(0x00005000, 0x00012FFF, parts, room,
                                          &count),
                              "fpage_split(0x00005000, 0x00012fff), room for "
                              "%zu",
                              room);
                expect_number(5, count, "*count, with room for %zu", room);
                for (unsigned i = 0; i < ROOM; i++)
                        expect_hex(UNTOUCHED, parts[i].word,
                                   "out[%u], with room for %zu", i, room);
        }
}

static bool
is_flexpage(struct fpage fpage)
{
        unsigned n = fpage_log2(fpage);
        return n == 32 ? fpage.word == 32
                       : n >= 12 && n < 32 &&
                                 (fpage.word & ((1u << n) - 1)) == n;
}

// Is there no pair of neighbours that one flexpage could replace? Together with
// the rest this is the same as "as few as possible".
static void
check_fewest(size_t at)
{
        struct fpage a = parts[at], b = parts[at + 1];
        unsigned n = fpage_log2(a);
        if (n == fpage_log2(b) && !(fpage_first(a) & (1u << n)))
                fail("flexpages %zu and %zu (2^%u bytes at 0x%08x and 0x%08x) "
                     "could be one",
                     at, at + 1, n, fpage_first(a), fpage_first(b));
}

TEST(split_covers_random_ranges_exactly_once)
{
        for (int round = 0; round < 80; round++) {
                unsigned shift = random_below(20);
                uint32_t first = random_word() >> shift & 0xFFFFF000u;
                uint32_t last = random_word() >> shift | 0xFFFu;
                if (last < first) {
                        uint32_t swapped = first;
                        first = last & 0xFFFFF000u;
                        last = swapped | 0xFFFu;
                }
                clear();
                expect_result(PAGING_OK,
                              fpage_split(first, last, parts, ROOM, &count),
                              "fpage_split(0x%08x, 0x%08x)", first, last);
                if (count > ROOM)
                        fail("fpage_split(0x%08x, 0x%08x) says %zu flexpages",
                             first, last, count);

                uint64_t next = first;
                for (size_t i = 0; i < count; i++) {
                        unsigned n = fpage_log2(parts[i]);
                        if (!is_flexpage(parts[i]))
                                fail("fpage_split(0x%08x, 0x%08x): flexpage "
                                     "%zu, 0x%08x, is none",
                                     first, last, i, parts[i].word);
                        expect_hex((uint32_t)next, fpage_first(parts[i]),
                                   "fpage_split(0x%08x, 0x%08x): where "
                                   "flexpage %zu begins",
                                   first, last, i);
                        next += (uint64_t)1 << n;
                        if (i + 1 < count)
                                check_fewest(i);
                }
                if (next != (uint64_t)last + 1)
                        fail("fpage_split(0x%08x, 0x%08x) ends at 0x%08x",
                             first, last, (uint32_t)(next - 1));
                expect_hex(UNTOUCHED, parts[count].word,
                           "fpage_split(0x%08x, 0x%08x): behind the last "
                           "flexpage",
                           first, last);
        }
}
