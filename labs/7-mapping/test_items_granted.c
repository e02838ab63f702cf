// SPDX-License-Identifier: MIT
// Tests of grant items.
#include "items.h"

static void
expect_parent(const struct mapping *parent, const struct space *space,
              uint32_t at, const char *what)
{
        const struct mapping *mapping = mapping_at(space, at);

        if (!mapping)
                fail("%s: space %u has no mapping at 0x%08x", what,
                     space->number, at);
        if (mapping->parent != parent)
                fail("%s: the parent of what is at 0x%08x is not who it is to "
                     "be",
                     what, at);
}

TEST(items_grant_pages)
{
        struct mapping *whose, *granted;

        items_begin(0);
        whose = forest_put(other, 0x1000, forest_page(1), H_PAGE_LOG2, RW,
                           NULL);
        granted = forest_put(from, 0x40000, forest_page(1), H_PAGE_LOG2, RW,
                             whose);
        forest_put(other, 0x8000, forest_page(1), H_PAGE_LOG2, RW, granted);
        items_page(0x42000, 2, H_R);
        item_whole(ITEM_GRANT, fpage_make(0x40000, 14, RW), 0x90000,
                   WHOLE_SPACE, 12, "16 KB, of which there are two pages");
        items_expect(to, 0x90000, 1, RW, "a page that is granted");
        items_expect(to, 0x92000, 2, H_R, "a page for reading is granted");
        items_expect_none(from, 0x40000, "a page that is granted");
        items_expect_none(from, 0x42000, "a page that is granted");
        items_expect(other, 0x8000, 1, RW, "a page that is granted: its child");
        expect_parent(whose, to, 0x90000, "a page that is granted");
        expect_parent(mapping_at(to, 0x90000), other, 0x8000,
                      "the child of a page that is granted");

        // With fewer rights: all who have it from there have fewer first.
        granted = items_page(0x50000, 3, RW);
        forest_put(other, 0x9000, forest_page(3), H_PAGE_LOG2, RW, granted);
        item_whole(ITEM_GRANT, fpage_make(0x50000, 12, H_R), 0xA0000,
                   WHOLE_SPACE, 20, "a page is granted for reading");
        items_expect(to, 0xA0000, 3, H_R, "a page is granted for reading");
        items_expect(other, 0x9000, 3, H_R,
                     "a page is granted for reading: its child");
        items_expect_none(from, 0x50000, "a page is granted for reading");
        // Executing alone is less too.
        granted = items_page(0x53000, 6, RWX);
        forest_put(other, 0xA000, forest_page(6), H_PAGE_LOG2, RWX, granted);
        item_whole(ITEM_GRANT, fpage_make(0x53000, 12, RW), 0xA3000,
                   WHOLE_SPACE, 20, "a page is not granted for executing");
        items_expect(to, 0xA3000, 6, RW, "a page is not granted for executing");
        items_expect(other, 0xA000, 6, RW,
                     "a page is not granted for executing: its child");
        // Writing is reading, and so is executing, to the processor.
        items_page(0x52000, 5, RW);
        item_whole(ITEM_GRANT, fpage_make(0x52000, 12, H_W), 0xA2000,
                   WHOLE_SPACE, 20, "a page is granted for writing");
        items_expect(to, 0xA2000, 5, RW, "a page is granted for writing");
        items_page(0x51000, 4, RWX);
        item_whole(ITEM_GRANT, fpage_make(0x51000, 12, H_X), 0xA1000,
                   WHOLE_SPACE, 20, "a page is granted for executing");
        items_expect(to, 0xA1000, 4, H_R | H_X,
                     "a page is granted for executing");
}

// The sender's superpage has been mapped on as a whole.
static void
what_superpages_have(void)
{
        struct mapping *sent;

        sent = forest_put(from, 0x00C00000, forest_superpage(1),
                          H_SUPERPAGE_LOG2, RW, NULL);
        forest_put(other, 0x10000000, forest_superpage(1), H_SUPERPAGE_LOG2, RW,
                   sent);
        item_over(ITEM_GRANT, fpage_make(0x00C02000, 13, RW), 0xB0000,
                  WHOLE_SPACE, 60,
                  "two pages out of a superpage that others have");
        for (uint32_t i = 0; i < 4; i++) {
                uint32_t frame = forest_superpage(1) + 0x2000 + i * H_PAGE_SIZE;
                bool gone = i < 2;
                forest_expect_page(from, 0x00C02000 + i * H_PAGE_SIZE, frame,
                                   gone ? 0 : RW,
                                   "two pages out of a superpage: the sender");
                forest_expect_page(other, 0x10002000 + i * H_PAGE_SIZE, frame,
                                   gone ? 0 : RW,
                                   "two pages out of a superpage: who has it "
                                   "from the sender");
        }
}

TEST(items_grant_out_of_superpages)
{
        struct mapping *sent, *child;

        items_begin(2);
        sent = forest_put(from, 0x00800000, forest_superpage(0),
                          H_SUPERPAGE_LOG2, RW, NULL);
        forest_put(other, 0x1000, forest_superpage(0) + 0x5000, H_PAGE_LOG2, RW,
                   sent);
        child = forest_put(other, 0x2000, forest_superpage(0) + 0x7000,
                           H_PAGE_LOG2, RW, sent);
        item_over(ITEM_GRANT, fpage_make(0x00805000, 12, RW), 0x90000,
                  WHOLE_SPACE, 20, "a page out of a superpage");
        forest_expect_page(to, 0x90000, forest_superpage(0) + 0x5000, RW,
                           "a page out of a superpage");
        items_expect_none(from, 0x00805000, "a page out of a superpage");
        items_expect_none(other, 0x1000,
                          "a page out of a superpage: what was made out of "
                          "the page");
        forest_expect_page(other, 0x2000, forest_superpage(0) + 0x7000, RW,
                           "a page out of a superpage: a neighbour's child");
        expect_parent(sent, other, 0x2000, "a neighbour's child");
        expect_parent(NULL, to, 0x90000, "a page out of a superpage");

        // Two pages: what has been seen to for the first counts for it alone.
        forest_put(other, 0x3000, forest_superpage(0) + 0x8000, H_PAGE_LOG2, RW,
                   sent);
        forest_put(other, 0x4000, forest_superpage(0) + 0x9000, H_PAGE_LOG2, RW,
                   child->parent);
        item_over(ITEM_GRANT, fpage_make(0x00808000, 13, RW), 0xA0000,
                  WHOLE_SPACE, 40, "two pages out of a superpage");
        items_expect_none(other, 0x3000, "two pages out of a superpage");
        items_expect_none(other, 0x4000, "two pages out of a superpage");
        forest_expect_page(to, 0xA1000, forest_superpage(0) + 0x9000, RW,
                           "two pages out of a superpage");
        what_superpages_have();
        forest_check("grants out of superpages");
}
