// SPDX-License-Identifier: MIT
// Tests of how a flexpage that is sent fits into a window: example by example, and all
// pairs of sizes by the rule. Nothing but the function is needed.
#include <h/types.h>
#include <h4/test.h>
#include <l4/fpages.h>

#define WHOLE_LEAST                                                            \
        (FPAGE_ALL_LOG2 << 4)           // the whole space, as programs write it
#define WHOLE_LARGEST (SPACE_LOG2 << 4) // and as they may write it too

// Says what a test is about: how these two fit.
#define PAIR_TEXT                                                              \
        "fpages_fit(0x%08x (2^%u bytes at 0x%08x), base 0x%08x, window "       \
        "0x%08x (2^%u at 0x%08x))"
#define PAIR(sent, base, window) WORD(sent), base, WORD(window)
#define WORD(word) word, log2_of(word), (word) & -1024u

static unsigned
log2_of(uint32_t word)
{
        unsigned log2 = word >> 4 & 0x3F;

        return log2 == FPAGE_ALL_LOG2 ? SPACE_LOG2 : log2;
}

static struct fpage_pair
fit(uint32_t sent, uint32_t base, uint32_t window)
{
        trying(PAIR_TEXT, PAIR(sent, base, window));
        struct fpage_pair pair = fpages_fit(sent, base, window);
        trying_over();

        expect_bool(true, pair.any, PAIR_TEXT ": is anything sent",
                    PAIR(sent, base, window));
        return pair;
}

static void
expect_fit(uint32_t from, uint32_t to, unsigned log2, uint32_t sent,
           uint32_t base, uint32_t window)
{
        struct fpage_pair pair = fit(sent, base, window);

        expect_number(log2, pair.log2, PAIR_TEXT ": the size, its log2",
                      PAIR(sent, base, window));
        expect_hex(from, pair.from, PAIR_TEXT ": where it comes from",
                   PAIR(sent, base, window));
        expect_hex(to, pair.to, PAIR_TEXT ": where it goes",
                   PAIR(sent, base, window));
}

static void
expect_nothing(uint32_t sent, uint32_t base, uint32_t window)
{
        trying(PAIR_TEXT, PAIR(sent, base, window));
        expect_bool(false, fpages_fit(sent, base, window).any,
                    PAIR_TEXT ": is anything sent", PAIR(sent, base, window));
        trying_over();
}

// --- Example by example ---------------------------------------------------------------

TEST(fit_equal_sizes)
{
        static const uint32_t bases[] = { 0, 0x1000, 0x12345000, 0xFFFFFFFF };

        for (unsigned i = 0; i < 4; i++) {
                expect_fit(0x00403000, 0x20001000, 12,
                           fpage_make(0x00403000, 12, 7), bases[i],
                           fpage_make(0x20001000, 12, 0));
                expect_fit(0x00800000, 0x40400000, 22,
                           fpage_make(0x00800000, 22, 7), bases[i],
                           fpage_make(0x40400000, 22, 0));
                expect_fit(0x80000000, 0, 31, fpage_make(0x80000000, 31, 7),
                           bases[i], fpage_make(0, 31, 0));
        }
}

// The sender selects a part of the window.
TEST(fit_small_into_large)
{
        uint32_t page = fpage_make(0x00403000, 12, 7);
        uint32_t window = fpage_make(0x20010000, 16, 0);
        uint32_t pages = fpage_make(0x00408000, 14, 7);

        expect_fit(0x00403000, 0x20010000, 12, page, 0, window);
        expect_fit(0x00403000, 0x20015000, 12, page, 0x5000, window);
        expect_fit(0x00403000, 0x2001F000, 12, page, 0xF000, window);
        // Behind the window's end, and far behind it.
        expect_fit(0x00403000, 0x20010000, 12, page, 0x10000, window);
        expect_fit(0x00403000, 0x20013000, 12, page, 0xABCD3000, window);
        // In the middle of a part.
        expect_fit(0x00408000, 0x20018000, 14, pages, 0x9000, window);
        expect_fit(0x00408000, 0x20014000, 14, pages, 0x7C00, window);
        expect_fit(0x00800000, 0x80C00000, 22, fpage_make(0x00800000, 22, 7),
                   0x0FFFFC00, fpage_make(0x80000000, 24, 0));
}

// The sender selects a part of what is its own.
TEST(fit_large_into_small)
{
        uint32_t pages = fpage_make(0x00410000, 16, 7);
        uint32_t window = fpage_make(0x20003000, 12, 0);

        expect_fit(0x00410000, 0x20003000, 12, pages, 0, window);
        expect_fit(0x00415000, 0x20003000, 12, pages, 0x5000, window);
        expect_fit(0x0041F000, 0x20003000, 12, pages, 0xF000, window);
        expect_fit(0x00410000, 0x20003000, 12, pages, 0x10000, window);
        expect_fit(0x00413000, 0x20003000, 12, pages, 0xABCD3000, window);
        expect_fit(0x00418000, 0x20004000, 14, pages, 0x9000,
                   fpage_make(0x20004000, 14, 0));
        expect_fit(0x80C00000, 0x00800000, 22, fpage_make(0x80000000, 24, 7),
                   0x0FFFFC00, fpage_make(0x00800000, 22, 0));
}

static void
check_whole(uint32_t whole)
{
        uint32_t page = fpage_make(0x00403000, 12, 7);

        expect_fit(0x00403000, 0xBFFFF000, 12, page, 0xBFFFF7FF, whole);
        expect_fit(0x00403000, 0, 12, page, 0, whole);
        expect_fit(0x12345000, 0x00403000, 12, whole | 7, 0x12345C00, page);
        expect_fit(0x80000000, 0, 31, whole | 7, 0xFFFFFC00,
                   fpage_make(0, 31, 0));
        // Where nothing is left to be selected.
        expect_fit(0, 0, 32, whole | 7, 0x12345000, whole);
        expect_fit(0, 0, 32, WHOLE_LEAST, 0xFFFFFFFF, whole);
        expect_fit(0, 0, 32, whole, 0, WHOLE_LARGEST);
}

TEST(fit_whole_space)
{
        check_whole(WHOLE_LEAST);
        check_whole(WHOLE_LARGEST);
        // What stands above the size says nothing.
        check_whole(WHOLE_LARGEST | 0x80000000);
        check_whole(WHOLE_LEAST | 0x12345000);
}

// Addresses that are no multiples of the size, bits that mean something else.
TEST(fit_words_of_any_kind)
{
        uint32_t window = fpage_make(0x20010000, 16, 0);

        expect_fit(0x00400000, 0x40000000, 22, fpage_make(0x007FFC00, 22, 7), 0,
                   fpage_make(0x40123000, 22, 0));
        expect_fit(0x00403000, 0x20014000, 12, fpage_make(0x00403C00, 12, 7),
                   0x4000, fpage_make(0x2001D400, 16, 5));
        expect_fit(0x00415000, 0x20003000, 12, fpage_make(0x0041D400, 16, 1),
                   0x5000, fpage_make(0x20003800, 12, 7));
        for (uint32_t low = 0; low < 1024; low += 93) {
                expect_fit(0x00403000, 0x20015000, 12,
                           fpage_make(0x00403000, 12, low & 7), 0x5000 | low,
                           window);
                expect_fit(0x00415000, 0x20003000, 12,
                           fpage_make(0x00410000, 16, low & 7), 0x5000 | low,
                           fpage_make(0x20003000, 12, 0));
        }
}

// --- Words that are nothing, or too small -------------------------------------------------

static void
expect_no_memory(uint32_t word)
{
        static const uint32_t bases[] = { 0, 0x5000, 0xFFFFFFFF };
        static const uint32_t others[] = { WHOLE_LEAST | 7, 0x00403000 | 0xC7,
                                           0x20000000 | 0x1F7 };

        for (unsigned i = 0; i < 3; i++) {
                expect_nothing(word, bases[i], others[i]);
                expect_nothing(others[i], bases[i], word);
                expect_nothing(word, bases[i], word);
        }
}

TEST(fit_refuses)
{
        expect_no_memory(FPAGE_NIL);
        expect_no_memory(7);
        expect_no_memory(0x12345000);
        expect_no_memory(fpage_ports(0, 16) | 7);
        expect_no_memory(fpage_ports(0x60, 3) | 7);
        for (unsigned log2 = 2; log2 < H_PAGE_LOG2; log2++)
                expect_no_memory(fpage_make(0x00405000, log2, 7));
        for (unsigned log2 = SPACE_LOG2 + 1; log2 < 64; log2++)
                expect_no_memory(fpage_make(0x00405000, log2, 7));
}

// --- All pairs of sizes ---------------------------------------------------------------------

// The last byte of a flexpage, counted from its first one.
static uint32_t
last_of(unsigned log2)
{
        return log2 == SPACE_LOG2 ? UINT32_MAX : (1u << log2) - 1;
}

static void
expect_part(uint32_t part, struct flexpage page, struct fpage_pair pair,
            const char *whose)
{
        if (part < page.first || part - page.first > last_of(page.log2) ||
            last_of(page.log2) - (part - page.first) < last_of(pair.log2))
                fail("of two flexpages, 2^%u bytes go: those at 0x%08x are not "
                     "all %s, which is 2^%u bytes at 0x%08x",
                     pair.log2, part, whose, page.log2, page.first);
        if ((part & last_of(pair.log2)) != 0)
                fail("2^%u bytes at 0x%08x, of %s, are no flexpage", pair.log2,
                     part, whose);
}

// How far into the larger one the base points, in parts of the smaller one.
static uint32_t
parts_due(uint32_t base, unsigned larger, unsigned smaller)
{
        return smaller == SPACE_LOG2 ? 0 : (base & last_of(larger)) >> smaller;
}

static void
check_pair(unsigned log2, uint32_t base, unsigned window_log2)
{
        uint32_t sent = fpage_make(random_word() & ~0x3FFu, log2, 7);
        uint32_t window = fpage_make(random_word() & ~0x3FFu, window_log2, 0);
        struct flexpage from = fpage_parse(sent), to = fpage_parse(window);
        unsigned least = log2 < window_log2 ? log2 : window_log2;

        if (least < H_PAGE_LOG2) {
                expect_nothing(sent, base, window);
                return;
        }
        struct fpage_pair pair = fit(sent, base, window);
        expect_number(least, pair.log2, PAIR_TEXT ": the size, its log2",
                      PAIR(sent, base, window));
        expect_part(pair.from, from, pair, "the sender's");
        expect_part(pair.to, to, pair, "in the window");

        bool selects_to = log2 < window_log2;
        uint32_t inside =
                selects_to ? pair.to - to.first : pair.from - from.first;
        expect_number(parts_due(base, selects_to ? window_log2 : log2, least),
                      least == SPACE_LOG2 ? 0 : inside >> least,
                      PAIR_TEXT ": which part of the larger one, from 0 on",
                      PAIR(sent, base, window));
}

// Below the smaller size, between the two, beyond the larger one, and anywhere.
TEST(fit_all_pairs)
{
        for (unsigned a = FPAGE_LEAST_LOG2; a <= SPACE_LOG2; a++)
                for (unsigned b = FPAGE_LEAST_LOG2; b <= SPACE_LOG2; b++) {
                        unsigned least = a < b ? a : b;
                        unsigned most = a < b ? b : a;
                        uint32_t any = random_word();
                        check_pair(a, any & last_of(least), b);
                        check_pair(a, any & ~last_of(least) & last_of(most), b);
                        check_pair(a, any & ~last_of(most), b);
                        check_pair(a, any, b);
                }
}
