// SPDX-License-Identifier: MIT
// Tests of exercise 3.5: many ranges, one after the other, of all sizes, over
// whatever is there.
#include "ranges.h"

// 16 MB, in which each 4 MB is a superpage, a page-table or nothing. Of a
// page-table that is not full the entries stand in 64 KB.
#define BASE 0x40000000u
#define BASE_LOG2 24
#define SLOTS 4u
#define ENTRIES_AT 0x100000u
#define ENTRIES_LOG2 16

struct machine {
        struct h_pagemap spaces[2];
        struct h_region row, far;
};

static unsigned
some_rights(void)
{
        return 1 + random_below(7);
}

static void
given_pieces(struct machine machine, struct h_pagemap space, uint32_t first)
{
        for (uint32_t at = first; at < first + (1u << ENTRIES_LOG2);
             at += 0x4000) {
                unsigned log2_size = 12 + random_below(3);
                uint32_t frame = region_first(machine.row).value +
                                 (random_below(4) << log2_size) % (1u << 14);
                given_mapped(space, user_pages(at, log2_size),
                             region_of(frame, log2_size), some_rights());
        }
}

// One of four things, each of which is in some 4 MB.
static void
given_something(struct machine machine, struct h_pagemap space, uint32_t at,
                unsigned what)
{
        uint32_t half = random_below(2) * H_SUPERPAGE_SIZE;
        struct h_region far =
                region_of(region_first(machine.far).value + half, 22);

        if (what == 0)
                given_mapped(space, user_pages(at, 22), far, some_rights());
        else if (what == 1 && random_below(2) == 0)
                given_full_table(space, at, far, some_rights());
        else if (what < 3)
                given_pieces(machine, space, at + ENTRIES_AT);
}

// A range about what is there.
static struct h_vfpage
some_range(void)
{
        unsigned log2_size = random_below(4) == 0 ? 21 + random_below(5)
                                                  : 12 + random_below(6);
        uint32_t first = BASE + random_below(SLOTS) * H_SUPERPAGE_SIZE +
                         ENTRIES_AT +
                         random_below(1u << (ENTRIES_LOG2 - 12)) * H_PAGE_SIZE;

        return user_pages(first & -(1u << log2_size), log2_size);
}

// What is in a range, as the machine stands.
struct content {
        bool part; // of a superpage
        bool hole;
        struct table_at emptied[SLOTS]; // page-tables with entries nowhere else
        size_t tables;
};

static void
look_into_table(struct h_pagemap space, uint32_t first, uint32_t pages,
                struct content *content)
{
        const uint32_t *upper =
                &spaces_directory(space).mapped[first / H_SUPERPAGE_SIZE];
        struct h_region table = region_of(*upper & ENTRY_FRAME, 12);
        const uint32_t *entry = entry_at(space, first);
        uint32_t present = 0;

        for (uint32_t i = 0; i < pages; i++)
                present += entry[i] & ENTRY_PRESENT;
        if (present < pages)
                content->hole = true;
        if (present == spaces_expected(table).entries)
                content->emptied[content->tables++] = (struct table_at){
                        first,
                        { .page = table },
                };
}

static struct content
look_into(struct h_pagemap space, struct h_vfpage pages)
{
        struct content content = { .hole = false };
        uint32_t first = h_vfpage_first(pages).value;
        uint32_t size = 1u << h_vfpage_log2(pages);
        uint32_t step = size < H_SUPERPAGE_SIZE ? size : H_SUPERPAGE_SIZE;

        for (uint32_t at = first; at - first < size; at += step) {
                uint32_t upper =
                        spaces_directory(space).mapped[at / H_SUPERPAGE_SIZE];
                if (!(upper & ENTRY_PRESENT))
                        content.hole = true;
                else if (!(upper & ENTRY_SUPERPAGE))
                        look_into_table(space, at, step / H_PAGE_SIZE,
                                        &content);
                else if (step < H_SUPERPAGE_SIZE)
                        content.part = true;
        }
        return content;
}

static void
modify_some(struct h_pagemap space, struct h_vfpage pages)
{
        struct content content = look_into(space, pages);
        uint32_t first = h_vfpage_first(pages).value;
        unsigned log2_size = h_vfpage_log2(pages), rights = some_rights();

        if (content.part)
                modify_refuses(H_SUPERPAGE, space, pages, rights);
        else if (content.hole)
                modify_refuses(H_NOT_MAPPED, space, pages, rights);
        else
                modify(space, first, log2_size, rights);
        spaces_check("after h_modify_mapping, 2^%u bytes at 0x%08x", log2_size,
                     first);
}

static void
remove_some(struct h_pagemap space, struct h_vfpage pages)
{
        struct content content = look_into(space, pages);
        uint32_t first = h_vfpage_first(pages).value;
        unsigned log2_size = h_vfpage_log2(pages);

        if (content.part)
                remove_refuses(H_SUPERPAGE, space, pages);
        else if (content.tables > 0 && random_below(4) == 0)
                remove_refuses_with(content.tables - 1, H_CAPACITY,
                                    content.tables, space, pages);
        else
                remove(space, first, log2_size, content.emptied,
                       content.tables);
        spaces_check("after h_remove_mapping, 2^%u bytes at 0x%08x", log2_size,
                     first);
}

static void
read_some(struct h_pagemap space, uint32_t address)
{
        uint32_t upper =
                spaces_directory(space).mapped[address / H_SUPERPAGE_SIZE];
        uint32_t entry = *entry_at(space, address);
        struct h_mapping_info info = { .physical = { UNTOUCHED } };
        bool mapped = upper & entry & ENTRY_PRESENT;

        expect_h(mapped ? H_OK : H_NOT_MAPPED,
                 h_read_mapping(space, (struct h_vaddr){ address }, &info),
                 "h_read_mapping, address 0x%08x", address);
        expect_hex(mapped ? entry & ENTRY_FRAME : UNTOUCHED,
                   info.physical.value,
                   "h_read_mapping, address 0x%08x: what is mapped there",
                   address);
}

// Everything goes, and the page-tables come back.
static void
remove_all(struct h_pagemap space)
{
        struct content content = look_into(space, user_pages(BASE, BASE_LOG2));

        remove(space, BASE, BASE_LOG2, content.emptied, content.tables);
}

TEST(random_ranges)
{
        struct machine machine;
        spaces_begin();
        machine.row = spaces_region(14);
        machine.far = spaces_far(23);
        for (unsigned i = 0; i < 2; i++) {
                unsigned what = random_below(SLOTS);
                machine.spaces[i] = given_pagemap();
                for (uint32_t slot = 0; slot < SLOTS; slot++)
                        given_something(machine, machine.spaces[i],
                                        BASE + slot * H_SUPERPAGE_SIZE,
                                        (what + slot) % SLOTS);
        }
        spaces_make();

        for (unsigned i = 0; i < 8; i++) {
                struct h_pagemap space = machine.spaces[random_below(2)];
                struct h_vfpage pages = some_range();
                for (unsigned j = 0; j < 4; j++)
                        read_some(space, h_vfpage_first(some_range()).value +
                                                 random_below(H_PAGE_SIZE));
                if (random_below(2))
                        modify_some(space, pages);
                else
                        remove_some(space, pages);
        }
        remove_all(machine.spaces[0]);
        remove_all(machine.spaces[1]);
        spaces_check("after h_remove_mapping of everything");
}

// What h_split_superpage makes of a superpage, and h_take_reference_bits of its
// pages, is as good as what was mapped page by page.
TEST(a_split_superpage_comes_apart)
{
        const uint32_t first = 0x80C00000, used = first + 0x340000;
        const char *when =
                "after h_modify_mapping took the right to write away";
        bool accessed, dirty;
        spaces_begin();
        struct h_pagemap space = given_pagemap();
        struct h_region far = spaces_far(22);
        struct table_at table = { first, spaces_lent() };
        given_mapped(space, user_pages(first, 22), far, H_R | H_W);
        spaces_make();

        spaces_enter(space);
        uint32_t word = touch_read(vaddr(used)).value;
        touch_write(vaddr(used), word);
        expect_h(H_OK,
                 h_split_superpage(space, (struct h_vaddr){ used }, table.lent),
                 "h_split_superpage, address 0x%08x", used);
        due_unmapped(space, user_pages(first, 22));
        due_table(space, first, table.lent);
        for (uint32_t half = 0; half < 1u << 22; half += 1u << 21)
                due_mapped(space, user_pages(first + half, 21),
                           region_of(region_first(far).value + half, 21),
                           H_R | H_W);
        spaces_check("after h_split_superpage");

        touch_write(vaddr(used), word);
        modify(space, used, 12, H_R);
        expect_read_only(vaddr(used), when);
        expect_reads(vaddr(used), word, when);
        if (touch_write(vaddr(used + H_PAGE_SIZE), word).faulted)
                fail("0x%08x cannot be written %s from the page in front of it",
                     used + H_PAGE_SIZE, when);
        remove(space, first, 21, NULL, 0);

        for (unsigned i = 0; i < 2; i++) {
                struct h_mapping_info info = { .accessed = false };
                expect_h(H_OK,
                         h_take_reference_bits(space, user_pages(first, 22),
                                               &accessed, &dirty),
                         "h_take_reference_bits, 2^22 bytes at 0x%08x", first);
                expect_bool(true, accessed, "h_take_reference_bits: accessed");
                expect_bool(i == 0, dirty, "h_take_reference_bits: dirty");
                h_read_mapping(space, (struct h_vaddr){ used }, &info);
                expect_bool(false, info.accessed || info.dirty,
                            "h_read_mapping, address 0x%08x, after "
                            "h_take_reference_bits: accessed or dirty",
                            used);
                touch_read(vaddr(used));
        }
        remove(space, first, 22, &table, 1);
        expect_no_access(vaddr(used), "after h_remove_mapping");
        spaces_check("after h_remove_mapping of what was a superpage");
}
