// SPDX-License-Identifier: MIT
#include <h4/spaces.h>
#include <h4/test.h>
#include <h/internal/wellformed.h>
TEST(todo_1)
{
        spaces_begin();
        struct h_region out;
        expect_h(H_OK, h_derive_region(region_of(0x800000, 23), (struct h_pfpage){0x800000|12}, &out), "h_derive_region");
        spaces_check("after h_derive_region");
}
TEST(todo_2)
{
        spaces_begin();
        struct h_pagemap space = given_pagemap();
        struct h_region page = spaces_page();
        given_table(space, 0x00400000);
        spaces_make();
        bool used;
        enum h_error error = h_add_mapping(NULL, space, user_pages(0x00400000, 12), page, H_R, &used);
        expect_h(H_OK, error, "h_add_mapping of one page");
        due_mapped(space, user_pages(0x00400000, 12), page, H_R);
        spaces_check("after h_add_mapping of one page");
        struct violation v;
        if (!wellformed(&v)) fail("violation %d %s page %x address %x", v.invariant, invariant_text(v.invariant), v.page.value, v.address.value);
        spaces_check("after wellformed");
}
TEST(todo_3)
{
        spaces_begin();
        spaces_make();
        struct h_pagemap_page page = spaces_lent();
        struct h_pagemap space;
        expect_h(H_OK, h_alloc_pagemap(page, &space), "alloc");
        due_pagemap(space, page);
        spaces_check("after h_alloc_pagemap");
        struct h_region region = spaces_region(14);
        struct h_pagemap_page table = spaces_lent();
        bool used;
        expect_h(H_OK, h_add_mapping(&table, space, user_pages(0x10000000, 14), region, H_R|H_W, &used), "add");
        due_table(space, 0x10000000, table);
        due_mapped(space, user_pages(0x10000000, 14), region, H_R|H_W);
        spaces_check("after add");
        struct h_region far = spaces_far(23);
        expect_h(H_OK, h_add_mapping(&table, space, user_pages(0x40000000, 23), far, H_R|H_W, &used), "add far");
        due_mapped(space, user_pages(0x40000000, 23), far, H_R|H_W);
        spaces_check("after add far");
        spaces_enter(space);
        expect_reads((struct vaddr){0x10001000}, *spaces_word((struct h_paddr){region_first(region).value+4096}), "x");
        spaces_check("after touch");
        struct h_region freed[4]; size_t n;
        expect_h(H_OK, h_free_pagemap(space, freed, 4, &n), "free");
        due_pagemap_gone(space);
        spaces_check("after free");
}
TEST(todo_4)
{
        spaces_begin();
        struct h_region region = spaces_region(14);
        struct h_vfpage at = spaces_addresses(14);
        struct h_kernel_mapping m = given_kernel_mapping(region, at, H_R|H_W, true);
        spaces_make();
        spaces_check("before");
        expect_h(H_OK, h_write_kernel_mapping(m, 5000, 77), "write");
        due_word((struct h_paddr){region_first(region).value + (5000%4096)*4}, 77);
        spaces_check("after write");
        struct violation v;
        if (!wellformed(&v)) fail("violation %d %s page %x address %x", v.invariant, invariant_text(v.invariant), v.page.value, v.address.value);
        expect_h(H_OK, h_remove_kernel_mapping(m), "remove");
        due_kernel_mapping_gone(m);
        spaces_check("after remove");
}
static void wf(uint32_t n)
{
        spaces_begin_with(n);
        struct h_pagemap space = given_pagemap();
        given_mapped(space, user_pages(0x00400000, 12), spaces_page(), H_R);
        spaces_make();
        struct violation v;
        if (!wellformed_memory(&v)) fail("violation %d %s page %x address %x", v.invariant, invariant_text(v.invariant), v.page.value, v.address.value);
        spaces_check("after wellformed");
}
TEST(todo_5)
{
wf(0x800);
}
TEST(todo_6)
{
wf(0x1000);}
TEST(todo_7)
{
wf(0x1800);}
