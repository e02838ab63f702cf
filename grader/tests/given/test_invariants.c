// SPDX-License-Identifier: MIT
// Given operations in any order: what is expected of the machine is so after each,
// and H finds it well-formed at last.
#include "copying.h"

#include <h/internal/wellformed.h>

#define LARGE 0x80400000u

static struct {
        struct h_pagemap space;
        struct h_region far; // at LARGE
        bool split;
} machines[2];

static struct place
somewhere(uint32_t bytes)
{
        uint32_t room = PAGES_EACH * H_PAGE_SIZE - bytes + 1;

        return in_space(machines[random_below(2)].space,
                        ROW_AT + random_below(room));
}

static void
copy_something(void)
{
        uint32_t bytes = random_below(0x1400);

        copy(somewhere(bytes), somewhere(bytes), bytes);
}

static void
read_something(void)
{
        struct place at = somewhere(4);
        uint32_t word = UNTOUCHED;

        at.address &= ~3u;
        expect_h(H_OK,
                 h_read_user_word(at.space, (struct h_vaddr){ at.address },
                                  &word),
                 "h_read_user_word, address 0x%08x", at.address);
        expect_hex(*(uint32_t *)(void *)byte_due(at), word,
                   "h_read_user_word, address 0x%08x", at.address);
}

// Asked twice, with nothing used in between, the second answer is no.
static void
take_something(void)
{
        struct h_pagemap space = machines[random_below(2)].space;
        unsigned log2_size = 12 + random_below(19);
        uint32_t at = random_below(2) ? ROW_AT : LARGE;
        struct h_vfpage pages = h_vfpage(
                (struct h_vaddr){ at + random_below(0x8000) }, log2_size);
        bool accessed = true, dirty = true;

        enum h_error error =
                h_take_reference_bits(space, pages, &accessed, &dirty);
        if (error == H_OK)
                error = h_take_reference_bits(space, pages, &accessed, &dirty);
        if (error != H_OK && (error != H_SUPERPAGE || at == ROW_AT))
                fail("h_take_reference_bits of 0x%08x answers %u", pages.word,
                     error);
        if (error == H_OK && (accessed || dirty))
                fail("the bits of 0x%08x have been taken, and are there",
                     pages.word);
}

static void
split_something(void)
{
        unsigned which = random_below(2);
        struct h_pagemap space = machines[which].space;
        struct h_pagemap_page table = spaces_lent();
        uint32_t first = region_first(machines[which].far).value;
        bool was = machines[which].split;

        expect_h(was ? H_NOT_SUPERPAGE : H_OK,
                 h_split_superpage(
                         space,
                         (struct h_vaddr){ LARGE + random_below(0x400000) },
                         table),
                 "h_split_superpage");
        if (was)
                return;
        machines[which].split = true;
        due_unmapped(space, user_pages(LARGE, 22));
        due_table(space, LARGE, table);
        for (uint32_t half = 0; half < H_SUPERPAGE_SIZE; half += 1u << 21)
                due_mapped(space, user_pages(LARGE + half, 21),
                           region_of(first + half, 21), H_R | H_W);
}

static void
change_something(void)
{
        unsigned which = random_below(2);
        struct h_pagemap space = machines[which].space;

        if (machines[which].split)
                modify(space, LARGE + (random_word() & 0x3F0000), 16, H_R);
        spaces_enter(space);
        touch_read(vaddr(LARGE + (random_word() & 0x3FFFFC)));
        touch_read(vaddr(ROW_AT + (random_word() & 0x7FFC)));
}

TEST(operations_in_any_order)
{
        static void (*const operations[])(void) = {
                copy_something,  read_something,   take_something,
                split_something, change_something, copy_something,
        };
        struct violation found;

        spaces_begin();
        for (unsigned i = 0; i < 2; i++) {
                machines[i].space = given_pagemap();
                machines[i].far = spaces_far(22);
                machines[i].split = false;
                given_row(machines[i].space, H_R | H_W, 0);
                given_mapped(machines[i].space, user_pages(LARGE, 22),
                             machines[i].far, H_R | H_W);
        }
        spaces_make();
        for (unsigned i = 0; i < 40; i++) {
                // Each of them once, at least.
                unsigned which = i < 6 ? 5 - i : random_below(6);
                operations[which]();
                spaces_check("after step %u, operation %u", i, which);
        }
        if (!wellformed(&found))
                fail("the machine is not well-formed: %s: page 0x%08x, "
                     "address 0x%08x",
                     invariant_text(found.invariant), found.page.value,
                     found.address.value);
}
