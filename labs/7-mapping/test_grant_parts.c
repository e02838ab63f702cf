// SPDX-License-Identifier: MIT
// Granting (7.4): pages of superpages.
#include "pieces.h"

#define FROM 0x10000000u
#define TO 0x20000000u
#define PAGES(n) ((n)*H_PAGE_SIZE)

static struct space *a, *b, *c;
static uint32_t frame;

static enum map_result
grant(struct space *from, uint32_t at, struct space *to, uint32_t to_at,
      bool alone)
{
        struct map_piece piece =
                piece_of(from, at, to, to_at, H_PAGE_LOG2, ALL_RIGHTS);

        piece.alone = alone;
        return map_replace(&piece);
}

static void
parts_begin(uint32_t superpages)
{
        forest_begin(superpages);
        a = forest_space();
        b = forest_space();
        c = forest_space();
        frame = forest_superpage(0);
}

// A page of the space's superpage has gone, and is a page of its own.
static void
expect_left(struct space *space, uint32_t at, struct space *to, uint32_t to_at,
            uint32_t page, const struct mapping *parent, const char *when)
{
        forest_expect_page(space, at, 0, 0, when);
        forest_expect_page(to, to_at, frame + PAGES(page), H_R | H_W, when);
        expect_parent(parent, to, to_at, when);
        expect_number(H_PAGE_LOG2, mapping_at(to, to_at)->log2,
                      "%s: the size of its mapping", when);
        expect_bool(false, mapping_at(to, to_at)->children != NULL,
                    "%s: it has children", when);
}

TEST(pages_leave_superpages)
{
        parts_begin(1);
        struct mapping *first =
                forest_put(a, FROM, frame, H_SUPERPAGE_LOG2, H_R | H_W, NULL);
        struct mapping *second =
                forest_put(b, TO, frame, H_SUPERPAGE_LOG2, H_R | H_W, first);
        forest_put(a, TO, frame + PAGES(8), H_PAGE_LOG2, H_R, first);

        expect_granted(MAP_OK, grant(b, TO + PAGES(5), c, FROM, false),
                       "the first page that leaves");
        expect_left(b, TO + PAGES(5), c, FROM, 5, first,
                    "the first page that leaves");
        expect_bool(true, second->broken,
                    "the superpage that a page has left: broken");
        expect_bool(false, first->broken, "the superpage above it: broken");
        expect_number(1023, second->left, "pages that are left of it");
        expect_granted(MAP_OK, grant(b, TO, b, TO + PAGES(5), false),
                       "the second one goes to where the first one was");
        expect_left(b, TO, b, TO + PAGES(5), 0, first, "the second one");
        expect_granted(MAP_OK, grant(b, TO + PAGES(5), c, TO, false),
                       "it goes on");
        expect_parent(first, c, TO, "it has gone on");
        expect_number(1022, second->left, "pages that are left of it");
        expect_number(5, mapdb_used(), "mappings");
        forest_check_links("pages have left a superpage");
}

// The superpage is the kernel's gift: then so is the page.
TEST(gifts_leave_superpages)
{
        parts_begin(1);
        struct mapping *first =
                forest_put(a, FROM, frame, H_SUPERPAGE_LOG2, H_R | H_W, NULL);
        struct source source;

        expect_granted(MAP_OK, grant(a, FROM + PAGES(1023), b, TO, false),
                       "a page of a superpage without a parent");
        expect_left(a, FROM + PAGES(1023), b, TO, 1023, NULL,
                    "a page of a superpage without a parent");
        struct map_piece piece =
                piece_of(NULL, frame + PAGES(1023), c, TO, H_PAGE_LOG2, H_R);
        expect_granted(MAP_OCCUPIED, source_of(&piece, &source),
                       "the page that was granted: does the kernel have it?");
        piece.at = piece.to_at = frame;
        piece.log2 = H_SUPERPAGE_LOG2;
        expect_granted(MAP_OCCUPIED, source_of(&piece, &source),
                       "the superpage around it: does the kernel have it?");

        // But for two, all others go otherwise, and these two one by one.
        for (unsigned log2 = H_PAGE_LOG2 + 1; log2 < H_SUPERPAGE_LOG2; log2++)
                page_unmap(a, FROM + (1u << log2), log2);
        mapping_lose(first, 1021);
        expect_granted(MAP_OK, grant(a, FROM, b, TO + PAGES(1), false),
                       "the last but one");
        expect_number(1, first->left, "pages that are left of it");
        expect_granted(MAP_OK,
                       grant(a, FROM + PAGES(1), b, TO + PAGES(2), false),
                       "the last one");
        expect_left(a, FROM + PAGES(1), b, TO + PAGES(2), 1, NULL,
                    "the last one");
        if (mapping_find(a, FROM, H_SUPERPAGE_LOG2))
                fail("a superpage has lost its last page, and the database "
                     "still has it");
        expect_number(3, mapdb_used(),
                      "mappings, when the superpage is no "
                      "more");
        forest_check("a superpage is no more");
}

// It has been refused, and is to be tried again when a walk is over: nothing has changed
// but that the superpage is pages now.
static void
expect_made_out(struct mapping *superpage, uint32_t page, bool alone,
                const char *when)
{
        uint32_t used = mapdb_used(), left = superpage->left;
        uint32_t at = superpage->address + PAGES(page);

        expect_granted(MAP_MADE_OUT, grant(superpage->space, at, c, 0, alone),
                       when);
        expect_bool(true, superpage->broken, "%s: the superpage is broken",
                    when);
        forest_expect_page(c, 0, 0, 0, when);
        forest_expect_page(superpage->space, at, frame + PAGES(page), H_R | H_W,
                           when);
        expect_number(used, mapdb_used(), "%s: mappings", when);
        expect_number(left, superpage->left, "%s: pages that are left of it",
                      when);
}

static void
pages_are_seen(struct mapping *first)
{
        struct mapping *page =
                forest_put(b, FROM, frame + PAGES(5), H_PAGE_LOG2, H_R, first);

        expect_made_out(first, 5, false, "a page has been made out of it");
        expect_made_out(first, 5, true,
                        "a page has been made out of it while it was taken "
                        "away");
        expect_granted(MAP_OK, grant(a, FROM + PAGES(6), c, PAGES(1), false),
                       "a page, and others have something made out of them");
        page_unmap(b, FROM, H_PAGE_LOG2);
        mapping_end(page);
        expect_granted(MAP_OK, grant(a, FROM + PAGES(5), c, PAGES(2), false),
                       "a page, when what was made out of it is gone");
        expect_number(1022, first->left, "pages that are left of it");
}

static void
superpages_are_seen(struct mapping *second)
{
        struct mapping *third =
                forest_put(c, TO, frame, H_SUPERPAGE_LOG2, H_R, second);

        expect_made_out(second, 7, true,
                        "`alone` is said of a superpage that is not broken");
        expect_made_out(second, 7, false,
                        "a superpage has been made out of it");
        expect_made_out(second, 7, false, "the same once more");

        // As a walk does it.
        mapping_split(third);
        page_unmap(c, TO + PAGES(7), H_PAGE_LOG2);
        mapping_lose(third, 1);
        expect_granted(MAP_OK, grant(b, TO + PAGES(7), c, 0, true),
                       "alone, of a superpage that is broken");
        expect_left(b, TO + PAGES(7), c, 0, 7, second->parent,
                    "alone, of a superpage that is broken");
        expect_number(1023, second->left, "pages that are left of it");
        page_unmap(c, 0, H_PAGE_LOG2);
        mapping_end(mapping_find(c, 0, H_PAGE_LOG2));
        expect_made_out(second, 8, false, "the next page, which is not alone");
}

TEST(what_was_made_out_is_seen)
{
        parts_begin(2);
        struct mapping *first =
                forest_put(a, FROM, frame, H_SUPERPAGE_LOG2, H_R | H_W, NULL);
        pages_are_seen(first);
        struct mapping *other =
                forest_put(b, TO + H_SUPERPAGE_SIZE, forest_superpage(1),
                           H_SUPERPAGE_LOG2, H_R | H_W, NULL);
        frame = forest_superpage(1);
        superpages_are_seen(
                forest_put(b, TO, frame, H_SUPERPAGE_LOG2, H_R | H_W, other));
        forest_check_links("what was made out of superpages has been seen");
}
