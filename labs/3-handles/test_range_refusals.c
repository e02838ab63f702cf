// SPDX-License-Identifier: MIT
// Tests of exercise 3.5: what modifying and removing refuse. Beside each
// refusal stands a call that is legal.
#include "ranges.h"

#include <h/internal/handles.h>

#define ROW 0x40440000u
#define LARGE 0x80000000u
#define LAST_PAGE (H_KERNEL_SPACE - H_PAGE_SIZE)

// Five rows of four pages: without the first, the second, the third, the last
// one; complete.
static void
given_rows(struct h_pagemap space)
{
        struct h_region row = spaces_region(14);

        for (uint32_t i = 0; i < 5; i++)
                given_mapped(space, user_pages(ROW + i * 0x4000, 14), row,
                             H_R | H_W);
        for (uint32_t i = 0; i < 4; i++)
                due_unmapped(space, user_pages(ROW + i * 0x5000, 12));
}

// Ranges of 8 MB, from LARGE on, each with what is missing, and a complete one.
static void
given_large_ranges(struct h_pagemap space)
{
        struct h_region far = spaces_far(22);
        const uint32_t size = H_SUPERPAGE_SIZE;

        given_mapped(space, user_pages(LARGE, 22), far, H_R);
        given_mapped(space, user_pages(LARGE + 3 * size, 22), far, H_R);
        given_mapped(space, user_pages(LARGE + 4 * size, 22), far, H_R);
        given_full_table(space, LARGE + 5 * size, far, H_R);
        due_unmapped(space, user_pages(LARGE + 6 * size - H_PAGE_SIZE, 12));
        given_full_table(space, LARGE + 6 * size, far, H_R);
        due_unmapped(space, user_pages(LARGE + 6 * size, 12));
        given_mapped(space, user_pages(LARGE + 7 * size, 22), far, H_R);
        given_mapped(space, user_pages(LARGE + 8 * size, 22), far, H_R);
        given_full_table(space, LARGE + 9 * size, far, H_R);
}

TEST(modify_refuses_holes)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap();
        given_rows(space);
        given_large_ranges(space);
        spaces_make();

        modify(space, ROW + 0x10000, 14, H_R);
        for (uint32_t i = 0; i < 4; i++)
                modify_refuses(H_NOT_MAPPED, space,
                               user_pages(ROW + i * 0x4000, 14), H_R);
        modify_refuses(H_NOT_MAPPED, space, user_pages(ROW, 12), H_R);
        modify_refuses(H_NOT_MAPPED, space, user_pages(ROW, 16), H_R);
        modify_refuses(H_NOT_MAPPED, space, user_pages(0x40400000, 12), H_R);
        modify_refuses(H_NOT_MAPPED, space, user_pages(0x40400000, 22), H_R);
        modify_refuses(H_NOT_MAPPED, space, user_pages(0x40000000, 12), H_R);
        spaces_check("after h_modify_mapping of ranges below 4 MB in which "
                     "pages are missing");

        modify(space, LARGE + 8 * H_SUPERPAGE_SIZE, 23, H_R | H_W);
        for (uint32_t i = 0; i < 8; i += 2)
                modify_refuses(H_NOT_MAPPED, space,
                               user_pages(LARGE + i * H_SUPERPAGE_SIZE, 23),
                               H_X);
        modify_refuses(H_NOT_MAPPED, space, user_pages(LARGE, 25), H_X);
        modify_refuses(H_NOT_MAPPED, space, user_pages(LARGE, 30), H_X);
        modify_refuses(H_NOT_MAPPED, space, user_pages(0, 31), H_X);
        spaces_check("after h_modify_mapping of ranges above 4 MB in which "
                     "something is missing");
}

TEST(ranges_are_refused)
{
        static const uint32_t no_flexpages[] = {
                0,          0x0000000C | 0x40,  LARGE,
                LARGE | 11, LARGE | 1,          LARGE | 33,
                LARGE | 63, LARGE | 12 | 0x800, (LARGE + 0x1000) | 13,
                LARGE | 32, LARGE | 12 | 0x40,  (LARGE + 0x200000) | 22,
        };
        static const uint32_t in_kernel_space[] = {
                H_KERNEL_SPACE | 12, 0xC0100000 | 12, 0xFFFFF000 | 12,
                0xD0000000 | 22,     0xC0000000 | 22, 0xC0000000 | 30,
                0x80000000 | 31,     0x00000000 | 32,
        };

        spaces_begin();
        struct h_pagemap space = given_pagemap();
        struct h_region far = spaces_far(22);
        given_mapped(space, user_pages(LARGE, 22), far, H_R | H_W);
        given_mapped(space, user_pages(LARGE + H_SUPERPAGE_SIZE, 22), far, H_R);
        struct table_at top = given_table_at(space, LAST_PAGE);
        given_mapped(space, user_pages(LAST_PAGE, 12), spaces_page(), H_R);
        struct h_vfpage page = user_pages(LAST_PAGE, 12);
        spaces_make();

        modifies(space, LAST_PAGE, 12, H_R | H_W);
        modify_refuses(H_NO_RIGHTS, space, page, 0);
        modify_refuses(H_NO_RIGHTS, space, page, ~(H_R | H_W | H_X));
        spaces_check("after h_modify_mapping without rights");

        for (size_t i = 0; i < 12; i++) {
                struct h_vfpage none = { no_flexpages[i] };
                modify_refuses(H_BAD_FLEXPAGE, space, none, H_R);
                remove_refuses(H_BAD_FLEXPAGE, space, none);
        }
        spaces_check("after calls with words that are no flexpages");

        for (size_t i = 0; i < 8; i++) {
                struct h_vfpage high = { in_kernel_space[i] };
                modify_refuses(H_BAD_ADDRESS, space, high, H_R);
                remove_refuses(H_BAD_ADDRESS, space, high);
        }
        spaces_check("after calls with ranges in kernel space");

        for (unsigned log2_size = 12; log2_size < 22; log2_size++) {
                const uint32_t last = LARGE + H_SUPERPAGE_SIZE;
                struct h_vfpage part = user_pages(LARGE, log2_size);
                modify_refuses(H_SUPERPAGE, space, part, H_R);
                remove_refuses(H_SUPERPAGE, space, part);
                part = user_pages(last - (1u << log2_size), log2_size);
                modify_refuses(H_SUPERPAGE, space, part, H_R);
                remove_refuses(H_SUPERPAGE, space, part);
        }
        spaces_check("after calls with a part of a superpage");

        modifies(space, LARGE, 23, H_X);
        removes(space, LARGE, 22, NULL, 0);
        removes(space, LAST_PAGE, 12, &top, 1);
}

TEST(remove_refuses_without_room)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap();
        struct h_region page = spaces_page();
        const struct table_at tables[] = {
                given_table_at(space, 0x80000000),
                given_table_at(space, 0x80800000),
                given_table_at(space, 0xBFC00000),
        };
        struct table_at more = given_table_at(space, ROW);
        given_mapped(space, user_pages(0x80000000, 12), page, H_R);
        given_mapped(space, user_pages(0x80400000, 22), spaces_far(22), H_R);
        given_mapped(space, user_pages(0x80AAA000, 12), page, H_R);
        given_mapped(space, user_pages(LAST_PAGE, 12), page, H_R);
        given_mapped(space, user_pages(ROW, 14), spaces_region(14), H_R);
        spaces_make();

        for (size_t room = 0; room < 3; room++) {
                remove_refuses_with(room, H_CAPACITY, 3, space,
                                    user_pages(LARGE, 30));
                spaces_check("after h_remove_mapping of three page-tables with "
                             "room for %u",
                             (unsigned)room);
        }
        // Two pages of four, and then the others: the page-table comes back.
        remove(space, ROW + 0x2000, 13, NULL, 0);
        remove_refuses_with(0, H_CAPACITY, 1, space, user_pages(ROW, 13));
        remove_refuses_with(0, H_CAPACITY, 1, space,
                            user_pages(ROW & -H_SUPERPAGE_SIZE, 22));
        remove(space, ROW, 12, NULL, 0);
        remove_refuses_with(0, H_CAPACITY, 1, space,
                            user_pages(ROW + 0x1000, 12));
        spaces_check("after h_remove_mapping of the last pages of a page-table "
                     "without room");

        removes(space, ROW, 13, &more, 1);
        removes(space, LARGE, 30, tables, 3);
}

// No handle of an address space: `gone` was freed, and nothing else has its
// slot; the slot of `live` had the generation before.
static void
handles_are_refused(struct h_pagemap live, struct h_pagemap gone)
{
        const struct h_pagemap handles[] = {
                gone,
                { live.slot, live.generation - 1 },
                { live.slot, live.generation + 1 },
                { live.slot, 0 },
                { live.slot, UINT32_MAX },
                { gone.slot, live.generation },
                { gone.slot, 0 },
                { 0, 0 },
                { SPACES_PAGEMAPS, live.generation },
                { SPACES_PAGEMAPS, 0 },
                { UINT32_MAX, live.generation },
                { live.slot + 0x10000000, live.generation },
        };

        for (size_t i = 0; i < sizeof(handles) / sizeof(handles[0]); i++) {
                struct h_mapping_info info = { .physical = { UNTOUCHED } };
                modify_refuses(H_BAD_HANDLE, handles[i], user_pages(ROW, 12),
                               H_R);
                remove_refuses(H_BAD_HANDLE, handles[i], user_pages(ROW, 12));
                expect_h(H_BAD_HANDLE,
                         h_read_mapping(handles[i], (struct h_vaddr){ ROW },
                                        &info),
                         "h_read_mapping, address space %u.%u, address 0x%08x",
                         handles[i].slot, handles[i].generation, ROW);
                expect_hex(UNTOUCHED, info.physical.value,
                           "h_read_mapping, address space %u.%u, has refused: "
                           "what was in its answer before",
                           handles[i].slot, handles[i].generation);
        }
}

TEST(ranges_need_a_live_space)
{
        spaces_begin();
        struct h_pagemap other = given_pagemap();
        struct h_pagemap reused = given_pagemap(), gone = given_pagemap();
        const struct h_pagemap freed[] = { gone, reused };
        given_mapped(other, user_pages(ROW, 13), spaces_region(13), H_R);
        for (size_t i = 0; i < 2; i++) {
                due_pagemap_gone(freed[i]);
                pagemap_slot_free(pagemap_slot(freed[i]));
        }
        struct h_pagemap space = given_pagemap();
        expect_number(reused.slot, space.slot, "the slot that is reused");
        struct table_at table = given_table_at(space, ROW);
        given_mapped(space, user_pages(ROW, 12), spaces_page(), H_R | H_W);
        spaces_make();

        handles_are_refused(space, gone);
        spaces_check("after calls with handles that name no address space");
        struct h_mapping_info info;
        expect_h(H_OK, h_read_mapping(space, (struct h_vaddr){ ROW }, &info),
                 "h_read_mapping, address space %u.%u, address 0x%08x",
                 space.slot, space.generation, ROW);
        modifies(space, ROW, 12, H_R);
        removes(space, ROW, 12, &table, 1);
}
