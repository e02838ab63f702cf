// SPDX-License-Identifier: MIT
// Tests of exercise 3.5: what h_read_mapping tells.
#include "ranges.h"

#define ROW 0x40440000u
#define LARGE 0x80C00000u
#define LAST_PAGE (H_KERNEL_SPACE - H_PAGE_SIZE)

static struct h_mapping_info
read(struct h_pagemap space, uint32_t address)
{
        struct h_mapping_info info;

        expect_h(H_OK,
                 h_read_mapping(space, (struct h_vaddr){ address }, &info),
                 "h_read_mapping, address 0x%08x", address);
        return info;
}

static void
tells(struct h_pagemap space, uint32_t address, uint32_t frame,
      unsigned log2_size, unsigned rights)
{
        struct h_mapping_info info = read(space, address);

        expect_hex(frame, info.physical.value,
                   "h_read_mapping, address 0x%08x: where the %s begins",
                   address,
                   log2_size == H_SUPERPAGE_LOG2 ? "superpage" : "page");
        expect_number(log2_size, info.log2_size,
                      "h_read_mapping, address 0x%08x: the size, as a power "
                      "of two",
                      address);
        // Writing includes reading, whether or not that is told.
        unsigned implied = rights & H_W ? H_R : 0;
        if ((info.rights | implied) != (rights | implied))
                fail_values(rights_name(rights), rights_name(info.rights),
                            "h_read_mapping, address 0x%08x: the rights "
                            "(0x%08x)",
                            address, info.rights);
}

TEST(read_tells_what_is_mapped)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap(), other = given_pagemap();
        struct h_region row = spaces_region(15), page = spaces_page();
        struct h_region far = spaces_far(23);
        const uint32_t frame = region_first(page).value;
        const uint32_t superframe = region_first(far).value + H_SUPERPAGE_SIZE;
        for (uint32_t i = 1; i < 8; i++)
                given_mapped(space, user_pages(ROW + i * H_PAGE_SIZE, 12),
                             region_page(row, i), i);
        given_mapped(space, user_pages(0, 12), page, H_R);
        given_mapped(space, user_pages(LAST_PAGE, 12), page, H_R | H_W);
        given_mapped(other, user_pages(ROW + H_PAGE_SIZE, 12), page, H_R);
        given_mapped(space, user_pages(LARGE - H_SUPERPAGE_SIZE, 23), far,
                     H_R | H_X);
        given_mapped(other, user_pages(LARGE, 22), far, H_X);
        given_mapped(space, user_pages(ROW + 0x20000, 17),
                     region_of(region_first(far).value + 0x1E0000, 17), H_R);
        spaces_make();

        for (uint32_t i = 1; i < 8; i++)
                tells(space, ROW + i * H_PAGE_SIZE,
                      region_first(row).value + i * H_PAGE_SIZE, 12, i);
        tells(space, 0, frame, 12, H_R);
        tells(space, 0xFFF, frame, 12, H_R);
        tells(space, LAST_PAGE, frame, 12, H_R | H_W);
        tells(space, LAST_PAGE + 0x5A3, frame, 12, H_R | H_W);
        tells(space, H_KERNEL_SPACE - 1, frame, 12, H_R | H_W);
        tells(other, ROW + H_PAGE_SIZE + 1, frame, 12, H_R);
        tells(space, ROW + 0x3FFFF, region_first(far).value + 0x1FF000, 12,
              H_R);

        tells(space, LARGE, superframe, 22, H_R | H_X);
        tells(space, LARGE + 0x1234, superframe, 22, H_R | H_X);
        tells(space, LARGE + 0x2AB000, superframe, 22, H_R | H_X);
        tells(space, LARGE + 0x3FFFFF, superframe, 22, H_R | H_X);
        tells(space, LARGE - 1, superframe - H_SUPERPAGE_SIZE, 22, H_R | H_X);
        tells(other, LARGE + 0x3FFFFF, region_first(far).value, 22, H_X);
        spaces_check("after h_read_mapping of many addresses");
}

static void
tells_use(struct h_pagemap space, uint32_t address, bool accessed, bool dirty,
          const char *when)
{
        struct h_mapping_info info = read(space, address);

        expect_bool(accessed, info.accessed,
                    "h_read_mapping, address 0x%08x, %s: accessed", address,
                    when);
        expect_bool(dirty, info.dirty,
                    "h_read_mapping, address 0x%08x, %s: dirty", address, when);
}

// Reads a word of what is mapped at an address, and writes it back.
static void
is_used(struct h_pagemap space, uint32_t address)
{
        tells_use(space, address, false, false, "before it is touched");
        struct touch touch = touch_read(vaddr(address));
        tells_use(space, address, true, false, "after a word was read");
        tells_use(space, address, true, false, "asked once more");
        touch_write(vaddr(address), touch.value);
        tells_use(space, address ^ 0xABC, true, true,
                  "after a word was written");
        tells_use(space, address, true, true, "asked once more");
}

TEST(read_tells_what_was_used)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap(), other = given_pagemap();
        struct h_region row = spaces_region(14);
        given_mapped(space, user_pages(ROW, 14), row, H_R | H_W);
        given_mapped(other, user_pages(ROW, 14), row, H_R | H_W);
        given_mapped(space, user_pages(LARGE, 23), spaces_far(23), H_R | H_W);
        spaces_make();

        spaces_enter(space);
        is_used(space, ROW + 0x1008);
        is_used(space, LARGE + 0x345670);
        tells_use(space, LARGE + 0x10, true, true,
                  "another part of a superpage that was written to");
        tells_use(space, ROW, false, false, "beside a page that was used");
        tells_use(space, ROW + 0x2000, false, false,
                  "beside a page that was used");
        tells_use(space, LARGE + H_SUPERPAGE_SIZE, false, false,
                  "beside a superpage that was used");
        tells_use(other, ROW + 0x1008, false, false,
                  "used in another address space");
        spaces_check("after h_read_mapping of what was used");
}

static void
read_refuses_at(struct h_pagemap space, uint32_t address, enum h_error due)
{
        struct h_mapping_info info = {
                .physical = { UNTOUCHED },
                .log2_size = UNTOUCHED,
                .rights = UNTOUCHED,
                .accessed = true,
                .dirty = false,
        };

        expect_h(due, h_read_mapping(space, (struct h_vaddr){ address }, &info),
                 "h_read_mapping, address 0x%08x", address);
        if (info.physical.value != UNTOUCHED || info.log2_size != UNTOUCHED ||
            info.rights != UNTOUCHED || !info.accessed || info.dirty)
                fail("h_read_mapping, address 0x%08x, has refused, and has "
                     "written to its answer",
                     address);
}

TEST(read_refuses)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap(), other = given_pagemap();
        struct table_at table = given_table_at(space, ROW);
        given_mapped(space, user_pages(ROW + H_PAGE_SIZE, 12), spaces_page(),
                     H_R);
        given_mapped(other, user_pages(ROW, 12), spaces_page(), H_R);
        given_mapped(space, user_pages(LARGE, 22), spaces_far(22), H_R);
        struct h_vfpage client = spaces_addresses(12);
        given_kernel_mapping(spaces_page(), client, H_R, true);
        given_mapped(space, user_pages(LAST_PAGE, 12), spaces_page(), H_R);
        spaces_make();

        tells(other, ROW, *entry_at(other, ROW) & ENTRY_FRAME, 12, H_R);
        read(space, ROW + 0x1FFF);
        read_refuses_at(space, ROW + 0x2000, H_NOT_MAPPED);
        read_refuses_at(space, ROW + 0xFFF, H_NOT_MAPPED);
        read_refuses_at(space, ROW, H_NOT_MAPPED);
        read_refuses_at(space, ROW & -H_SUPERPAGE_SIZE, H_NOT_MAPPED);
        read(space, LARGE);
        read_refuses_at(space, LARGE - 1, H_NOT_MAPPED);
        read_refuses_at(space, LARGE + H_SUPERPAGE_SIZE, H_NOT_MAPPED);
        read_refuses_at(space, 0, H_NOT_MAPPED);
        read_refuses_at(space, LAST_PAGE - 1, H_NOT_MAPPED);

        read(space, H_KERNEL_SPACE - 1);
        read_refuses_at(space, H_KERNEL_SPACE, H_BAD_ADDRESS);
        read_refuses_at(space, H_KERNEL_SPACE + 0x100000, H_BAD_ADDRESS);
        read_refuses_at(space, h_vfpage_first(client).value, H_BAD_ADDRESS);
        read_refuses_at(space, table.lent.mapped.value, H_BAD_ADDRESS);
        read_refuses_at(space, UINT32_MAX, H_BAD_ADDRESS);
        spaces_check("after h_read_mapping has refused");
}
