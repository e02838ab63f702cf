// SPDX-License-Identifier: MIT
// Tests of exercise 1.1, flexpage arithmetic.
#include <h4/entries.h>
#include <h4/test.h>
#include <kernel/flexpage.h>

// What a flexpage covers, in 64 bits, where nothing wraps.
static uint64_t
end_of(struct fpage fpage)
{
        return fpage_first(fpage) + ((uint64_t)1 << fpage_log2(fpage));
}

TEST(fpage_make_takes_every_size)
{
        uint32_t base = 0xDEADBEEF;
        for (unsigned n = 12; n < 32; n++) {
                uint32_t first = base >> n << n;
                expect_hex(first | n, fpage_make(base, n).word,
                           "fpage_make(0x%08x, %u)", base, n);
        }
        expect_hex(32, fpage_make(base, 32).word,
                   "fpage_make(0x%08x, 32): the complete address space", base);
        expect_hex(0xFFFFF00C, fpage_make(0xFFFFFFFF, 12).word,
                   "fpage_make(0xffffffff, 12): the last page");
        expect_hex(0xFFC00016, fpage_make(0xFFFFFFFF, 22).word,
                   "fpage_make(0xffffffff, 22): the last 4 MB");
        expect_hex(0xBFC00016, fpage_make(0xBFFFFFFF, 22).word,
                   "fpage_make(0xbfffffff, 22): below the border at 3 GB");
        expect_hex(0x0000000C, fpage_make(0x00000FFF, 12).word,
                   "fpage_make(0x00000fff, 12): the first page");
}

TEST(fpage_last_is_the_last_byte)
{
        for (unsigned n = 12; n < 32; n++) {
                struct fpage low = raw_range(0, n);
                expect_hex((1u << n) - 1, fpage_last(low),
                           "fpage_last of 2^%u bytes at 0", n);
                struct fpage top = raw_range(0xFFFFFFFF >> n << n, n);
                expect_hex(0xFFFFFFFF, fpage_last(top),
                           "fpage_last of the last 2^%u bytes", n);
        }
        expect_hex(0xFFFFFFFF, fpage_last(raw_range(0, 32)),
                   "fpage_last of the complete address space");
        expect_hex(0xC03FFFFF, fpage_last(raw_range(0xC0000000, 22)),
                   "fpage_last of 4 MB at 0xc0000000");
}

static void
contains(bool due, struct fpage fpage, uint32_t address)
{
        expect_bool(due, fpage_contains(fpage, address),
                    "fpage_contains(2^%u bytes at 0x%08x, 0x%08x)",
                    fpage_log2(fpage), fpage_first(fpage), address);
}

TEST(fpage_contains_both_its_borders)
{
        struct fpage middle = raw_range(0x00800000, 22);
        contains(false, middle, 0x007FFFFF);
        contains(true, middle, 0x00800000);
        contains(true, middle, 0x009ABCDE);
        contains(true, middle, 0x00BFFFFF);
        contains(false, middle, 0x00C00000);
        contains(false, middle, 0x80800000);

        struct fpage top = raw_range(0xFFFFF000, 12);
        contains(false, top, 0xFFFFEFFF);
        contains(true, top, 0xFFFFF000);
        contains(true, top, 0xFFFFFFFF);
        contains(false, top, 0);

        struct fpage all = raw_range(0, 32);
        contains(true, all, 0);
        contains(true, all, 0xC0000000);
        contains(true, all, 0xFFFFFFFF);
}

static void
within(bool due, struct fpage inner, struct fpage outer)
{
        expect_bool(due, fpage_within(inner, outer),
                    "fpage_within(2^%u bytes at 0x%08x, 2^%u bytes at 0x%08x)",
                    fpage_log2(inner), fpage_first(inner), fpage_log2(outer),
                    fpage_first(outer));
}

TEST(fpage_within_compares_whole_ranges)
{
        struct fpage large = raw_range(0x00400000, 22);
        struct fpage first = raw_range(0x00400000, 12);
        struct fpage last = raw_range(0x007FF000, 12);
        struct fpage behind = raw_range(0x00800000, 12);
        struct fpage all = raw_range(0, 32);
        struct fpage top = raw_range(0xFFC00000, 22);

        within(true, first, large);
        within(true, last, large);
        within(true, large, large);
        within(false, large, first);
        within(false, large, last);
        within(false, behind, large);
        within(false, raw_range(0x003FF000, 12), large);
        within(true, top, all);
        within(true, all, all);
        within(false, all, top);
        within(true, raw_range(0xFFFFF000, 12), top);
}

static void
overlap(bool due, struct fpage a, struct fpage b)
{
        expect_bool(due, fpage_overlap(a, b),
                    "fpage_overlap(2^%u bytes at 0x%08x, 2^%u bytes at 0x%08x)",
                    fpage_log2(a), fpage_first(a), fpage_log2(b),
                    fpage_first(b));
}

TEST(fpage_overlap_in_both_directions)
{
        struct fpage large = raw_range(0x00400000, 22);
        struct fpage small = raw_range(0x00523000, 12);
        struct fpage top = raw_range(0xFFFF0000, 16);
        struct fpage all = raw_range(0, 32);

        overlap(true, large, small);
        overlap(true, small, large);
        overlap(true, small, small);
        overlap(false, large, raw_range(0x003FF000, 12));
        overlap(false, raw_range(0x00800000, 22), large);
        overlap(false, small, raw_range(0x00522000, 12));
        overlap(false, small, raw_range(0x00524000, 12));
        overlap(true, top, all);
        overlap(true, all, top);
        overlap(false, top, raw_range(0, 16));
}

TEST(fpage_make_refuses_other_sizes)
{
        static const unsigned sizes[] = { 0,  1,  11, 33, 44,
                                          63, 64, 76, 96, 0xFFFFFFFF };

        expect_hex(0x0040000C, fpage_make(0x00400000, 12).word,
                   "fpage_make(0x00400000, 12)");
        for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
                expect_hex(0, fpage_make(0x00400000, sizes[i]).word,
                           "fpage_make(0x00400000, %u): nil", sizes[i]);
}

TEST(nil_holds_nothing)
{
        struct fpage nil = raw_range(0, 0);
        struct fpage first = raw_range(0, 12);
        struct fpage all = raw_range(0, 32);

        contains(true, first, 0);
        contains(false, nil, 0);
        contains(false, nil, 0xFFFFFFFF);
        within(true, first, all);
        within(false, nil, all);
        within(false, first, nil);
        within(false, nil, nil);
        overlap(true, first, all);
        overlap(false, nil, all);
        overlap(false, all, nil);
        overlap(false, nil, nil);
}

static struct fpage
random_range(void)
{
        unsigned n = 12 + random_below(21);
        return n == 32 ? raw_range(0, 32)
                       : raw_range(random_word() >> n << n, n);
}

TEST(flexpages_agree_with_64_bit_arithmetic)
{
        for (int round = 0; round < 400; round++) {
                struct fpage a = random_range(), b = random_range();
                uint32_t inside = (uint32_t)(end_of(a) - 1) -
                                  (random_word() & (PAGE_SIZE - 1));
                struct fpage made = fpage_make(inside, fpage_log2(a));

                expect_hex(a.word, made.word, "fpage_make(0x%08x, %u)", inside,
                           fpage_log2(a));
                expect_hex((uint32_t)(end_of(a) - 1), fpage_last(a),
                           "fpage_last of 2^%u bytes at 0x%08x", fpage_log2(a),
                           fpage_first(a));
                contains(true, a, inside);
                contains(end_of(a) > fpage_first(b) &&
                                 fpage_first(a) <= fpage_first(b),
                         a, fpage_first(b));
                within(fpage_first(a) >= fpage_first(b) &&
                               end_of(a) <= end_of(b),
                       a, b);
                overlap(fpage_first(a) < end_of(b) &&
                                fpage_first(b) < end_of(a),
                        a, b);
        }
}
