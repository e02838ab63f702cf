// SPDX-License-Identifier: MIT
// Granting (7.4): whole mappings, with what hangs on them.
#include "pieces.h"

#define FROM 0x10000000u
#define TO 0x20000000u
#define PAGES(n) ((n)*H_PAGE_SIZE)

static enum map_result
grant(struct space *from, uint32_t at, struct space *to, uint32_t to_at,
      unsigned log2, unsigned rights)
{
        const struct map_piece piece =
                piece_of(from, at, to, to_at, log2, rights);

        return map_replace(&piece);
}

// Nothing is there any more, neither in the page-table nor in the database.
static void
expect_gone(const struct space *space, uint32_t at, const char *when)
{
        forest_expect_page(space, at, 0, 0, when);
        if (mapping_find(space, at, H_PAGE_LOG2) ||
            mapping_find(space, at, H_SUPERPAGE_LOG2))
                fail("%s: the database still has a mapping of space %u at "
                     "0x%08x",
                     when, space->number, at);
}

// a's page is b's, and c has it from b twice.
TEST(pages_are_granted)
{
        forest_begin(0);
        struct space *a = forest_space(), *b = forest_space(),
                     *c = forest_space(), *d = forest_space();
        uint32_t frame = forest_page(0);
        struct mapping *first =
                forest_put(a, FROM, frame, H_PAGE_LOG2, ALL_RIGHTS, NULL);
        struct mapping *second =
                forest_put(b, TO, frame, H_PAGE_LOG2, ALL_RIGHTS, first);
        struct mapping *third =
                forest_put(c, FROM, frame, H_PAGE_LOG2, H_R, second);
        forest_put(c, TO, frame, H_PAGE_LOG2, H_R | H_W, second);

        expect_granted(MAP_OK, grant(b, TO, d, 0, H_PAGE_LOG2, ALL_RIGHTS),
                       "a page with children is granted");
        expect_gone(b, TO, "a page with children is granted");
        forest_expect_page(d, 0, frame, ALL_RIGHTS,
                           "a page with children is granted");
        expect_parent(first, d, 0, "the page that was granted");
        expect_parent(mapping_at(d, 0), c, FROM, "its first child");
        expect_parent(mapping_at(d, 0), c, TO, "its second child");
        expect_number(4, mapdb_used(), "mappings, after a grant");
        forest_check("a page with children has been granted");

        // The one above, to the lowest one's space; the lowest one to the sender's.
        expect_granted(
                MAP_OK,
                grant(a, FROM, c, TO + PAGES(5), H_PAGE_LOG2, ALL_RIGHTS),
                "the first one goes to who has it from it");
        expect_parent(NULL, c, TO + PAGES(5), "the first one");
        expect_parent(mapping_at(c, TO + PAGES(5)), d, 0, "its child");
        expect_granted(MAP_OK, grant(c, FROM, d, PAGES(1), H_PAGE_LOG2, H_R),
                       "a child goes to the space of its parent");
        expect_parent(mapping_at(d, 0), d, PAGES(1), "the child");
        expect_gone(a, FROM, "the first one has been granted");
        expect_gone(c, FROM, "the child has been granted");
        (void)third;
        forest_check("pages have been granted up and down");
}

// With each set of rights; from one address to another one; onto itself.
TEST(grants_with_fewer_rights)
{
        static const unsigned had[] = { H_R, H_R | H_W, H_R | H_X, ALL_RIGHTS };
        uint32_t at = 0;

        forest_begin(0);
        struct space *a = forest_space(), *b = forest_space();
        for (unsigned i = 0; i < 4; i++)
                for (unsigned wanted = 1; wanted <= ALL_RIGHTS; wanted++) {
                        uint32_t frame = forest_page(i);
                        if ((wanted & had[i]) == 0)
                                continue;
                        struct mapping *page = forest_put(
                                a, FROM, frame, H_PAGE_LOG2, had[i], NULL);
                        at = TO + wanted * H_PAGE_SIZE;
                        expect_granted(
                                MAP_OK,
                                grant(a, FROM, b, at, H_PAGE_LOG2, wanted),
                                "a grant with some rights");
                        forest_expect_page(b, at, frame,
                                           with_reading(wanted & had[i]),
                                           "a grant with some rights");
                        expect_gone(a, FROM, "a grant with some rights");
                        page_unmap(b, at, H_PAGE_LOG2);
                        mapping_end(page);
                }

        forest_put(a, FROM, forest_page(0), H_PAGE_LOG2, H_R | H_W, NULL);
        expect_granted(MAP_OK, grant(a, FROM, a, TO, H_PAGE_LOG2, ALL_RIGHTS),
                       "a grant within one space");
        expect_gone(a, FROM, "a grant within one space");
        forest_expect_page(a, TO, forest_page(0), H_R | H_W,
                           "a grant within one space");
        keep();
        expect_granted(MAP_OK, grant(a, TO, a, TO, H_PAGE_LOG2, H_R),
                       "a grant onto itself");
        expect_kept("a grant onto itself");
        forest_check("rights have become fewer");
}

TEST(superpages_are_granted)
{
        forest_begin(1);
        struct space *a = forest_space(), *b = forest_space(),
                     *c = forest_space();
        uint32_t frame = forest_superpage(0);
        struct mapping *first =
                forest_put(a, FROM, frame, H_SUPERPAGE_LOG2, ALL_RIGHTS, NULL);
        struct mapping *second =
                forest_put(b, TO, frame, H_SUPERPAGE_LOG2, ALL_RIGHTS, first);
        forest_put(c, FROM, frame, H_SUPERPAGE_LOG2, H_R, second);
        forest_put(c, TO + PAGES(3), frame + PAGES(3), H_PAGE_LOG2, H_R,
                   second);
        forest_put(a, TO, frame + PAGES(9), H_PAGE_LOG2, H_R, first);

        pages_run_out();
        mappings_run_out();
        expect_granted(MAP_OK,
                       grant(b, TO, a, FROM + H_SUPERPAGE_SIZE,
                             H_SUPERPAGE_LOG2, H_R | H_W),
                       "a superpage with children, and nothing is left");
        mappings_come_back();
        pages_come_back();
        expect_gone(b, TO, "a superpage is granted");
        forest_expect_page(a, FROM + H_SUPERPAGE_SIZE + PAGES(1023),
                           frame + PAGES(1023), H_R | H_W,
                           "a superpage is granted");
        const struct mapping *is = mapping_at(a, FROM + H_SUPERPAGE_SIZE);
        expect_parent(first, a, FROM + H_SUPERPAGE_SIZE,
                      "the superpage that was granted");
        expect_parent(is, c, FROM, "the superpage made out of it");
        expect_parent(is, c, TO + PAGES(3), "the page made out of it");
        expect_bool(false, is->broken, "the superpage is broken");
        expect_parent(first, a, TO, "a page of its parent's");
        forest_check("a superpage has been granted");
}

// What the processor has noted in the sender's entry.
TEST(grants_tell_of_use)
{
        forest_begin(1);
        struct space *a = forest_space(), *b = forest_space();
        uint32_t frame = forest_superpage(0);
        struct mapping *page = forest_put(a, FROM, forest_page(0), H_PAGE_LOG2,
                                          H_R | H_W, NULL);
        struct mapping *first =
                forest_put(a, TO, frame, H_SUPERPAGE_LOG2, H_R | H_W, NULL);
        struct mapping *second =
                forest_put(b, TO, frame, H_SUPERPAGE_LOG2, H_R | H_W, first);

        forest_touch(a, FROM, H_R | H_W);
        expect_granted(MAP_OK, grant(a, FROM, b, FROM, H_PAGE_LOG2, H_R | H_W),
                       "a page that has been written");
        expect_number(H_R | H_W, page->used,
                      "`used` of a page that was written and granted" USED);
        expect_number(0, page_take_used(b, FROM, H_PAGE_LOG2),
                      "use of the receiver's entry");

        // The superpage is pages; one has been read, and goes; and then the last one.
        mapping_split(second);
        forest_touch(b, TO + PAGES(4), H_R);
        expect_granted(MAP_OK,
                       grant(b, TO + PAGES(4), a, FROM, H_PAGE_LOG2, H_R),
                       "a page of a superpage that has been read");
        expect_number(H_R, second->used,
                      "`used` of a superpage of which a page was read and "
                      "granted" USED);
        expect_number(0, first->used, "`used` of the superpage's parent" USED);
        for (unsigned log2 = H_PAGE_LOG2; log2 < H_SUPERPAGE_LOG2; log2++)
                page_unmap(b, TO + (1u << log2), log2);
        mapping_lose(second, 1022);
        forest_touch(b, TO, H_R | H_W);
        expect_granted(MAP_OK,
                       grant(b, TO, a, FROM + PAGES(1), H_PAGE_LOG2, H_R),
                       "the last page of a superpage");
        expect_gone(b, TO, "the last page of a superpage has been granted");
        expect_number(
                H_R | H_W, first->used,
                "`used` of the parent of a superpage that is no more" USED);
        expect_number(4, mapdb_used(),
                      "mappings, when the superpage is no more");
        forest_check_links("use has been noted");
}
