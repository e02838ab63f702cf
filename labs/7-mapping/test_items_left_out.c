// SPDX-License-Identifier: MIT
// Tests of what map items leave out, and of items that are broken off, or in whose middle
// something else happens.
#include "items.h"
#include "lack_of_memory.h"

#include <l4/ports.h>
#include <l4/schedule.h>
#include <l4/typed.h>

static void
nothing(uint32_t type, uint32_t sent, uint32_t base, uint32_t window,
        const char *what)
{
        uint32_t used = mapdb_used();

        item_whole(type, sent, base, window, 300, what);
        expect_number(used, mapdb_used(), "%s: mappings that there are", what);
        expect_bool(false, item.mapped, "%s: `mapped`", what);
}

// The sender has one page of all its space.
static void
of_the_whole_space(void)
{
        uint32_t steps = 0;

        items_page(0x003E8000, 0, RW);
        items_page(0xBFFFF000, 1, RW);
        item_begin(ITEM_MAP, WHOLE_SPACE | RW, 0, WHOLE_SPACE);
        while (item.done <= 0x003E8000) {
                if (!item_step("the whole space") || ++steps > 1000)
                        fail("the whole space, of which the sender has the "
                             "page at 0x003E8000: over, or not there, after "
                             "%u steps; `done` is 0x%08x",
                             steps, item.done);
                if (item.done == 0)
                        fail("the whole space: `done` is 0 after a step");
        }
        items_expect(to, 0x003E8000, 0, RW, "the whole space: the first page");
        // Further on, without waiting so long.
        item.done = 0xBFFFE000;
        item_run(8, "the whole space");
        items_expect(to, 0xBFFFF000, 1, RW, "the whole space: the last page");
        forest_check("the whole space");
}

// Half of the space, which ends where the kernel's addresses begin, or in the middle.
static void
of_halves_of_the_space(void)
{
        items_page(0x3FFFF000, 4, RW);
        items_page(0x40000000, 5, RW);
        item_begin(ITEM_MAP, fpage_make(0, 31, RW), 0,
                   fpage_make(0x80000000, 31, 0));
        item.done = 0x3FFFE000;
        item_run(8, "2 GB, to where a quarter is the kernel's");
        items_expect(to, 0xBFFFF000, 4, RW,
                     "2 GB, to where a quarter is the kernel's");
        expect_bool(false, item.short_of_memory,
                    "2 GB, to where a quarter is the kernel's: "
                    "`short_of_memory`");

        items_page(0x7FFFF000, 6, RW);
        items_page(0x80000000, 7, RW);
        item_begin(ITEM_MAP, fpage_make(0, 31, RW), 0, WHOLE_SPACE);
        item.done = 0x7FFFE000;
        item_run(8, "2 GB");
        items_expect(to, 0x7FFFF000, 6, RW, "2 GB: the last page");
        items_expect_none(to, 0x80000000, "2 GB: what lies behind it");
}

// --- Ports --------------------------------------------------------------------------------

static void
expect_ports(uint32_t first, uint32_t last, const char *what)
{
        expect_number(1, to->port_count, "%s: rows of ports", what);
        expect_hex(first, to->ports[0].first, "%s: the first port", what);
        expect_hex(last, to->ports[0].last, "%s: the last port", what);
}

// Of the ports that are sent those go that the window has, too. Some may still be on their
// way when an item is over: the thread that runs goes on with that.
static void
of_ports(void)
{
        struct thread thread = { .state = THREAD_READY, .work = WORK_NONE };
        struct thread *was = current;

        ports_give_all(from);
        item_begin(ITEM_MAP, fpage_ports(0x1F0, 3), 0, fpage_ports(0x1F4, 2));
        item_run(8, "ports 0x1F0 to 0x1F7 into 0x1F4 to 0x1F7");
        expect_bool(true, item.mapped, "ports: `mapped`");
        expect_ports(0x1F4, 0x1F7, "ports 0x1F0 to 0x1F7 into 0x1F4 to 0x1F7");

        current = &thread;
        map_item_end(&item);
        expect_number(WORK_LEAVE, thread.work,
                      "the work of the thread that runs, after an item with "
                      "ports");
        thread.work = WORK_NONE;
        map_item_end(&item);
        expect_number(WORK_NONE, thread.work,
                      "the work of the thread that runs, after the end of an "
                      "item that has ended");
        item_begin(ITEM_MAP, fpage_make(0x40000, 12, RW), 0, WHOLE_SPACE);
        map_item_end(&item);
        expect_number(WORK_NONE, thread.work,
                      "the work of the thread that runs, after an item with "
                      "memory");
        current = was;
}

// What nobody has yet sigma0 has, as soon as it sends it.
static void
of_all_memory(void)
{
        uint32_t page = forest_page(9);

        typed_give(ID_SIGMA0, from, 0, 0);
        item_whole(ITEM_MAP, fpage_make(page, 12, RW), 0x30000, WHOLE_SPACE, 8,
                   "sigma0 sends a page that nobody has");
        items_expect(to, 0x30000, 9, RW, "sigma0 sends a page that nobody has");
}

TEST(items_leave_out_what_cannot_be)
{
        items_begin(0);
        items_page(0, 3, RW); // the first place of all: nobody has asked for it
        items_page(0x40000, 0, RW);
        items_page(0x41000, 1, RW);
        item_whole(ITEM_MAP, fpage_make(0x40000, 12, RW), 0x1000, WHOLE_SPACE,
                   8, "a page that can be mapped");
        items_expect(to, 0x1000, 0, RW, "a page that can be mapped");

        nothing(ITEM_MAP, fpage_make(0x41000, 12, 0), 0x2000, WHOLE_SPACE,
                "a page with no rights");
        nothing(ITEM_GRANT, fpage_make(0x41000, 12, 0), 0x2000, WHOLE_SPACE,
                "a page that is granted with no rights");
        items_expect(from, 0x41000, 1, RW,
                     "a page that is granted with no rights: the sender's");
        nothing(ITEM_MAP, fpage_make(0x80000, 16, RWX), 0, WHOLE_SPACE,
                "64 KB that the sender has not");
        nothing(ITEM_MAP, fpage_make(0x41000, 12, RW), 0xC0000000, WHOLE_SPACE,
                "to the first address of the kernel's");
        nothing(ITEM_MAP, fpage_make(0xFFC00000, 22, RW), 0, WHOLE_SPACE,
                "out of the kernel's addresses");
        nothing(ITEM_MAP, fpage_make(0x41000, 11, RW), 0x2000, WHOLE_SPACE,
                "2 KB");
        nothing(ITEM_GRANT, fpage_make(0x41000, 12, H_R), 0xFFFFF000,
                WHOLE_SPACE, "granted to the last address of all");

        // Areas of the kernel's, on either side, between pages that go.
        items_page(0x42000, 2, RW);
        items_page(0x43000, 8, RW);
        from->utcb_first = 0x41000;
        from->utcb_bytes = H_PAGE_SIZE;
        to->kip = 0x12000;
        to->kip_bytes = H_PAGE_SIZE;
        item_whole(ITEM_MAP, fpage_make(0x40000, 14, RW), 0x10000, WHOLE_SPACE,
                   12, "around the kernel's pages");
        items_expect(to, 0x10000, 0, RW, "around the kernel's pages");
        items_expect_none(to, 0x11000, "where the sender has its UTCBs");
        items_expect_none(to, 0x12000,
                          "where the receiver has its kernel "
                          "interface page");
        items_expect(to, 0x13000, 8, RW, "behind the kernel's pages");
        item_whole(ITEM_GRANT, fpage_make(0x41000, 12, H_R), 0x14000,
                   WHOLE_SPACE, 12, "the sender's UTCBs are granted");
        items_expect_none(to, 0x14000, "the sender's UTCBs are granted");
        items_expect(from, 0x41000, 1, RW, "the sender's UTCBs are granted");
        from->utcb_bytes = to->kip_bytes = 0;
        without_memory();
        of_the_whole_space();
        of_halves_of_the_space();
        of_ports();
        of_all_memory();
}

// --- In the middle --------------------------------------------------------------------

TEST(items_can_be_broken_off)
{
        struct mapping *one;

        items_begin(0);
        for (uint32_t i = 0; i < 4; i++)
                one = items_page(0x80000 + i * H_PAGE_SIZE, i, RW);
        forest_put(other, 0x4000, forest_page(3), H_PAGE_LOG2, RW, one);
        one = forest_put(to, 0x91000, forest_page(5), H_PAGE_LOG2, RW, NULL);
        forest_put(other, 0x5000, forest_page(5), H_PAGE_LOG2, RW, one);
        for (uint32_t steps = 0; steps < 32; steps++) {
                uint32_t i = 0;
                item_begin(steps % 2 == 0 ? ITEM_MAP : ITEM_GRANT,
                           fpage_make(0x80000, 14, H_R), 0x90000, WHOLE_SPACE);
                while (i++ < steps / 2 && item_step("broken off"))
                        ;
                map_item_end(&item);
                for (uint32_t unit = 0; unit < unit_count; unit++)
                        for (uint32_t j = 0; j < UNIT_MAPPINGS; j++)
                                if (units[unit].mappings[j].watched)
                                        fail("an item is broken off after %u "
                                             "steps: a walk still stands at a "
                                             "mapping",
                                             steps / 2);
                forest_check_links("an item that was broken off");
        }
        forest_check_memory(
                "items that were broken off, and then one that was not");
        for (uint32_t i = 0; i < 4; i++) {
                items_expect_none(from, 0x80000 + i * H_PAGE_SIZE,
                                  "granted in the end");
                items_expect(to, 0x90000 + i * H_PAGE_SIZE, i, H_R,
                             "granted in the end");
        }
}

// The superpage goes to somebody else while what was made out of its page is taken away. At its
// place comes another one, and it has been mapped on already. (Only the database says so.)
static void
another_superpage_comes(struct mapping *superpage)
{
        struct mapping *next;

        forest_put(other, 0x30000, forest_superpage(0) + 0x2000, H_PAGE_LOG2,
                   RW, superpage);
        item_begin(ITEM_GRANT, fpage_make(0x00802000, 12, RW), 0x81000,
                   WHOLE_SPACE);
        item_step("a grant, and its source goes");
        item_step("a grant, and its source goes");
        if (item.walk.top != superpage)
                fail("a page of which something was made is granted: after two "
                     "steps no walk is at its superpage");
        mapping_move(superpage, other, 0x50000000);
        next = mapping_begin(from, 0x00800000, forest_superpage(0),
                             H_SUPERPAGE_LOG2, NULL);
        next->broken = true;
        forest_put(other, 0x40000000, forest_superpage(0), H_SUPERPAGE_LOG2, RW,
                   next);
        item_run(40, "a grant, and another source comes");
        forest_expect_page(to, 0x81000, forest_superpage(0) + 0x2000, RW,
                           "a grant, and another source comes");
        items_expect_none(other, 0x40002000,
                          "a grant, and another source comes: what was made "
                          "out of this one");
}

// While what was made out of the page is taken away, somebody makes something out of it again.
TEST(items_look_again)
{
        struct mapping *sent;
        uint32_t made = 0;

        items_begin(1);
        sent = forest_put(from, 0x00800000, forest_superpage(0),
                          H_SUPERPAGE_LOG2, RW, NULL);
        forest_put(other, 0x00801000, forest_superpage(0) + 0x1000, H_PAGE_LOG2,
                   RW, sent);
        item_begin(ITEM_GRANT, fpage_make(0x00801000, 12, RW), 0x80000,
                   WHOLE_SPACE);
        for (uint32_t i = 0; item_step("a grant, and others go on"); i++) {
                if (i > 40)
                        fail("a grant, and others go on: it is not over");
                if (item.walk.space && !item.walk.cursor && made < 3)
                        forest_put(other, 0x20000 + made++ * H_PAGE_SIZE,
                                   forest_superpage(0) + 0x1000, H_PAGE_LOG2,
                                   RW, sent);
        }
        for (uint32_t i = 0; i < made; i++)
                items_expect_none(other, 0x20000 + i * H_PAGE_SIZE,
                                  "what was made meanwhile");
        forest_expect_page(to, 0x80000, forest_superpage(0) + 0x1000, RW,
                           "a grant, and others go on");
        forest_check("a grant, and others go on");

        another_superpage_comes(sent);
}
