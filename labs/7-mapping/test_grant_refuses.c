// SPDX-License-Identifier: MIT
// Granting (7.4): what is refused, and that nothing has changed then; what cannot be done
// as something has run out.
#include "pieces.h"

#define FROM 0x10000000u
#define TO 0x20000000u
#define LARGE 0x20400000u
#define KERNELS 0x30000000u
#define PAGES(n) ((n)*H_PAGE_SIZE)

static struct space *a, *b;

static void
expect_refused(enum map_result due, struct space *from, uint32_t at,
               uint32_t to_at, unsigned log2, unsigned rights, const char *when)
{
        const struct map_piece piece =
                piece_of(from, at, b, to_at, log2, rights);
        struct page was = page_at(b, to_at);

        keep();
        expect_granted(due, map_replace(&piece), when);
        expect_kept(when);
        forest_expect_page(b, to_at, was.frame, was.rights, when);
}

static void
without_a_source(void)
{
        expect_refused(MAP_NO_SOURCE, NULL, forest_page(5), 0, H_PAGE_LOG2, H_R,
                       "a page of the kernel's that nobody has");
        expect_refused(MAP_NO_SOURCE, NULL, forest_page(0), 0, H_PAGE_LOG2, H_R,
                       "a page of the kernel's that somebody has");
        expect_refused(MAP_NO_SOURCE, a, 0, 0, H_PAGE_LOG2, H_R,
                       "a page that the sender has not");
        expect_refused(MAP_NO_SOURCE, a, TO, LARGE, H_SUPERPAGE_LOG2, H_R,
                       "a superpage where the sender has a page");
        expect_refused(MAP_NO_SOURCE, a, KERNELS, 0, H_PAGE_LOG2, H_R,
                       "a page of the kernel's own");
        expect_refused(MAP_NO_SOURCE, a, TO, 0, H_PAGE_LOG2, H_W | H_X,
                       "with rights that the sender has not");
        expect_refused(MAP_NO_SOURCE, a, FROM, LARGE, H_SUPERPAGE_LOG2, 0,
                       "with no rights");
}

static void
expect_there(enum map_result due, uint32_t at, uint32_t to_at, unsigned log2,
             const char *when)
{
        expect_refused(due, a, at, to_at, log2, H_R, when);
}

static void
to_taken_places(void)
{
        expect_there(MAP_OCCUPIED, TO, TO + PAGES(1), H_PAGE_LOG2,
                     "to where another page is");
        expect_there(MAP_OCCUPIED, TO, LARGE + PAGES(3), H_PAGE_LOG2,
                     "into another superpage");
        expect_there(MAP_OCCUPIED, FROM, TO, H_SUPERPAGE_LOG2,
                     "a superpage over a page in its middle");
        expect_there(MAP_OCCUPIED, TO, KERNELS + PAGES(7), H_PAGE_LOG2,
                     "to where the kernel has its own");
        expect_there(MAP_OCCUPIED, FROM, KERNELS, H_SUPERPAGE_LOG2,
                     "a superpage over a page of the kernel's own");
        // The same memory.
        expect_there(MAP_OCCUPIED, TO, TO, H_PAGE_LOG2,
                     "to where the same is, out of this mapping");
        expect_there(MAP_OCCUPIED, FROM + PAGES(2), FROM + PAGES(2),
                     H_PAGE_LOG2,
                     "a page to where its superpage is, out of this mapping");
        expect_there(MAP_OK, FROM + H_SUPERPAGE_SIZE, TO, H_PAGE_LOG2,
                     "to where the same is, out of another mapping");
        expect_there(MAP_OCCUPIED, FROM + PAGES(2), FROM + PAGES(3),
                     H_PAGE_LOG2,
                     "a page into its superpage's child, to the wrong place");
        expect_there(MAP_OCCUPIED, FROM, FROM + H_SUPERPAGE_SIZE,
                     H_SUPERPAGE_LOG2,
                     "a superpage to where its first page is");
}

TEST(granting_refuses)
{
        forest_begin(2);
        a = forest_space();
        b = forest_space();
        uint32_t frame = forest_superpage(0), small = forest_page(0);
        struct mapping *superpage =
                forest_put(a, FROM, frame, H_SUPERPAGE_LOG2, H_R | H_W, NULL);
        struct mapping *page = forest_put(a, TO, small, H_PAGE_LOG2, H_R, NULL);
        struct mapping *second = forest_put(a, FROM + H_SUPERPAGE_SIZE, small,
                                            H_PAGE_LOG2, H_R, page);
        kernels_own(a, KERNELS, forest_page(1));

        // Out of page, and so not out of `second`.
        (void)second;
        forest_put(b, TO, small, H_PAGE_LOG2, H_R, page);
        forest_put(b, TO + PAGES(1), forest_page(2), H_PAGE_LOG2, H_R, NULL);
        forest_put(b, LARGE, forest_superpage(1), H_SUPERPAGE_LOG2, H_R, NULL);
        forest_put(b, FROM, frame, H_SUPERPAGE_LOG2, H_R, superpage);
        forest_put(b, FROM + H_SUPERPAGE_SIZE, frame, H_PAGE_LOG2, H_R,
                   mapping_at(b, FROM));
        kernels_own(b, KERNELS + PAGES(7), forest_page(3));

        without_a_source();
        to_taken_places();
        forest_check("all was refused");
}

// The superpage may be pages afterwards, and that is all.
static void
expect_no_memory(uint32_t at, uint32_t to_at, bool may_break, const char *when)
{
        struct map_piece piece =
                piece_of(a, at, b, to_at, H_PAGE_LOG2, ALL_RIGHTS);
        uint32_t used = mapdb_used();
        struct page was = page_at(a, at);

        expect_granted(MAP_NO_MEMORY, map_replace(&piece), when);
        expect_number(used, mapdb_used(), "%s: mappings", when);
        forest_expect_page(a, at, was.frame, was.rights, when);
        forest_expect_page(b, to_at, 0, 0, when);
        if (!may_break)
                expect_number(was.log2, page_at(a, at).log2,
                              "%s: the size of the sender's entry", when);
}

TEST(granting_without_memory)
{
        forest_begin(1);
        a = forest_space();
        b = forest_space();
        uint32_t frame = forest_superpage(0), small = forest_page(0);
        struct mapping *superpage =
                forest_put(a, FROM, frame, H_SUPERPAGE_LOG2, H_R | H_W, NULL);
        forest_put(a, TO, small, H_PAGE_LOG2, H_R | H_W, NULL);
        forest_put(a, TO + PAGES(1), forest_page(1), H_PAGE_LOG2, H_R, NULL);
        forest_put(b, TO + PAGES(2), forest_page(2), H_PAGE_LOG2, H_R, NULL);
        struct mapping *child =
                forest_put(b, LARGE, frame, H_SUPERPAGE_LOG2, H_R, superpage);

        pages_run_out();
        expect_no_memory(TO, 0, false,
                         "a page, and there is no page for the receiver's "
                         "table");
        expect_no_memory(FROM + PAGES(4), TO, false,
                         "a page of a superpage, and there is no page for the "
                         "superpage's table");
        expect_bool(false, superpage->broken,
                    "the superpage that has no table is broken");
        mappings_run_out();
        const struct map_piece whole =
                piece_of(a, TO, b, TO, H_PAGE_LOG2, H_R | H_W);
        expect_granted(MAP_OK, map_replace(&whole),
                       "a page that needs nothing, and nothing is left");
        forest_expect_page(b, TO, small, H_R | H_W, "a page with nothing left");
        pages_come_back();
        expect_no_memory(FROM + PAGES(4), TO + PAGES(1), true,
                         "a page of a superpage, and no mapping is left");
        mapping_comes_back();
        const struct map_piece last = piece_of(a, FROM + PAGES(4), b,
                                               TO + PAGES(1), H_PAGE_LOG2, H_R);
        expect_granted(MAP_MADE_OUT, map_replace(&last),
                       "a page of a superpage that another one has, and one "
                       "mapping is left");
        mappings_come_back();

        // Broken, and there is no table for the receiver.
        page_unmap(b, LARGE, H_SUPERPAGE_LOG2);
        mapping_end(child);
        if (!superpage->broken && !mapping_split(superpage))
                fail("the test has no page for a table");
        pages_run_out();
        expect_no_memory(FROM + PAGES(4), 0, true,
                         "a page of a broken superpage, and there is no page "
                         "for the receiver's table");
        pages_come_back();
        expect_number(1024, superpage->left, "pages that are left of it");
        forest_check_links("with nothing left");
}
