// SPDX-License-Identifier: MIT
// Tests of exercise 3.5: unmapping ranges, and what comes back.
#include "many_tables.h"
#include "ranges.h"

// Here user addresses do not compete with the harness's for places in the TLB.
#define ROW 0x40440000u

// The last 4 MB of user space.
#define TOP (H_KERNEL_SPACE - H_SUPERPAGE_SIZE)

TEST(remove_passes_over_holes)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap(), other = given_pagemap();
        struct h_region row = spaces_region(15), page = region_page(row, 3);
        given_mapped(space, user_pages(0x40400000, 12), page, H_R);
        given_mapped(space, user_pages(0x407FF000, 12), page, H_R);
        for (uint32_t at = ROW; at < ROW + 0x20000; at += 0x8000)
                given_mapped(space, user_pages(at, 15), row, H_R | H_W);
        given_mapped(other, user_pages(ROW, 15), row, H_R);
        given_kernel_mapping(row, spaces_addresses(15), H_R, false);
        due_unmapped(space, user_pages(ROW, 12));
        due_unmapped(space, user_pages(ROW + 0x8000, 13));
        due_unmapped(space, user_pages(ROW + 0xF000, 12));
        spaces_make();

        removes(space, ROW + 0x10000, 12, NULL, 0);
        removes(space, ROW, 16, NULL, 0);
        removes(space, ROW, 16, NULL, 0); // nothing is there any more
        removes(space, ROW + 0x12000, 13, NULL, 0);

        // All that is between the first page of the table and the last one.
        removes(space, 0x40600000, 20, NULL, 0);
        removes(space, ROW + 0x10000, 16, NULL, 0);
        remove(space, 0x80000000, 12, NULL, 0);
        remove(space, 0x80000000, 22, NULL, 0);
        remove(space, 0, 30, NULL, 0);
        size_t count = UNTOUCHED;
        expect_h(H_OK,
                 h_remove_mapping(space, user_pages(0x80000000, 30), NULL, 0,
                                  &count),
                 "h_remove_mapping, 2^30 bytes at 0x80000000, where nothing is "
                 "mapped, with room for no page-table");
        expect_number(0, count,
                      "h_remove_mapping, 2^30 bytes at 0x80000000, where "
                      "nothing is mapped: how many page-tables come back");
        spaces_check("after h_remove_mapping where nothing is mapped");
}

// Nothing of what is refused has an effect, however much there is.
static void
refuses_many_tables(struct many_tables tables)
{
        static struct h_region freed[MANY_TABLES];
        struct h_vfpage all = user_pages(0, 30);
        size_t count = UNTOUCHED;

        expect_h(H_CAPACITY,
                 h_remove_mapping(tables.space, all, freed, MANY_TABLES - 1,
                                  &count),
                 "h_remove_mapping of 1 GB with %u page-tables, with room for "
                 "one less",
                 MANY_TABLES);
        expect_number(MANY_TABLES, count,
                      "h_remove_mapping of 1 GB, which refused: *count, of %u "
                      "page-tables",
                      MANY_TABLES);
        modify_refuses(H_NOT_MAPPED, tables.space, all, H_R | H_W);
        expect_many_tables_stay(tables,
                                "after h_remove_mapping without room and "
                                "h_modify_mapping of holes, of 1 GB");
}

// As many as a byte does not count.
static void
with_many_tables(void)
{
        static struct h_region freed[MANY_TABLES];
        size_t count = UNTOUCHED;

        struct many_tables tables;
        if (!begin_many_tables(&tables))
                return;
        struct h_pagemap space = tables.space;

        refuses_many_tables(tables);
        expect_h(H_OK,
                 h_remove_mapping(space, user_pages(0, 30), freed, MANY_TABLES,
                                  &count),
                 "h_remove_mapping of 1 GB with %u page-tables, with room for "
                 "as many",
                 MANY_TABLES);
        expect_number(MANY_TABLES, count,
                      "h_remove_mapping of 1 GB: how many page-tables come "
                      "back");
        expect_many_tables(freed, tables, "h_remove_mapping of 1 GB");
        spaces_check("after h_remove_mapping of 1 GB with %u page-tables",
                     MANY_TABLES);
}

TEST(remove_gives_tables_back)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap(), other = given_pagemap();
        struct h_region page = spaces_page(), far = spaces_far(21);

        // In another order than that of their addresses.
        struct table_at top = given_table_at(space, TOP);
        struct table_at fourth = given_full_table(space, 0x7FC00000, far, H_R);
        struct table_at second = given_table_at(space, 0x40400000);
        struct table_at first = given_table_at(space, 0);
        struct table_at third = given_table_at(space, 0x40800000);
        given_mapped(space, user_pages(0, 12), page, H_R);
        given_mapped(space, user_pages(ROW, 13), spaces_region(13), H_R);
        given_mapped(space, user_pages(0x40BFF000, 12), page, H_R);
        given_mapped(space, user_pages(TOP, 12), page, H_R);
        given_mapped(space, user_pages(TOP + 0x3FF000, 12), page, H_R);
        struct table_at beside = given_table_at(other, 0x40000000);
        given_mapped(other, user_pages(0x40000000, 12), page, H_R);
        given_mapped(other, user_pages(ROW, 12), page, H_R);
        spaces_make();

        // Behind these 4 MB begins another page-table, which stays.
        removes(other, 0x40000000, 22, &beside, 1);

        // One entry is left, at the one end and at the other.
        removes(space, TOP, 21, NULL, 0);
        removes(space, TOP + 0x200000, 21, &top, 1);
        removes(space, ROW, 12, NULL, 0);
        removes(space, 0x7FC00000, 21, NULL, 0);

        const struct table_at all[] = { first, second, third, fourth };
        removes(space, 0, 31, all, 4);
        with_many_tables();
}

TEST(remove_superpages)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap(), other = given_pagemap();
        struct h_region far = spaces_far(23);
        struct h_region half = region_of(region_first(far).value, 22);
        given_mapped(space, user_pages(0x40000000, 23), far, H_R | H_W);
        given_mapped(other, user_pages(0x40000000, 23), far, H_R);
        given_mapped(space, user_pages(0x80000000, 22), half, H_R | H_W);
        struct table_at table =
                given_full_table(space, 0x80800000, half, H_R | H_W);
        given_mapped(space, user_pages(0x80C00000, 22), half, H_R);
        given_mapped(space, user_pages(0x81000000, 22), half, H_R);

        // A superpage has no page-table, nor is that page 0 if it is one.
        due_page(region_of(0, 12), TABLE(1));
        spaces_make();
        removes(space, 0x40400000, 22, NULL, 0);
        due_page(region_of(0, 12), NORMAL(0));
        spaces_make();

        removes(other, 0x40000000, 23, NULL, 0);
        // Superpage, hole, page-table, superpage.
        removes(space, 0x80000000, 24, &table, 1);
        removes(space, 0x40000000, 30, NULL, 0);
        removes(space, 0x80000000, 30, NULL, 0);
}

static uint32_t
use(uint32_t address)
{
        struct touch touch = touch_read(vaddr(address));

        if (touch.faulted)
                fail("0x%08x cannot be read, though it is mapped at that "
                     "moment",
                     address);
        return touch.value;
}

// Unmaps a range in which addresses have just been used. `gone` is the page-table
// that comes back, or null.
static void
loses(struct h_pagemap space, uint32_t first, unsigned log2_size,
      const uint32_t *used, size_t count, const struct table_at *gone)
{
        for (size_t i = 0; i < count; i++)
                use(used[i]);
        if (gone)
                use(gone->lent.mapped.value);
        remove(space, first, log2_size, gone, gone ? 1 : 0);
        for (size_t i = 0; i < count; i++)
                expect_no_access(vaddr(used[i]), "after h_remove_mapping");
        if (gone)
                expect_no_access(vaddr(gone->lent.mapped.value),
                                 "where H saw the page-table that "
                                 "h_remove_mapping gave back");
}

TEST(removed_pages_are_gone_at_once)
{
        static const uint32_t row[] = {
                ROW, ROW + 0x1000, ROW + 0x2000, ROW + 0x7000, ROW + 0xF000,
        };
        static const uint32_t mixed[] = {
                0x80540000, 0x80550000, 0x807FF000, 0x80940000,
                0x80A00000, 0x80BF0000, 0x80D70000,
        };

        spaces_begin();
        struct h_pagemap space = given_pagemap();
        struct table_at table = given_table_at(space, ROW);
        struct h_region far = spaces_far(22);
        given_mapped(space, user_pages(ROW, 16), spaces_region(16), H_R);
        struct table_at full = given_full_table(space, 0x80400000, far, H_R);
        given_mapped(space, user_pages(0x80800000, 22), far, H_R | H_W);
        given_mapped(space, user_pages(0x80C00000, 22), far, H_R | H_W);
        spaces_make();

        spaces_enter(space);
        use(row[1]);
        use(row[2]);
        loses(space, ROW, 12, row, 1, NULL);
        use(row[1]);
        loses(space, ROW, 15, row + 1, 3, NULL);
        use(row[4]);
        loses(space, ROW + 0x8000, 15, row + 4, 1, &table);
        loses(space, 0x80C00000, 22, mixed + 6, 1, NULL);
        loses(space, 0x80000000, 24, mixed, 6, &full);
        spaces_check("after h_remove_mapping of what was just read");
}
