// SPDX-License-Identifier: MIT
// Tests of exercise 2.5, the initial regions: how many there are, and the room
// that they need.
#include "region_list.h"

TEST(no_regions_without_free_pages)
{
        machine(0x40);
        pages_set(0x20, MODULE(0));
        gives(ROOM);

        // Then no room is needed, nor a place to write to.
        clear();
        expect_page_result(PAGE_OK, initial_regions(NULL, 0, &count),
                           "initial_regions without room, no page being free");
        expect_number(0, count, "initial_regions: the number of them");

        machine(0);
        gives(ROOM);
}

// Five regions: 2 pages, 8, 1, 4 and 1.
static void
five(void)
{
        machine(0x80);
        pages_fill(0x06, 0x10, NORMAL(0));
        pages_fill(0x23, 0x28, NORMAL(0));
        pages_set(0x7F, NORMAL(0));
        region(0x06, 1);
        region(0x08, 3);
        region(0x23, 0);
        region(0x24, 2);
        region(0x7F, 0);
}

TEST(regions_fill_exactly_the_room)
{
        five();
        gives(6);
        gives(5);
}

static void
refuses(struct pfpage *out, size_t room)
{
        clear();
        expect_page_result(PAGE_CAPACITY, initial_regions(out, room, &count),
                           "initial_regions, 5 of them and room for %zu", room);
        expect_written();
        expect_number(5, count, "*count, with room for %zu", room);
        for (unsigned i = 0; i < 8; i++)
                expect_hex(UNTOUCHED, found[i].range.word,
                           "out[%u], with room for %zu", i, room);
        pages_check("after initial_regions has refused");
}

TEST(regions_need_room)
{
        five();
        gives(5);
        for (size_t room = 5; room-- > 0;)
                refuses(found, room);

        // How many there are can be asked for without any room.
        refuses(NULL, 0);
}
