// SPDX-License-Identifier: MIT
// Tests of the areas of a space. No program is needed.
#include <l4/kip.h>

#include "parts.h"

#define KIP_AT 0x00C00000u
#define UTCBS_AT 0x00800000u

static uint32_t
fpage(uint32_t first, unsigned log2)
{
        return first | (uint32_t)log2 << 4;
}

static struct space *
begin(void)
{
        parts_begin();
        kip_init();
        return parts_space();
}

// One that has areas of 4 KB and 8 KB.
static struct space *
begin_with_areas(void)
{
        struct space *space = begin();

        expect_call(
                CALL_OK,
                space_configure(space, fpage(KIP_AT, 12), fpage(UTCBS_AT, 13)),
                "space_configure for the first time");
        return space;
}

static void
expect_page(const struct space *space, uint32_t address, bool due)
{
        struct h_mapping_info info;
        bool there = parts_mapping(space, address, &info);

        expect_bool(due, there, "the kernel interface page is mapped at 0x%08x",
                    address);
        if (!due)
                return;
        expect_hex(h_pfpage_first(kip_page().pages).value, info.physical.value,
                   "which page is mapped at 0x%08x", address);
        expect_number(H_R | H_X, info.rights,
                      "rights of the kernel interface page");
}

TEST(areas_are_set)
{
        struct space *space = begin_with_areas();

        expect_hex(KIP_AT, space->kip, "kip of the space");
        expect_hex(0x1000, space->kip_bytes, "kip_bytes of the space");
        expect_hex(UTCBS_AT, space->utcb_first, "utcb_first of the space");
        expect_hex(0x2000, space->utcb_bytes, "utcb_bytes of the space");
        expect_page(space, KIP_AT, true);
        expect_page(space, UTCBS_AT, false);
}

TEST(areas_of_all_sizes)
{
        struct space *space = begin();

        for (unsigned log2 = 12; log2 <= 31; log2++) {
                // One at the lower end of user space, the other one at the upper end.
                uint32_t bytes = 1u << log2;
                uint32_t upper = log2 == 31 ? 0x80000000 : 0xC0000000 - bytes;
                // Of 2 GB there is no room for a second one.
                enum call_error due = log2 == 31 ? CALL_BAD_UTCB_AREA : CALL_OK;
                expect_number(due,
                              space_configure(space, fpage(0, log2),
                                              fpage(upper, log2)),
                              "space_configure with areas of 2^%u bytes at 0 "
                              "and 0x%08x",
                              log2, upper);
                if (due != CALL_OK)
                        continue;
                expect_hex(bytes, space->kip_bytes, "kip_bytes of the space");
                expect_hex(upper, space->utcb_first, "utcb_first of the space");
                expect_page(space, 0, true);
        }
        // What is below the size is rounded away, and rights mean nothing.
        expect_call(CALL_OK,
                    space_configure(space, fpage(0x00401C00, 13) | 7,
                                    fpage(0x00801400, 12) | 5),
                    "space_configure with low bits and rights");
        expect_hex(0x00400000, space->kip, "kip of the space");
        expect_hex(0x00801000, space->utcb_first, "utcb_first of the space");
        expect_page(space, 0, false);
        expect_page(space, 0x00400000, true);
}

TEST(areas_may_be_others_later)
{
        struct space *space = begin_with_areas();
        uint32_t left = pool_left();

        expect_call(CALL_OK, space_configure(space, FPAGE_NIL, FPAGE_NIL),
                    "space_configure: all as it is");
        expect_page(space, KIP_AT, true);
        expect_call(CALL_OK,
                    space_configure(space, fpage(0x01000000, 12), FPAGE_NIL),
                    "space_configure: another KIP area");
        expect_page(space, KIP_AT, false);
        expect_page(space, 0x01000000, true);
        expect_hex(UTCBS_AT, space->utcb_first, "the UTCB area stays");
        expect_call(CALL_OK,
                    space_configure(space, FPAGE_NIL, fpage(KIP_AT, 14)),
                    "space_configure: another UTCB area");
        expect_hex(0x01000000, space->kip, "the KIP area stays");
        expect_hex(KIP_AT, space->utcb_first, "utcb_first of the space");
        expect_call(CALL_OK,
                    space_configure(space, fpage(0x01000000, 13), FPAGE_NIL),
                    "space_configure: a larger KIP area at the same place");
        expect_page(space, 0x01000000, true);
        expect_number(left, pool_left(),
                      "pages left: one page-table, as before");
}

TEST(areas_of_active_threads_stay)
{
        struct space *space = begin_with_areas();

        space->active = 1;
        expect_call(
                CALL_OK,
                space_configure(space, fpage(KIP_AT, 12), fpage(UTCBS_AT, 13)),
                "space_configure with the same areas, a thread is active");
        expect_call(CALL_OK, space_configure(space, FPAGE_NIL, FPAGE_NIL),
                    "space_configure with nil, a thread is active");
        expect_call(CALL_BAD_KIP_AREA,
                    space_configure(space, fpage(0x01000000, 12), FPAGE_NIL),
                    "space_configure with another KIP area, a thread is "
                    "active");
        expect_call(CALL_BAD_KIP_AREA,
                    space_configure(space, fpage(KIP_AT, 13), FPAGE_NIL),
                    "space_configure with a larger KIP area, a thread is "
                    "active");
        expect_call(CALL_BAD_UTCB_AREA,
                    space_configure(space, FPAGE_NIL, fpage(UTCBS_AT, 14)),
                    "space_configure with a larger UTCB area, a thread is "
                    "active");
        expect_call(CALL_BAD_UTCB_AREA,
                    space_configure(space, FPAGE_NIL, fpage(0x01000000, 13)),
                    "space_configure with another UTCB area, a thread is "
                    "active");
        expect_call(CALL_BAD_KIP_AREA,
                    space_configure(space, fpage(0x01000000, 12),
                                    fpage(0x02000000, 13)),
                    "space_configure with other areas, a thread is active: "
                    "the KIP area is looked at first");
        expect_hex(KIP_AT, space->kip, "kip of the space, after errors");
        expect_page(space, KIP_AT, true);
}

static void
refused(struct space *space, enum call_error error, uint32_t kip,
        uint32_t utcbs, const char *why)
{
        struct space before = *space;
        uint32_t left = pool_left();

        expect_call(error, space_configure(space, kip, utcbs),
                    "space_configure(0x%08x, 0x%08x): %s", kip, utcbs, why);
        expect_number(left, pool_left(), "pages left after an error");
        expect_bool(true,
                    before.kip == space->kip &&
                            before.kip_bytes == space->kip_bytes &&
                            before.utcb_first == space->utcb_first &&
                            before.utcb_bytes == space->utcb_bytes,
                    "the space is as it was after an error");
}

static void
refuse_all(struct space *space)
{
        uint32_t kip = fpage(0x02000000, 12), utcbs = fpage(0x03000000, 12);

        for (unsigned log2 = 0; log2 < 64; log2++) {
                if (log2 >= 12 && log2 <= 31)
                        continue;
                if (log2 == 0)
                        continue; // nil, with base 0
                refused(space, CALL_BAD_KIP_AREA, fpage(0, log2), utcbs,
                        "no size of an area");
                refused(space, CALL_BAD_UTCB_AREA, kip, fpage(0, log2),
                        "no size of an area");
        }
        refused(space, CALL_BAD_KIP_AREA, 0x00000400, utcbs, "of 1 byte");
        refused(space, CALL_BAD_KIP_AREA, 7, utcbs,
                "rights and nothing else, which is not nil");
        refused(space, CALL_BAD_UTCB_AREA, kip, 7,
                "rights and nothing else, which is not nil");
        refused(space, CALL_BAD_KIP_AREA, fpage(0xC0000000, 12), utcbs,
                "in the kernel");
        refused(space, CALL_BAD_UTCB_AREA, kip, fpage(0xFFFFF000, 12),
                "at the end of the kernel");
        refused(space, CALL_BAD_UTCB_AREA, kip, fpage(0x80000000, 31),
                "across the end of user space");
        refused(space, CALL_BAD_KIP_AREA, fpage(0xC0000000, 12),
                fpage(0xC0000000, 12), "both in the kernel");
        refused(space, CALL_BAD_KIP_AREA, kip, kip, "the same area twice");
        refused(space, CALL_BAD_KIP_AREA, kip, fpage(0x02000000, 14),
                "the page in the UTCB area");
        refused(space, CALL_BAD_KIP_AREA, fpage(0x03000000, 16),
                fpage(0x03008000, 12), "UTCBs in the KIP area");
        refused(space, CALL_BAD_KIP_AREA, fpage(0x40001000, 12),
                fpage(0x40000000, 30),
                "the page in an UTCB area that ends at 2 GB");
}

TEST(areas_that_are_none)
{
        struct space *space = begin();

        refuse_all(space);
        refused(space, CALL_BAD_KIP_AREA, FPAGE_NIL, fpage(UTCBS_AT, 12),
                "nil, and there is none yet");
        refused(space, CALL_BAD_UTCB_AREA, fpage(KIP_AT, 12), FPAGE_NIL,
                "nil, and there is none yet");
        expect_call(CALL_OK,
                    space_configure(space, fpage(KIP_AT, 12),
                                    fpage(KIP_AT - 0x1000, 12)),
                    "space_configure with areas that touch");
        expect_call(
                CALL_OK,
                space_configure(space, fpage(KIP_AT, 12),
                                fpage(KIP_AT + 0x1000, 12)),
                "space_configure with areas that touch, the other way round");
        refuse_all(space);
        refused(space, CALL_BAD_KIP_AREA, FPAGE_NIL, fpage(KIP_AT, 12),
                "UTCBs where the page stays");
        expect_page(space, KIP_AT, true);
}

TEST(areas_without_a_page_table)
{
        struct space *space = begin_with_areas();
        struct h_pagemap_page page;
        struct space *other = parts_space();

        expect_number(H_OK,
                      pool_map(space->pagemap, 0x01000000, kip_page(), H_R),
                      "pool_map, as if a program had a page there");
        refused(space, CALL_NO_MEMORY, fpage(0x01000000, 12), FPAGE_NIL,
                "a program has a page there");
        expect_page(space, KIP_AT, true);
        while (pool_take(&page))
                ;
        refused(space, CALL_NO_MEMORY, fpage(0x20000000, 12), FPAGE_NIL,
                "no page for a page-table");
        expect_page(space, KIP_AT, true);
        refused(other, CALL_NO_MEMORY, fpage(0x20000000, 12),
                fpage(0x30000000, 12), "no page for a page-table");
        expect_hex(0, other->utcb_bytes,
                   "utcb_bytes of a space that has no areas yet");
}
