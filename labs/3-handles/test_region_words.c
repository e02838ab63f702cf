// SPDX-License-Identifier: MIT
// Tests of exercise 3.1: words that are no flexpage, parts that lie outside, and
// words at random.
#include "deriving.h"

// The word is none, whether it is to be a region or a part of one.
static void
is_no_flexpage(uint32_t word, const char *why)
{
        struct h_region out = { { UNTOUCHED } };

        is_no_region(word, why);
        derive_refuses(H_BAD_FLEXPAGE, 0x00800000 | 23, word, why);
        if (h_derive_region((struct h_region){ { word } },
                            (struct h_pfpage){ 0x00800000 | 12 }, &out) == H_OK)
                fail("h_derive_region has taken the word 0x%08x for a region, "
                     "%s",
                     word, why);
        expect_hex(UNTOUCHED, out.pages.word,
                   "h_derive_region from the word 0x%08x, which is no region, "
                   "has written to *out",
                   word);
}

TEST(regions_refuse_words_of_no_form)
{
        const char *size = "there is no such size: log2 is to be 12 to 32";
        const char *bits = "bits 6 to 11 of a flexpage are to be 0";
        const char *base = "a flexpage's base is to be aligned to its size";

        spaces_begin();
        spaces_make();
        derives(region_of(0x00800000, 23), 0x00800000, 23);
        derives(region_of(0x00800000, 12), 0x00800000, 12);

        // Nil, and sizes that there are not.
        for (unsigned log2 = 0; log2 < 64; log2++)
                if (log2 < 12 || log2 > 32)
                        is_no_flexpage(0x00800000 | log2, size);
        is_no_flexpage(0x00000000, size);
        is_no_flexpage(0x00000001, size);
        is_no_flexpage(0x0000000B, size);
        is_no_flexpage(0x00000021, size);
        is_no_flexpage(0x0000002C, size);

        // Bits between size and base.
        for (uint32_t bit = 0x040; bit < 0x1000; bit <<= 1) {
                is_no_flexpage(0x00800000 | bit | 12, bits);
                is_no_flexpage(0x00800000 | bit | 16, bits);
        }
        is_no_flexpage(0x00800FCC, bits);
        is_no_flexpage(0x00800000 | 12 << 6, bits);

        // Bases that are not aligned to the size, by each bit.
        for (unsigned log2 = 13; log2 <= 23; log2++) {
                is_no_flexpage(0x00801000 | log2, base);
                is_no_flexpage((0x00800000 + (1u << (log2 - 1))) | log2, base);
        }
        is_no_flexpage(0x00801000 | 32, base);
        is_no_flexpage(0x80000000 | 32, base);
        spaces_check("after h_derive_region");
}

TEST(derive_refuses_what_lies_outside)
{
        const uint32_t whole = 0x00A00000 | 18;
        const char *outside = "which does not hold it";

        spaces_begin();
        spaces_make();
        derives(region_of(0x00A00000, 18), 0x00A00000, 18);
        derives(region_of(0x00A00000, 18), 0x00A3F000, 12);

        // In front of it, behind it, around it; in other regions.
        derive_refuses(H_BAD_SIZE, whole, 0x009FF000 | 12, outside);
        derive_refuses(H_BAD_SIZE, whole, 0x00A40000 | 12, outside);
        derive_refuses(H_BAD_SIZE, whole, 0x009C0000 | 18, outside);
        derive_refuses(H_BAD_SIZE, whole, 0x00A40000 | 18, outside);
        derive_refuses(H_BAD_SIZE, whole, 0x00A00000 | 19, outside);
        derive_refuses(H_BAD_SIZE, whole, 0x00A00000 | 21, outside);
        derive_refuses(H_BAD_SIZE, whole, 0x00800000 | 23, outside);
        derive_refuses(H_BAD_SIZE, whole, 0x00000000 | 12, outside);
        derive_refuses(H_BAD_SIZE, whole, 0x00600000 | 18, outside);
        derive_refuses(H_BAD_SIZE, 0x00A00000 | 12, 0x00A01000 | 12, outside);
        derive_refuses(H_BAD_SIZE, 0x00A01000 | 12, 0x00A00000 | 12, outside);
        derive_refuses(H_BAD_SIZE, 0x00A00000 | 12, 0x00A00000 | 13, outside);

        // Address and size together are more than 32 bits hold.
        derive_refuses(H_BAD_SIZE, whole, 0xFFFFF000 | 12, outside);
        derive_refuses(H_BAD_SIZE, whole, 0xFFFC0000 | 18, outside);
        derive_refuses(H_BAD_SIZE, whole, 0xC0000000 | 30, outside);
        derive_refuses(H_BAD_SIZE, whole, 0x80000000 | 31, outside);
        derive_refuses(H_BAD_SIZE, whole, 0x00000000 | 32, outside);
        derive_refuses(H_BAD_SIZE, 0x00000000 | 12, 0xFFFFF000 | 12, outside);
        derive_refuses(H_BAD_SIZE, 0x00000000 | 19, 0x00000000 | 32, outside);

        // And this is no memory of the client's.
        derive_refuses(H_BAD_SIZE, whole, 0x00100000 | 12, outside);
        derive_refuses(H_BAD_SIZE, whole, 0x01800000 | 12, outside);
        spaces_check("after h_derive_region");
}

// Does a flexpage, or what is none, lie within a region? By 64 bits.
static bool
within(uint32_t word, struct h_region region)
{
        uint64_t first = word & -H_PAGE_SIZE, size = 1ull << (word & 0x3F);
        uint64_t begin = region_first(region).value;
        uint64_t end = begin + (1ull << region_log2(region));

        return first >= begin && first + size <= end;
}

static bool
has_the_form(uint32_t word)
{
        uint32_t log2 = word & 0xFFF;

        return log2 >= 12 && log2 <= 32 &&
               ((word & -H_PAGE_SIZE) & ((1ull << log2) - 1)) == 0;
}

static bool
is_within_one(uint32_t word)
{
        if (!has_the_form(word))
                return false;
        for (size_t i = 0; i < region_table.count; i++)
                if (within(word, initial_region(i)))
                        return true;
        return false;
}

// A word that is likely to be one of a region, or nearly so.
static uint32_t
random_word_near(uint32_t pages)
{
        uint32_t page = random_below(pages);
        unsigned log2 = 11 + random_below(13);

        switch (random_below(8)) {
        case 0:
                return random_word();
        case 1:
                return page * H_PAGE_SIZE | random_below(0x1000);
        case 2:
                return page * H_PAGE_SIZE | log2;
        case 3:
                return page * H_PAGE_SIZE | H_PAGE_LOG2;
        default:
                return (page * H_PAGE_SIZE & -(1u << log2)) | log2;
        }
}

TEST(regions_of_random_words)
{
        spaces_begin();
        spaces_make();
        for (unsigned i = 0; i < 300; i++) {
                uint32_t word = random_word_near(SPACES_PAGES + 0x100);
                if (is_within_one(word))
                        is_region(word);
                else
                        is_no_region(word,
                                     has_the_form(word)
                                             ? "which lies in no initial region"
                                             : "which is no flexpage");
        }
        for (unsigned i = 0; i < 200; i++) {
                size_t number = random_below((uint32_t)region_table.count);
                struct h_region whole = initial_region(number);
                uint32_t word = random_word_near(2 * page_count(whole) + 1) +
                                region_first(whole).value;
                if (!has_the_form(word))
                        derive_refuses(H_BAD_FLEXPAGE, whole.pages.word, word,
                                       "the first is no flexpage");
                else if (!within(word, whole))
                        derive_refuses(H_BAD_SIZE, whole.pages.word, word,
                                       "which does not hold it");
                else
                        derives(whole, word & -H_PAGE_SIZE, word & 0xFFF);
        }
        spaces_check("after h_derive_region");
}
