// SPDX-License-Identifier: MIT
// Sharing (7.3): pages.
#include "pieces.h"

#define FROM 0x10000000u
#define TO 0x20000000u

static enum map_result
share(struct space *from, uint32_t at, struct space *to, uint32_t to_at,
      unsigned rights)
{
        const struct map_piece piece =
                piece_of(from, at, to, to_at, H_PAGE_LOG2, rights);

        return map_share(&piece);
}

static const unsigned had[] = { H_R, H_R | H_W, H_R | H_X, ALL_RIGHTS };

// All that may be wanted of all that may be there. What is none is a refusal.
TEST(pages_are_shared)
{
        forest_begin(0);
        struct space *a = forest_space(), *b = forest_space();

        for (unsigned i = 0; i < 4; i++) {
                uint32_t from = FROM + i * H_PAGE_SIZE, frame = forest_page(i);
                struct mapping *page =
                        forest_put(a, from, frame, H_PAGE_LOG2, had[i], NULL);
                for (unsigned wanted = 1; wanted <= ALL_RIGHTS; wanted++) {
                        uint32_t to = TO + (i * 8 + wanted) * H_PAGE_SIZE;
                        if ((wanted & had[i]) == 0)
                                continue;
                        expect_shared(MAP_OK, share(a, from, b, to, wanted),
                                      "a page is shared");
                        forest_expect_page(b, to, frame,
                                           with_reading(wanted & had[i]),
                                           "a page is shared");
                        expect_parent(page, b, to, "a page is shared");
                }
                forest_expect_page(a, from, frame, had[i],
                                   "what the sender has afterwards");
        }
        forest_check("pages have been shared");
}

TEST(pages_are_shared_onwards)
{
        forest_begin(0);
        struct space *a = forest_space(), *b = forest_space(),
                     *c = forest_space();
        uint32_t frame = forest_page(0);

        forest_put(a, 0, frame, H_PAGE_LOG2, ALL_RIGHTS, NULL);
        expect_shared(MAP_OK, share(a, 0, b, TO, H_R | H_W), "to the second");
        expect_shared(MAP_OK,
                      share(b, TO, c, H_KERNEL_SPACE - H_PAGE_SIZE, H_W),
                      "from the second to the third");
        expect_shared(MAP_OK,
                      share(c, H_KERNEL_SPACE - H_PAGE_SIZE, a, TO, ALL_RIGHTS),
                      "from the third back to the first, elsewhere");
        expect_parent(mapping_at(b, TO), c, H_KERNEL_SPACE - H_PAGE_SIZE,
                      "the third's");
        expect_parent(mapping_at(c, H_KERNEL_SPACE - H_PAGE_SIZE), a, TO,
                      "the first's second one");
        forest_expect_page(a, TO, frame, H_R | H_W, "the first's second one");

        // Within one space; and where it is already.
        expect_shared(MAP_OK, share(a, TO, a, TO + H_PAGE_SIZE, H_R),
                      "within one space");
        expect_parent(mapping_at(a, TO), a, TO + H_PAGE_SIZE,
                      "within one space");
        keep();
        expect_shared(MAP_OK, share(a, TO, a, TO, ALL_RIGHTS), "onto itself");
        expect_kept("onto itself");
        forest_expect_page(a, 0, frame, ALL_RIGHTS, "the first one");
        forest_check("a page has gone round");
}

// a's page is b's, and c's out of b's; and d's too.
static struct {
        struct space *a, *b, *c, *d;
        uint32_t frame;
} family;

static void
family_begin(void)
{
        family.a = forest_space();
        family.b = forest_space();
        family.c = forest_space();
        family.d = forest_space();
        family.frame = forest_page(7);
        struct mapping *first = forest_put(family.a, FROM, family.frame,
                                           H_PAGE_LOG2, ALL_RIGHTS, NULL);
        struct mapping *second =
                forest_put(family.b, TO, family.frame, H_PAGE_LOG2, H_R, first);
        forest_put(family.c, TO, family.frame, H_PAGE_LOG2, H_R, second);
        forest_put(family.d, TO, family.frame, H_PAGE_LOG2, H_R | H_W, first);
}

TEST(rights_are_added)
{
        forest_begin(0);
        family_begin();
        struct space *a = family.a, *b = family.b;

        expect_shared(MAP_OK, share(a, FROM, b, TO, H_W),
                      "once more, to write");
        forest_expect_page(b, TO, family.frame, H_R | H_W,
                           "once more, to write");
        keep();
        expect_shared(MAP_OK, share(a, FROM, b, TO, H_R), "once more, to read");
        expect_kept("once more, to read");
        expect_shared(MAP_OK, share(a, FROM, b, TO, H_X),
                      "once more, to execute");
        forest_expect_page(b, TO, family.frame, ALL_RIGHTS,
                           "once more, to execute");
        expect_number(kept.used, mapdb_used(),
                      "mappings, after more rights to one that is there");
        expect_shared(MAP_OK, share(b, TO, family.c, TO, ALL_RIGHTS),
                      "the second to the third");
        forest_expect_page(family.c, TO, family.frame, ALL_RIGHTS,
                           "the second to the third");
        // The second page has the first one's rights, and not the wanted ones.
        page_set_rights(a, FROM, H_PAGE_LOG2, H_R);
        keep();
        expect_shared(MAP_OK, share(a, FROM, family.d, TO, ALL_RIGHTS),
                      "of what may only be read");
        expect_kept("of what may only be read");
        page_set_rights(a, FROM, H_PAGE_LOG2, ALL_RIGHTS);
        forest_check("rights have been added");
}

static void
expect_no_more(struct space *from, uint32_t at, struct space *to,
               uint32_t to_at, const char *when)
{
        keep();
        expect_shared(MAP_OK, share(from, at, to, to_at, ALL_RIGHTS), when);
        expect_kept(when);
}

// The same memory is there, but not out of this mapping.
TEST(others_copies_stay)
{
        forest_begin(0);
        family_begin();
        struct space *a = family.a, *b = family.b, *c = family.c, *d = family.d;

        expect_no_more(a, FROM, c, TO, "to who has it out of a child of it");
        expect_no_more(d, TO, b, TO, "to who has it out of its own parent");
        expect_no_more(d, TO, c, TO, "to who has it out of another branch");
        expect_no_more(b, TO, b, TO, "onto itself");
        expect_no_more(d, TO, a, FROM, "to its own parent");

        // As in the middle of a walk that takes rights away: c has more than b.
        page_set_rights(c, TO, H_PAGE_LOG2, ALL_RIGHTS);
        expect_no_more(c, TO, b, TO, "to its own parent, which has fewer");
        page_set_rights(c, TO, H_PAGE_LOG2, H_R);

        // At another address it is another mapping.
        expect_shared(MAP_OK, share(a, FROM, b, TO + H_PAGE_SIZE, H_R),
                      "a second time, elsewhere");
        expect_parent(mapping_at(a, FROM), b, TO + H_PAGE_SIZE,
                      "a second time, elsewhere");
        forest_expect_page(b, TO, family.frame, H_R, "the one of before");
        forest_check("copies have stayed");
}
