// SPDX-License-Identifier: MIT
// Map items where there is memory for one mapping more, or for none.
#ifndef LAB7_LACK_OF_MEMORY_H
#define LAB7_LACK_OF_MEMORY_H

#include "items.h"

// All mappings but one are taken, in a row, and given back.
static inline struct mapping *
take_all_but_one(void)
{
        struct mapping *taken = NULL;

        while (mapdb_used() + 1 < mapdb_room()) {
                struct mapping *one = mapping_take(0, H_PAGE_LOG2, NULL);
                one->next_here = taken;
                taken = one;
        }
        return taken;
}

static inline void
give_back(struct mapping *taken)
{
        while (taken) {
                struct mapping *next = taken->next_here;
                mapping_give_back(taken);
                taken = next;
        }
}

// What comes behind a page for which there is no mapping may need none.
static inline void
behind_a_lack_of_memory(void)
{
        const char *what =
                "two pages, of which the second is there for reading";
        struct mapping *taken = take_all_but_one();

        item_begin(ITEM_MAP, fpage_make(0x41000, 12, H_R), 0x25000,
                   WHOLE_SPACE);
        item_run(8, "a page for reading, and one mapping is left");
        item_begin(ITEM_MAP, fpage_make(0x40000, 13, RW), 0x24000, WHOLE_SPACE);
        item_run(8, what);
        expect_bool(true, item.short_of_memory, "%s: `short_of_memory`", what);
        expect_bool(true, item.mapped, "%s: `mapped`", what);
        items_expect_none(to, 0x24000, what);
        items_expect(to, 0x25000, 1, RW, what);
        give_back(taken);
}

// No mapping is left: what could not be mapped is left out, and that is told.
static inline void
without_memory(void)
{
        struct mapping *taken = take_all_but_one();

        item_begin(ITEM_MAP, fpage_make(0x40000, 13, RW), 0x20000, WHOLE_SPACE);
        item_run(8, "two pages, and one mapping is left");
        expect_bool(true, item.short_of_memory,
                    "two pages, and one mapping is left: `short_of_memory`");
        expect_bool(true, item.mapped,
                    "two pages, and one mapping is left: `mapped`");
        items_expect(to, 0x20000, 0, RW, "two pages, and one mapping is left");
        items_expect_none(to, 0x21000, "two pages, and one mapping is left");
        give_back(taken);
        item_whole(ITEM_MAP, fpage_make(0x40000, 13, RW), 0x20000, WHOLE_SPACE,
                   8, "two pages, and there is room again");
        items_expect(to, 0x21000, 1, RW, "two pages, and there is room again");
        expect_bool(false, item.short_of_memory,
                    "two pages, and there is room again: `short_of_memory`");
        behind_a_lack_of_memory();
}

#endif
