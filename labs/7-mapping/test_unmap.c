// SPDX-License-Identifier: MIT
// Unmap: which flexpages, which rights, and the answers.
#include <l4/fpages.h>

#include "unmaps.h"

#define RW (H_R | H_W)
#define PAGES 12u
#define AT(i) (0x01000000u + (i)*0x1000u)
#define BELOW(i) (0x02000000u + (i)*0x1000u)

static struct unmap call;
static struct space *below;
static unsigned used[UNMAP_MOST];

static uint32_t
fpage(uint32_t first, unsigned log2, unsigned rights)
{
        return first | log2 << 4 | rights;
}

static void
expect_nothing_used(void)
{
        for (unsigned i = 0; i < UNMAP_MOST; i++)
                used[i] = 0;
}

// The caller has so many pages, and another space has each of them from it.
static void
begin(unsigned pages)
{
        trees_begin(0);
        interrupts_begin();
        interrupt_is(false);
        call.thread = unmap_thread();
        below = forest_space();
        for (unsigned i = 0; i < pages; i++)
                trees_put(call.thread->space, AT(i), forest_page(i),
                          H_PAGE_LOG2, RW | H_X, NOBODY);
        for (unsigned i = 0; i < pages; i++)
                trees_put(below, BELOW(i), forest_page(i), H_PAGE_LOG2,
                          RW | H_X, i);
        expect_nothing_used();
}

// What the call takes, in the model.
static void
take(void)
{
        for (uint32_t i = 0; i <= unmap_last(&call); i++) {
                struct fpage_range range = fpage_range(call.words[i]);
                if (range.any)
                        trees_take((struct range){ call.thread->space,
                                                   range.first, range.last },
                                   range.rights,
                                   (call.control & UNMAP_FLUSH) != 0);
        }
}

static void
unmap(const char *when)
{
        unmap_all(&call, used, when);
        take();
        trees_compare(when);
}

// Each of them is of another page and takes other rights; behind the 12th they are the same
// again.
static void
say_all(void)
{
        for (uint32_t i = 0; i < UNMAP_MOST; i++)
                call.words[i] = fpage(AT(i % PAGES), H_PAGE_LOG2, i % 8);
}

TEST(unmap_of_one_and_of_many)
{
        static const uint32_t counts[] = { 1, 2, 12, 64 };

        begin(PAGES);
        for (unsigned i = 0; i < 4; i++) {
                say_all();
                call.words[0] |= H_W;
                call.control = counts[i] - 1;
                unmap("so many flexpages, without flush");
                trees_restore();
        }
        for (unsigned i = 0; i < 4; i += 3) {
                say_all();
                // Other bits of EAX, and those of an address below its size.
                call.control = 0xA5A5A580u | UNMAP_FLUSH | (counts[i] - 1);
                call.words[2] |= 0xC00;
                unmap("so many flexpages, with flush");
                trees_restore();
        }
        forest_check("many flexpages");
        interrupts_end();
}

TEST(unmap_takes_rights)
{
        static const uint32_t control[] = { 0, UNMAP_FLUSH };

        begin(3);
        for (unsigned i = 0; i < 16; i++) {
                // Of the three pages the first two are in it.
                call.words[0] = fpage(AT(0), 13, i % 8);
                call.control = control[i / 8];
                unmap(i < 8 ? "rights are taken from others"
                            : "rights are taken from all");
                trees_restore();
        }
        call.control = UNMAP_FLUSH;
        call.words[0] = fpage(0, FPAGE_ALL_LOG2, H_W);
        unmap("writing is taken everywhere");
        call.words[0] = fpage(0, SPACE_LOG2, H_R);
        unmap("all is taken everywhere");
        forest_check("all is taken");
        interrupts_end();
}

TEST(unmap_tells_what_was_used)
{
        begin(4);
        for (unsigned i = 0; i < 4; i++)
                call.words[i] = fpage(AT(i), H_PAGE_LOG2, 0);
        call.words[4] = FPAGE_NIL;
        call.control = 4;
        forest_touch(below, BELOW(0), H_W);
        forest_touch(below, BELOW(2), H_R);
        forest_touch(call.thread->space, AT(3), H_W);
        used[0] = RW;
        used[2] = H_R;
        used[3] = RW;
        unmap("use is asked for");
        expect_nothing_used();
        unmap("use is asked for once more");

        // One answer for all of a flexpage; another one for the next flexpage.
        forest_touch(below, BELOW(1), H_R);
        forest_touch(below, BELOW(0), H_W);
        call.control = 1;
        call.words[0] = fpage(AT(0), 13, H_W);
        call.words[1] = fpage(AT(2), H_PAGE_LOG2, RW | H_X);
        used[0] = RW;
        unmap("use of more than a page");
        expect_nothing_used();
        forest_touch(below, BELOW(3), H_R);
        forest_touch(below, BELOW(1), H_R);
        call.control = UNMAP_FLUSH | 2;
        call.words[0] = fpage(AT(3), H_PAGE_LOG2, RW);
        call.words[1] = fpage(AT(1), H_PAGE_LOG2, H_X);
        call.words[2] = fpage(AT(0), H_PAGE_LOG2, H_R);
        used[0] = used[1] = H_R;
        unmap("use of what goes");
        forest_check("use has been told");
        interrupts_end();
}

TEST(unmap_of_nothing_and_of_ports)
{
        begin(2);
        static const uint32_t words[] = {
                FPAGE_NIL,
                H_R | H_W,                  // both are nil
                0x01000000u | 5 << 4 | H_R, // no size
                0x01000000u | 40 << 4 | RW,
                0x01000400u | 10 << 4 | H_X, // 1 KB, of a page
                0xC0000000u | 22 << 4 | RW,
                0xFFFFF000u | 12 << 4 | RW,
                0x03000000u | 20 << 4 | RW, // nothing is there
        };
        struct space *space = call.thread->space;
        bool more;

        call.words[0] = fpage(AT(1), H_PAGE_LOG2, H_W);
        for (unsigned i = 0; i < 8; i++)
                call.words[i + 1] = words[i];
        call.words[9] = fpage(AT(0), H_PAGE_LOG2, H_R);
        call.control = 9;
        unmap("nothing, among others");

        ports_init();
        ports_give_console(space);
        call.control = 2;
        call.words[0] = fpage_ports(0x3F8, 2);
        call.words[1] = fpage_ports(0x3FC, 2) | H_W;
        call.words[2] = fpage(AT(1), H_PAGE_LOG2, H_R);
        expect_bool(true,
                    ports_share(space, below, ports_of(fpage_ports(0x3F8, 3)),
                                &more),
                    "ports_share");
        unmap("ports, and a page");
        bool has;
        struct port_row row = ports_of(fpage_ports(0x3F8, 2));
        ports_alike(below, row, &has);
        expect_bool(true, has, "ports that a flexpage without rights names");
        row = ports_of(fpage_ports(0x3FC, 2));
        ports_alike(below, row, &has);
        expect_bool(false, has, "ports that were taken away");
        ports_alike(space, row, &has);
        expect_bool(true, has, "the same ports of who takes them away");
        call.control = UNMAP_FLUSH | 0;
        call.words[0] = fpage_ports(0x3FC, 2) | H_R;
        unmap("ports, with flush");
        ports_alike(space, row, &has);
        expect_bool(false, has, "ports of who takes them away, with flush");
        interrupts_end();
}
