// SPDX-License-Identifier: MIT
// Tests of map items: pages, superpages, places that are taken.
#include "items.h"

static uint32_t
window_at(uint32_t first, unsigned log2)
{
        return fpage_make(first, log2, 0);
}

// Eleven pages of sixteen.
static bool
is_there(uint32_t i)
{
        return i % 3 != 1;
}

// Each page has the rights that the sender has of it, not those of its neighbours.
static void
rights_are_each_pages_own(void)
{
        const char *what = "64 KB, of which every other page may be written";

        for (uint32_t i = 0; i < 16; i++)
                items_page(0x50000 + i * H_PAGE_SIZE, 16 + i,
                           i % 2 == 0 ? H_R : RW);
        item_whole(ITEM_MAP, fpage_make(0x50000, 16, RW), 0x400000, WHOLE_SPACE,
                   40, what);
        for (uint32_t i = 0; i < 16; i++)
                items_expect(to, 0x400000 + i * H_PAGE_SIZE, 16 + i,
                             i % 2 == 0 ? H_R : RW, what);
}

TEST(items_map_pages_at_their_places)
{
        items_begin(0);
        for (uint32_t i = 0; i < 16; i++)
                if (is_there(i))
                        items_page(0x40000 + i * H_PAGE_SIZE, i, RW);

        item_whole(ITEM_MAP, fpage_make(0x40000, 16, H_R), 0,
                   window_at(0x90000, 16), 40, "64 KB into as much");
        expect_bool(true, item.mapped, "64 KB into as much: `mapped`");
        for (uint32_t i = 0; i < 16; i++) {
                uint32_t at = 0x90000 + i * H_PAGE_SIZE;
                if (is_there(i))
                        items_expect(to, at, i, H_R, "64 KB into as much");
                else
                        items_expect_none(to, at, "64 KB into as much");
        }

        item_whole(ITEM_MAP, fpage_make(0x43000, 12, RW), 0x5000,
                   window_at(0x200000, 15), 8, "a page into 32 KB");
        items_expect(to, 0x205000, 3, RW, "a page into 32 KB");
        item_whole(ITEM_MAP, fpage_make(0x40000, 16, RW), 0x6000,
                   window_at(0x300000, 13), 8, "64 KB into 8 KB");
        items_expect(to, 0x300000, 6, RW, "64 KB into 8 KB");
        items_expect_none(to, 0x301000, "64 KB into 8 KB");
        items_expect_none(to, 0x302000, "64 KB into 8 KB");
        item_whole(ITEM_MAP, fpage_make(0x48000, 12, H_R), 0x7FC00000,
                   WHOLE_SPACE, 8, "a page into the whole space");
        items_expect(to, 0x7FC00000, 8, H_R, "a page into the whole space");

        item_whole(ITEM_MAP, fpage_make(0x4B000, 12, H_W), 0x7FC01000,
                   WHOLE_SPACE, 8, "a page for writing alone");
        items_expect(to, 0x7FC01000, 11, RW,
                     "a page for writing alone can be read as well");

        // The same once more, with more rights; and with fewer.
        item_whole(ITEM_MAP, fpage_make(0x43000, 12, RW), 0x93000, WHOLE_SPACE,
                   8, "a page that is there, with more rights");
        expect_bool(true, item.mapped, "a page with more rights: `mapped`");
        items_expect(to, 0x93000, 3, RW, "a page with more rights");
        item_whole(ITEM_MAP, fpage_make(0x43000, 12, H_R), 0x93000, WHOLE_SPACE,
                   8, "a page that is there, with fewer rights");
        expect_bool(false, item.mapped, "a page with fewer rights: `mapped`");
        items_expect(to, 0x93000, 3, RW, "a page with fewer rights");
        rights_are_each_pages_own();
}

// --- Superpages ---------------------------------------------------------------------

static void
expect_superpage(const struct space *space, uint32_t at, uint32_t frame,
                 unsigned rights, const char *what)
{
        forest_expect_page(space, at, frame, rights, what);
        expect_number(H_SUPERPAGE_LOG2, page_at(space, at).log2,
                      "%s: log2 of the entry's size at 0x%08x", what, at);
}

// The receiver's kernel interface page is in the fourth page of the place, and its UTCBs
// are the sixth.
static void
around_the_kernels(uint32_t first)
{
        to->kip = first + 3 * H_PAGE_SIZE;
        to->kip_bytes = H_PAGE_SIZE;
        to->utcb_first = first + 5 * H_PAGE_SIZE;
        to->utcb_bytes = H_PAGE_SIZE;
        item_begin(ITEM_MAP, fpage_make(0x00800000, 22, RW), first,
                   WHOLE_SPACE);
        for (uint32_t i = 0; i < 10; i++)
                item_step("a superpage around the kernel's pages");
        map_item_end(&item);
        for (uint32_t i = 0; i < 7; i++)
                forest_expect_page(to, first + i * H_PAGE_SIZE,
                                   forest_superpage(0) + i * H_PAGE_SIZE,
                                   i == 3 || i == 5 ? 0 : RW,
                                   "a superpage around the kernel's pages");
        forest_check("a superpage around the kernel's pages");
        to->kip_bytes = to->utcb_bytes = 0;
}

// The second page of what is sent is the sender's kernel interface page; the receiver may
// be the sender.
static void
around_the_senders(struct space *receiver)
{
        to = receiver;
        from->kip = 0x00801000;
        from->kip_bytes = H_PAGE_SIZE;
        item_begin(ITEM_MAP, fpage_make(0x00800000, 22, RW), 0x30000000,
                   WHOLE_SPACE);
        for (uint32_t i = 0; i < 5; i++)
                item_step("a superpage with a page of the sender's kernel");
        map_item_end(&item);
        for (uint32_t i = 0; i < 3; i++)
                forest_expect_page(to, 0x30000000 + i * H_PAGE_SIZE,
                                   forest_superpage(0) + i * H_PAGE_SIZE,
                                   i == 1 ? 0 : RW,
                                   "a superpage with a page of the sender's "
                                   "kernel");
        item_whole(ITEM_MAP, fpage_make(0x00C00000, 22, RW), 0x34000000,
                   WHOLE_SPACE, 4, "a superpage without any");
        expect_superpage(to, 0x34000000, forest_superpage(1), RW,
                         "a superpage without any");
        from->kip_bytes = 0;
}

// 2 MB are not 4 MB, wherever they begin.
static void
half_a_superpage(void)
{
        item_begin(ITEM_MAP, fpage_make(0x00800000, 21, RW), 0x20000000,
                   WHOLE_SPACE);
        item_step("2 MB of a superpage");
        item_step("2 MB of a superpage");
        map_item_end(&item);
        forest_expect_page(to, 0x20000000, forest_superpage(0), RW,
                           "2 MB of a superpage");
        expect_number(H_PAGE_LOG2, page_at(to, 0x20000000).log2,
                      "2 MB of a superpage: log2 of the entry's size");
}

TEST(items_map_superpages)
{
        items_begin(2);
        forest_put(from, 0x00800000, forest_superpage(0), H_SUPERPAGE_LOG2, RW,
                   NULL);
        forest_put(from, 0x00C00000, forest_superpage(1), H_SUPERPAGE_LOG2, RW,
                   NULL);
        item_whole(ITEM_MAP, fpage_make(0x00800000, 23, H_R), 0x40000000,
                   WHOLE_SPACE, 6, "8 MB of two superpages");
        expect_superpage(to, 0x40000000, forest_superpage(0), H_R,
                         "8 MB of two superpages");
        expect_superpage(to, 0x40400000, forest_superpage(1), H_R,
                         "8 MB of two superpages");
        expect_superpage(from, 0x00800000, forest_superpage(0), RW,
                         "8 MB of two superpages: the sender's");

        // Parts of it go as pages.
        item_whole(ITEM_MAP, fpage_make(0x00800000, 22, RW), 0x3000,
                   window_at(0x70000, 13), 6, "a superpage into 8 KB");
        forest_expect_page(to, 0x70000, forest_superpage(0) + 0x2000, RW,
                           "a superpage into 8 KB");
        forest_expect_page(to, 0x71000, forest_superpage(0) + 0x3000, RW,
                           "a superpage into 8 KB");
        items_expect_none(to, 0x72000, "a superpage into 8 KB");
        item_whole(ITEM_MAP, fpage_make(0x00C00000, 22, RW), 0,
                   window_at(0x50000000, 13), 6,
                   "a superpage into 8 KB at a multiple of 4 MB");
        forest_expect_page(to, 0x50001000, forest_superpage(1) + 0x1000, RW,
                           "a superpage into 8 KB at a multiple of 4 MB");
        items_expect_none(to, 0x50002000,
                          "a superpage into 8 KB at a multiple of 4 MB");
        around_the_kernels(0x10000000);
        around_the_kernels(0); // where an address is as small as a size
        struct space *receiver = to;
        around_the_senders(from);
        around_the_senders(receiver);
        half_a_superpage();
}

// --- Places that are taken -----------------------------------------------------------

TEST(items_take_the_place_of_others)
{
        struct mapping *there, *below;

        items_begin(2);
        items_page(0x40000, 0, RW);
        items_page(0x41000, 1, RW);
        // Another page at the place, which the receiver has handed on.
        there = forest_put(to, 0x90000, forest_page(5), H_PAGE_LOG2, RW, NULL);
        forest_put(other, 0x1000, forest_page(5), H_PAGE_LOG2, H_R, there);
        item_whole(ITEM_MAP, fpage_make(0x40000, 13, RW), 0,
                   window_at(0x90000, 13), 20, "onto another page");
        items_expect(to, 0x90000, 0, RW, "onto another page");
        items_expect(to, 0x91000, 1, RW, "onto another page");
        items_expect_none(other, 0x1000, "onto another page: its child");

        // A superpage around the place: it is broken, and only this page goes.
        there = forest_put(to, 0x00800000, forest_superpage(0),
                           H_SUPERPAGE_LOG2, RW, NULL);
        forest_put(other, 0x2000, forest_superpage(0) + 0x6000, H_PAGE_LOG2, RW,
                   there);
        below = forest_put(other, 0x3000, forest_superpage(0) + 0x7000,
                           H_PAGE_LOG2, RW, there);
        item_whole(ITEM_MAP, fpage_make(0x41000, 12, RW), 0x00806000,
                   WHOLE_SPACE, 20, "into a superpage");
        items_expect(to, 0x00806000, 1, RW, "into a superpage");
        forest_expect_page(to, 0x00805000, forest_superpage(0) + 0x5000, RW,
                           "into a superpage: its neighbour");
        items_expect_none(other, 0x2000, "into a superpage: the page's child");
        forest_expect_page(other, 0x3000, forest_superpage(0) + 0x7000, RW,
                           "into a superpage: the neighbour's child");
        if (below->parent != there)
                fail("into a superpage: the neighbour's child has lost its "
                     "parent");

        // Pages where a superpage is to be.
        forest_put(from, 0x00C00000, forest_superpage(1), H_SUPERPAGE_LOG2, RW,
                   NULL);
        forest_put(to, 0x40003000, forest_page(7), H_PAGE_LOG2, RW, NULL);
        forest_put(to, 0x403FF000, forest_page(8), H_PAGE_LOG2, RW, NULL);
        item_whole(ITEM_MAP, fpage_make(0x00C00000, 22, RW), 0x40000000,
                   WHOLE_SPACE, 1100, "a superpage onto pages");
        expect_superpage(to, 0x40000000, forest_superpage(1), RW,
                         "a superpage onto pages");
}

// The receiver has this superpage, broken: what is missing comes back, and what was made out
// of the rest stays.
TEST(items_mend_broken_superpages)
{
        struct mapping *sent, *there;

        items_begin(2);
        sent = forest_put(from, 0x00800000, forest_superpage(0),
                          H_SUPERPAGE_LOG2, RW, NULL);
        there = forest_put(to, 0x40000000, forest_superpage(0),
                           H_SUPERPAGE_LOG2, H_R, sent);
        forest_put(other, 0x5000, forest_superpage(0) + 0x1000, H_PAGE_LOG2,
                   H_R, there);
        if (!mapping_split(there))
                fail("the test's own mapping_split");
        page_unmap(to, 0x40002000, H_PAGE_LOG2);
        mapping_lose(there, 1);

        item_begin(ITEM_MAP, fpage_make(0x00800000, 22, RW), 0x40000000,
                   WHOLE_SPACE);
        for (uint32_t i = 0; i < 12; i++)
                item_step("a broken superpage");
        map_item_end(&item);
        for (uint32_t i = 0; i < 4; i++)
                forest_expect_page(to, 0x40000000 + i * H_PAGE_SIZE,
                                   forest_superpage(0) + i * H_PAGE_SIZE, RW,
                                   "a broken superpage once more, in its "
                                   "first pages");
        forest_expect_page(other, 0x5000, forest_superpage(0) + 0x1000, H_R,
                           "a broken superpage once more: what was made out "
                           "of it");
        forest_check("a broken superpage once more");

        // What comes behind it is whole, and stays so.
        forest_put(from, 0x00C00000, forest_superpage(1), H_SUPERPAGE_LOG2, RW,
                   NULL);
        item_begin(ITEM_MAP, fpage_make(0x00800000, 23, RW), 0x40000000,
                   WHOLE_SPACE);
        for (uint32_t i = 0; i < 4; i++)
                item_step("a broken superpage, and a whole one");
        item.done = H_SUPERPAGE_SIZE; // without waiting so long
        item_run(4, "a broken superpage, and a whole one");
        expect_superpage(to, 0x40400000, forest_superpage(1), RW,
                         "a broken superpage, and a whole one behind it");
}
