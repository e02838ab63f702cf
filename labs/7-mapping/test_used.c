// SPDX-License-Identifier: MIT
// Tests of who has used a mapping, one function at a time: what is noted, seen and told in
// each case, and that nothing else is changed.
#include "used.h"

#define ALL_USES 4u // none, H_R, H_W, both: bits 0 and 1

static unsigned
use(unsigned number)
{
        return (number & 1 ? H_R : 0) | (number & 2 ? H_W : 0);
}

// --- Mappings of which only these four functions know --------------------------------------

static struct mapping top, parent, child;

static void
begin(struct mapping *mapping, struct mapping *of, unsigned used, unsigned news)
{
        *mapping = (struct mapping){
                .address = 0x1000,
                .frame = 0x2000,
                .log2 = H_PAGE_LOG2,
                .left = 1,
                .parent = of,
                .used = (uint8_t)used,
                .news = (uint8_t)news,
        };
}

static void
expect_sets(unsigned used, unsigned news, const struct mapping *mapping,
            struct mapping before, const char *who)
{
        if (mapping->used != used || mapping->news != news)
                fail("%s had `used` %u and `news` %u; they are %u and %u now, "
                     "and %u and %u are due" USED,
                     who, before.used, before.news, mapping->used,
                     mapping->news, used, news);
        before.used = (uint8_t)used;
        before.news = (uint8_t)news;
        const uint32_t *due = (const uint32_t *)&before;
        const uint32_t *found = (const uint32_t *)mapping;
        for (uint32_t i = 0; i < sizeof(before) / 4; i++)
                if (due[i] != found[i])
                        fail("%s: word %u of its mapping has been written", who,
                             i);
}

// A row of three, the two sets of each.
static void
begin_row(unsigned of_child, unsigned of_parent)
{
        begin(&top, NULL, H_R, 0);
        begin(&parent, &top, use(of_parent % 4), use(of_parent / 4));
        begin(&child, &parent, use(of_child % 4), use(of_child / 4));
}

TEST(use_is_noted)
{
        for (unsigned sets = 0; sets < ALL_USES * ALL_USES; sets++)
                for (unsigned i = 0; i < ALL_USES; i++) {
                        begin_row(sets, 0);
                        struct mapping before = child;
                        struct mapping of_parent = parent;
                        mapping_note_used(&child, use(i));
                        expect_sets(before.used | use(i), before.news | use(i),
                                    &child, before, "one that has been used");
                        expect_sets(0, 0, &parent, of_parent, "its parent");
                }
}

TEST(use_is_told_to_parent)
{
        for (unsigned i = 0; i < 256; i++) {
                begin_row(i % 16, i / 16);
                struct mapping one = child, above = parent, first = top;
                mapping_tell_parent(&child);
                expect_sets(one.used, 0, &child, one, "who tells its parent");
                expect_sets(above.used | one.news, above.news | one.news,
                            &parent, above, "who is told by a child");
                expect_sets(first.used, first.news, &top, first,
                            "the parent's parent");
                // It has told everything.
                above = parent;
                mapping_tell_parent(&child);
                expect_sets(above.used, above.news, &parent, above,
                            "who is told by a child for the second time");
        }
        for (unsigned sets = 0; sets < ALL_USES * ALL_USES; sets++) {
                begin(&top, NULL, use(sets % 4), use(sets / 4));
                struct mapping before = top;
                mapping_tell_parent(&top);
                // Nobody asks what it has not told nobody.
                expect_sets(before.used, top.news == 0 ? 0 : before.news, &top,
                            before, "one without a parent");
        }
}

TEST(use_is_told_to_owner)
{
        for (unsigned i = 0; i < 256; i++) {
                begin_row(i % 16, i / 16);
                struct mapping one = child, above = parent;
                expect_number(one.used, mapping_tell_owner(&child),
                              "mapping_tell_owner, `used` is %u, `news` %u",
                              one.used, one.news);
                expect_sets(0, one.news, &child, one,
                            "one whose owner has been told");
                expect_sets(above.used, above.news, &parent, above,
                            "the parent of one whose owner has been told");
                expect_number(0, mapping_tell_owner(&child),
                              "mapping_tell_owner for the second time");
        }
}

// --- Mappings with pages --------------------------------------------------------------------

static void
see(struct mapping *mapping, uint32_t address, unsigned used, unsigned news,
    const char *when)
{
        struct mapping before = *mapping;

        mapping_see_used(mapping, address);
        expect_sets(used, news, mapping, before, when);
        expect_number(0,
                      page_take_used(mapping->space, address,
                                     mapping_entry_log2(mapping)),
                      "%s: what the page-table still says", when);
}

TEST(use_is_seen)
{
        forest_begin(0);
        struct space *a = forest_space(), *b = forest_space();
        struct mapping *above =
                used_put(a, 0x1000, forest_page(0), H_PAGE_LOG2, NULL);
        struct mapping *page =
                used_put(a, 0x2000, forest_page(0), H_PAGE_LOG2, above);
        struct mapping *below =
                used_put(b, 0x1000, forest_page(0), H_PAGE_LOG2, page);

        see(page, 0x2000, 0, 0, "a page that nobody has used");
        forest_touch(a, 0x2000, H_R);
        see(page, 0x2000, H_R, H_R, "a page that has been read");
        see(page, 0x2000, H_R, H_R, "it has not been used since");
        forest_touch(a, 0x2000, H_R | H_W);
        see(page, 0x2000, H_R | H_W, H_R | H_W, "then it has been written");

        // The same memory, but not this page of this space.
        page->used = 0;
        page->news = H_W;
        forest_touch(a, 0x1000, H_R | H_W);
        forest_touch(b, 0x1000, H_R | H_W);
        see(page, 0x2000, 0, H_W, "its parent and its child have been used");
        see(above, 0x1000, H_R | H_W, H_R | H_W, "the parent");
        see(below, 0x1000, H_R | H_W, H_R | H_W, "the child");
        forest_touch(a, 0x2000, H_R);
        see(page, 0x2000, H_R, H_R | H_W, "after its owner has been told");

        // It lies elsewhere now.
        page_unmap(a, 0x2000, H_PAGE_LOG2);
        page->space = b;
        page->address = 0x5000;
        page->used = page->news = 0;
        page_map(b, 0x5000, forest_page(0), H_PAGE_LOG2, H_R | H_W);
        forest_touch(b, 0x5000, H_R);
        see(page, 0x5000, H_R, H_R, "a page that has moved");
}

// One entry: one answer. With 1,024 of them, it is the page that is asked about.
TEST(use_of_superpages)
{
        static const uint32_t pages[] = { 0, 1, 700, 1023 };

        forest_begin(1);
        struct space *a = forest_space(), *b = forest_space();
        struct mapping *large = used_put(a, 0x40000000, forest_superpage(0),
                                         H_SUPERPAGE_LOG2, NULL);
        struct mapping *page = used_put(b, 0x1000, forest_superpage(0) + 0x3000,
                                        H_PAGE_LOG2, large);

        see(large, 0x40000000, 0, 0, "a superpage that nobody has used");
        forest_touch(a, 0x40123000, H_R);
        see(large, 0x40000000, H_R, H_R, "a superpage that has been read");
        forest_touch(a, 0x403FF000, H_R | H_W);
        see(large, 0x40000000, H_R | H_W, H_R | H_W,
            "then it has been written");
        large->used = large->news = 0;
        forest_touch(b, 0x1000, H_R);
        see(large, 0x40000000, 0, 0, "a page made out of it has been used");
        see(page, 0x1000, H_R, H_R, "a page made out of a superpage");

        if (!page_split(a, 0x40000000))
                fail("there is no page for the test's page_split");
        large->broken = true;
        forest_touch(a, 0x40001000, H_R);
        forest_touch(a, 0x402BC000, H_R | H_W);
        for (unsigned i = 0; i < 4; i++) {
                static const unsigned due[] = { 0, H_R, H_R | H_W, 0 };
                large->used = large->news = 0;
                see(large, 0x40000000 + pages[i] * H_PAGE_SIZE, due[i], due[i],
                    "one page of a broken superpage");
        }
}
