// SPDX-License-Identifier: MIT
// Sharing (7.3): what is refused, and that nothing has changed then.
#include "pieces.h"

#define FROM 0x10000000u
#define TO 0x20000000u
#define LARGE 0x20400000u      // where b has another superpage
#define KERNELS 0x30000000u    // here are pages of the kernel's own
#define FIRST_PAGE 0x38000000u // here b has the first page of a's superpage
#define PAGES(n) ((n)*H_PAGE_SIZE)

static void
expect_refused(enum map_result due, struct space *from, uint32_t at,
               struct space *to, uint32_t to_at, unsigned log2, unsigned rights,
               const char *when)
{
        const struct map_piece piece =
                piece_of(from, at, to, to_at, log2, rights);
        struct page was = page_at(to, to_at);

        keep();
        expect_shared(due, map_share(&piece), when);
        expect_kept(when);
        forest_expect_page(to, to_at, was.frame, was.rights, when);
}

static struct space *a, *b;

static void
expect_no_source(uint32_t at, unsigned log2, unsigned rights, const char *when)
{
        expect_refused(MAP_NO_SOURCE, a, at, b, 0x40000000, log2, rights, when);
}

static void
expect_occupied(uint32_t at, uint32_t to_at, unsigned log2, const char *when)
{
        expect_refused(MAP_OCCUPIED, a, at, b, to_at, log2, H_R, when);
}

static void
without_a_source(void)
{
        expect_no_source(TO + PAGES(1), H_PAGE_LOG2, ALL_RIGHTS,
                         "of a page that the sender has not");
        expect_no_source(FROM + H_SUPERPAGE_SIZE, H_SUPERPAGE_LOG2, H_R,
                         "of a superpage that the sender has not");
        expect_no_source(TO, H_SUPERPAGE_LOG2, H_R,
                         "of a superpage where the sender has a page");
        expect_no_source(KERNELS, H_PAGE_LOG2, H_R,
                         "of a page of the kernel's own");
        expect_no_source(FROM, H_SUPERPAGE_LOG2, H_X,
                         "with a right that the sender has not");
        expect_no_source(FROM + PAGES(3), H_PAGE_LOG2, 0, "with no rights");
        expect_no_source(TO, H_PAGE_LOG2, H_W | H_X,
                         "with rights that the sender has not");
        expect_refused(MAP_NO_SOURCE, a, TO, b, LARGE, H_PAGE_LOG2, H_W,
                       "neither a right nor a place");
}

static void
to_taken_places(void)
{
        expect_occupied(TO, TO + PAGES(1), H_PAGE_LOG2,
                        "a page to where another one is");
        expect_occupied(TO, LARGE + PAGES(5), H_PAGE_LOG2,
                        "a page into another superpage");
        expect_occupied(FROM, LARGE, H_SUPERPAGE_LOG2,
                        "a superpage to where another one is");
        expect_occupied(FROM, TO, H_SUPERPAGE_LOG2,
                        "a superpage over a page in its middle");
        expect_occupied(FROM, FIRST_PAGE, H_SUPERPAGE_LOG2,
                        "a superpage to where its first page is");
        expect_occupied(TO, KERNELS + PAGES(7), H_PAGE_LOG2,
                        "a page to where the kernel has its own");
        expect_occupied(FROM, KERNELS, H_SUPERPAGE_LOG2,
                        "a superpage over a page of the kernel's own");
        expect_occupied(FROM + PAGES(4), FROM + PAGES(5), H_PAGE_LOG2,
                        "a page into the same superpage, to the wrong place");
}

TEST(sharing_refuses)
{
        forest_begin(2);
        a = forest_space();
        b = forest_space();
        uint32_t frame = forest_superpage(0);
        struct mapping *superpage =
                forest_put(a, FROM, frame, H_SUPERPAGE_LOG2, H_R | H_W, NULL);
        forest_put(a, TO, forest_page(0), H_PAGE_LOG2, H_R, NULL);
        kernels_own(a, KERNELS, forest_page(1));

        forest_put(b, TO + PAGES(1), forest_page(2), H_PAGE_LOG2, H_R, NULL);
        forest_put(b, LARGE, forest_superpage(1), H_SUPERPAGE_LOG2, H_R, NULL);
        forest_put(b, FIRST_PAGE, frame, H_PAGE_LOG2, H_R, superpage);
        forest_put(b, FROM, frame, H_SUPERPAGE_LOG2, H_R, superpage);
        kernels_own(b, KERNELS + PAGES(7), forest_page(3));

        without_a_source();
        to_taken_places();
        forest_check("all was refused");
}

TEST(sharing_without_memory)
{
        forest_begin(1);
        a = forest_space();
        b = forest_space();
        uint32_t frame = forest_superpage(0), small = forest_page(0);
        struct mapping *superpage =
                forest_put(a, FROM, frame, H_SUPERPAGE_LOG2, H_R | H_W, NULL);
        struct mapping *page =
                forest_put(a, TO, small, H_PAGE_LOG2, H_R | H_W, NULL);
        struct mapping *second =
                forest_put(b, FROM, frame, H_SUPERPAGE_LOG2, H_R, superpage);
        forest_put(b, TO, small, H_PAGE_LOG2, H_R, page);

        mappings_run_out();
        expect_refused(MAP_NO_MEMORY, a, TO, b, TO + PAGES(1), H_PAGE_LOG2, H_R,
                       "a page, and no mapping is left");
        expect_refused(
                MAP_NO_MEMORY, a, TO, b, 0, H_PAGE_LOG2, H_R,
                "a page, and no mapping is left, but a page for a table");
        mapping_comes_back();
        const struct map_piece last =
                piece_of(a, TO, b, TO + PAGES(1), H_PAGE_LOG2, H_R);
        expect_shared(MAP_OK, map_share(&last),
                      "a page, and one mapping is left");
        mappings_come_back();

        pages_run_out();
        expect_refused(MAP_NO_MEMORY, a, TO, b, 0, H_PAGE_LOG2, H_R,
                       "a page, and there is no page for the table");
        expect_refused(MAP_NO_MEMORY, a, FROM + PAGES(3), b, FROM + PAGES(3),
                       H_PAGE_LOG2, H_R | H_W,
                       "a right more to a page, and there is no page for the "
                       "superpage's table");
        expect_bool(false, second->broken,
                    "the superpage that has no table is broken");

        // Neither is needed for rights, nor for a superpage the table.
        mappings_run_out();
        const struct map_piece more =
                piece_of(a, TO, b, TO, H_PAGE_LOG2, H_R | H_W);
        expect_shared(MAP_OK, map_share(&more),
                      "a right more, with nothing left");
        forest_expect_page(b, TO, small, H_R | H_W, "a right more");
        const struct map_piece all =
                piece_of(a, FROM, b, FROM, H_SUPERPAGE_LOG2, H_R | H_W);
        expect_shared(MAP_OK, map_share(&all),
                      "a right more to a superpage, with nothing left");
        mappings_come_back();
        const struct map_piece large = piece_of(
                a, FROM, b, TO + H_SUPERPAGE_SIZE, H_SUPERPAGE_LOG2, H_R);
        expect_shared(MAP_OK, map_share(&large), "a superpage without a table");
        pages_come_back();
        forest_check("with nothing left");
}
