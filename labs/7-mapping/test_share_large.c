// SPDX-License-Identifier: MIT
// Sharing (7.3): superpages, and pages out of them; the kernel's memory.
#include "pieces.h"

#define FROM 0x10000000u
#define TO 0x20000000u
#define PAGES(n) ((n)*H_PAGE_SIZE)

static enum map_result
share(struct space *from, uint32_t at, struct space *to, uint32_t to_at,
      unsigned log2, unsigned rights)
{
        const struct map_piece piece =
                piece_of(from, at, to, to_at, log2, rights);

        return map_share(&piece);
}

// One page of a superpage is no more.
static void
lose_page(struct space *space, uint32_t at)
{
        struct mapping *superpage = mapping_find(
                space, at & ~(H_SUPERPAGE_SIZE - 1), H_SUPERPAGE_LOG2);

        if (!superpage->broken && !mapping_split(superpage))
                fail("the test has no page for a table");
        page_unmap(space, at, H_PAGE_LOG2);
        mapping_lose(superpage, 1);
}

TEST(superpages_are_shared)
{
        forest_begin(1);
        struct space *a = forest_space(), *b = forest_space(),
                     *c = forest_space();
        uint32_t frame = forest_superpage(0);
        struct mapping *first =
                forest_put(a, FROM, frame, H_SUPERPAGE_LOG2, ALL_RIGHTS, NULL);

        expect_shared(MAP_OK,
                      share(a, FROM, b, TO, H_SUPERPAGE_LOG2, H_R | H_W),
                      "a superpage");
        forest_expect_page(b, TO + PAGES(1023), frame + PAGES(1023), H_R | H_W,
                           "a superpage");
        expect_number(H_SUPERPAGE_LOG2, page_at(b, TO).log2,
                      "a superpage: the size of the entry");
        expect_parent(first, b, TO, "a superpage");
        keep();
        expect_shared(MAP_OK, share(b, TO, b, TO, H_SUPERPAGE_LOG2, H_R | H_W),
                      "a superpage onto itself");
        expect_shared(MAP_OK,
                      share(b, TO + PAGES(9), b, TO + PAGES(9), H_PAGE_LOG2,
                            ALL_RIGHTS),
                      "a page of it onto itself");
        expect_kept("onto itself");

        // Pages out of it, and a superpage out of the second one.
        expect_shared(MAP_OK,
                      share(a, FROM + PAGES(5), c, TO, H_PAGE_LOG2, H_R),
                      "a page of a superpage");
        expect_shared(MAP_OK,
                      share(b, TO + PAGES(1023), c, TO + PAGES(1), H_PAGE_LOG2,
                            ALL_RIGHTS),
                      "the last page of a superpage");
        expect_shared(MAP_OK, share(b, TO, c, FROM, H_SUPERPAGE_LOG2, H_R),
                      "a superpage out of the second one");
        forest_expect_page(c, TO, frame + PAGES(5), H_R, "a page of it");
        forest_expect_page(c, TO + PAGES(1), frame + PAGES(1023), H_R | H_W,
                           "the last page of it");
        expect_parent(first, c, TO, "a page of it");
        expect_parent(mapping_at(b, TO), c, TO + PAGES(1), "the last page");
        expect_parent(mapping_at(b, TO), c, FROM, "a superpage out of it");
        expect_bool(false, first->broken || mapping_at(b, TO)->broken,
                    "who has shared single pages has its superpage in pages");
        forest_check("superpages have been shared");
}

TEST(rights_are_added_to_parts)
{
        forest_begin(1);
        struct space *a = forest_space(), *b = forest_space(),
                     *c = forest_space();
        uint32_t frame = forest_superpage(0);
        struct mapping *first =
                forest_put(a, FROM, frame, H_SUPERPAGE_LOG2, ALL_RIGHTS, NULL);
        struct mapping *second =
                forest_put(b, TO, frame, H_SUPERPAGE_LOG2, H_R, first);
        struct mapping *third =
                forest_put(c, TO, frame, H_SUPERPAGE_LOG2, H_R, first);

        expect_shared(MAP_OK, share(a, FROM, b, TO, H_SUPERPAGE_LOG2, H_W),
                      "the whole once more");
        forest_expect_page(b, TO + PAGES(77), frame + PAGES(77), H_R | H_W,
                           "the whole once more");
        keep();
        expect_shared(MAP_OK,
                      share(a, FROM + PAGES(5), b, TO + PAGES(5), H_PAGE_LOG2,
                            H_R | H_W),
                      "a page of it, and no right more");
        expect_shared(
                MAP_OK,
                share(b, TO + PAGES(5), c, TO + PAGES(5), H_PAGE_LOG2, H_W),
                "a page of it to who has it out of another one");
        expect_kept("no right more to a page of it");

        expect_shared(
                MAP_OK,
                share(a, FROM + PAGES(5), b, TO + PAGES(5), H_PAGE_LOG2, H_X),
                "a page of it, and a right more");
        static const uint32_t others[] = { 0, 4, 6, 1023 };
        for (unsigned i = 0; i < 4; i++)
                forest_expect_page(b, TO + PAGES(others[i]),
                                   frame + PAGES(others[i]), H_R | H_W,
                                   "a right more to another page of it");
        forest_expect_page(b, TO + PAGES(5), frame + PAGES(5), ALL_RIGHTS,
                           "a page of it, and a right more");
        expect_bool(true, second->broken,
                    "the pages of the superpage have different rights: broken");
        expect_shared(MAP_OK,
                      share(a, FROM + PAGES(6), b, TO + PAGES(6), H_PAGE_LOG2,
                            ALL_RIGHTS),
                      "the next page of it");
        forest_expect_page(b, TO + PAGES(6), frame + PAGES(6), ALL_RIGHTS,
                           "the next page of it");
        expect_number(1024, second->left, "pages that it has");
        expect_number(3, mapdb_used(), "mappings");
        expect_bool(false, first->broken || third->broken,
                    "another one's superpage has been broken");
        forest_check_links("rights have been added to parts");
}

// The receiver has this superpage already, but by pages.
TEST(broken_ones_go_in_pages)
{
        forest_begin(2);
        struct space *a = forest_space(), *b = forest_space(),
                     *c = forest_space();
        uint32_t frame = forest_superpage(0);
        struct mapping *first =
                forest_put(a, FROM, frame, H_SUPERPAGE_LOG2, ALL_RIGHTS, NULL);
        struct mapping *second =
                forest_put(b, TO, frame, H_SUPERPAGE_LOG2, H_R | H_W, first);
        forest_put(c, TO, frame, H_SUPERPAGE_LOG2, H_R, first);
        forest_put(c, FROM, forest_superpage(1), H_SUPERPAGE_LOG2, H_R, NULL);

        lose_page(b, TO + PAGES(3));
        keep();
        expect_shared(MAP_IN_PAGES,
                      share(a, FROM, b, TO, H_SUPERPAGE_LOG2, ALL_RIGHTS),
                      "to who has it but for a page");
        expect_shared(MAP_IN_PAGES, share(c, TO, b, TO, H_SUPERPAGE_LOG2, H_R),
                      "the same out of another one");
        expect_shared(MAP_OCCUPIED,
                      share(c, FROM, b, TO, H_SUPERPAGE_LOG2, H_R),
                      "another superpage");
        expect_shared(
                MAP_NO_SOURCE,
                share(b, TO, c, TO + H_SUPERPAGE_SIZE, H_SUPERPAGE_LOG2, H_R),
                "a superpage of which the sender has pages");
        expect_shared(MAP_NO_SOURCE,
                      share(b, TO + PAGES(3), c, 0, H_PAGE_LOG2, H_R),
                      "the page that the sender lacks");
        expect_kept("about a broken superpage");

        // Page by page: what is missing is mapped.
        expect_shared(
                MAP_OK,
                share(a, FROM + PAGES(3), b, TO + PAGES(3), H_PAGE_LOG2, H_R),
                "the page that the receiver lacks");
        expect_parent(first, b, TO + PAGES(3), "the page that it lacked");
        expect_number(H_PAGE_LOG2, mapping_at(b, TO + PAGES(3))->log2,
                      "the size of the mapping of the page that it lacked");
        lose_page(b, TO);
        expect_shared(MAP_IN_PAGES,
                      share(a, FROM, b, TO, H_SUPERPAGE_LOG2, ALL_RIGHTS),
                      "without the first page");
        expect_shared(MAP_OK,
                      share(c, FROM + PAGES(8), b, TO, H_PAGE_LOG2, H_R),
                      "other memory into the gap");
        keep();
        expect_shared(MAP_IN_PAGES,
                      share(a, FROM, b, TO, H_SUPERPAGE_LOG2, ALL_RIGHTS),
                      "with other memory in place of the first page");
        expect_shared(MAP_OCCUPIED, share(a, FROM, b, TO, H_PAGE_LOG2, H_R),
                      "the page in whose place other memory is");
        expect_kept("with a gap and other memory in it");
        expect_number(1022, second->left, "pages that are left of it");
        forest_check("a broken superpage has been shared");
}

TEST(kernels_memory_is_given_once)
{
        forest_begin(2);
        struct space *a = forest_space(), *b = forest_space();
        uint32_t frame = forest_superpage(0), other = forest_superpage(1);

        expect_shared(
                MAP_OK,
                share(NULL, frame + PAGES(2), a, TO, H_PAGE_LOG2, ALL_RIGHTS),
                "a page of the kernel's");
        expect_parent(NULL, a, TO, "a page of the kernel's");
        forest_expect_page(a, TO, frame + PAGES(2), ALL_RIGHTS,
                           "a page of the kernel's");
        expect_shared(MAP_OK,
                      share(NULL, other, b, TO, H_SUPERPAGE_LOG2, H_R | H_W),
                      "a superpage of the kernel's");
        expect_parent(NULL, b, TO, "a superpage of the kernel's");
        keep();
        expect_shared(MAP_OCCUPIED,
                      share(NULL, frame + PAGES(2), a, TO, H_PAGE_LOG2, H_R),
                      "the same to the same");
        expect_shared(MAP_OCCUPIED,
                      share(NULL, frame + PAGES(2), b, FROM, H_PAGE_LOG2, H_R),
                      "the same to another one");
        expect_shared(MAP_OCCUPIED,
                      share(NULL, frame, b, FROM, H_SUPERPAGE_LOG2, H_R),
                      "the superpage around it");
        expect_shared(MAP_OCCUPIED,
                      share(NULL, other + PAGES(9), b, FROM, H_PAGE_LOG2, H_R),
                      "a page of the superpage that it has given away");
        expect_shared(MAP_OCCUPIED,
                      share(NULL, frame + PAGES(3), b, TO, H_PAGE_LOG2, H_R),
                      "a page to where something is");
        expect_shared(MAP_NO_SOURCE,
                      share(NULL, frame + PAGES(3), b, FROM, H_PAGE_LOG2, 0),
                      "a page with no rights");
        expect_kept("the kernel's memory");

        lose_page(b, TO + PAGES(9));
        expect_shared(MAP_OK,
                      share(NULL, other + PAGES(9), a, TO + PAGES(9),
                            H_PAGE_LOG2, H_R),
                      "a page that has come back");
        expect_shared(MAP_OK,
                      share(NULL, frame + PAGES(3), a, TO + PAGES(3),
                            H_PAGE_LOG2, H_X),
                      "the page behind the first one");
        forest_expect_page(a, TO + PAGES(3), frame + PAGES(3), H_R | H_X,
                           "the page behind the first one");
        forest_check_links("the kernel has given memory");
}
