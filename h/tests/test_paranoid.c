// SPDX-License-Identifier: MIT
// H compiled to look after each operation whether the machine is well-formed:
// where it is not, the machine stops and names invariant, page and operation.
#include "check.h"
#include "machine.h"

#include <h/h.h>
#include <h/internal/paranoid.h>
#include <h/internal/state.h>
#include <kernel/entry.h>

#include <string.h>

#define DIRECTORY 0x00110000u
#define TABLE 0x00111000u
#define PAGE 0x01000000u

static struct h_pagemap space;

static struct h_region
page(uint32_t first)
{
        return (struct h_region){ h_pfpage((struct h_paddr){ first }, 12) };
}

static struct h_vfpage
at(uint32_t first)
{
        return h_vfpage((struct h_vaddr){ first }, 12);
}

static int
prepare(void **state)
{
        (void)state;
        const struct h_pagemap_page directory = { page(DIRECTORY),
                                                  { 0xD0000000 } };
        const struct h_pagemap_page table = { page(TABLE), { 0xD0001000 } };
        bool used;

        machine_reset(0x12345000);
        h_init();
        assert_int_equal(h_alloc_pagemap(directory, &space), H_OK);
        assert_int_equal(h_add_mapping(&table, space, at(0x00400000),
                                       page(PAGE), H_R, &used),
                         H_OK);
        return 0;
}

// Spoils the count of a page, does an operation, and reads what the machine said
// when it stopped.
static void
expect_stop(void (*operation)(void), const char *name)
{
        jmp_buf back;

        page_at(paddr(PAGE))->status = 3;
        machine_catch = &back;
        if (setjmp(back) == 0) {
                operation();
                machine_catch = NULL;
                fail_msg("%s has not been stopped", name);
        }
        machine_catch = NULL;
        assert_non_null(strstr(machine_message, name));
        assert_non_null(strstr(machine_message, "the number of its mappings"));
        assert_non_null(strstr(machine_message, "page 0x01000000"));
}

static void
read_mapping(void)
{
        struct h_mapping_info info;
        h_read_mapping(space, (struct h_vaddr){ 0x00400000 }, &info);
}

static void
refused_mapping(void)
{
        bool used;
        h_add_mapping(NULL, space, at(0), page(0), H_R, &used);
}

static void
kernel_mapping(void)
{
        struct h_kernel_mapping mapping;
        h_add_kernel_mapping(page(0x01001000), at(0xD0004000), H_R, false,
                             &mapping);
}

static void
free_pagemap(void)
{
        struct h_region freed[4];
        size_t count;
        h_free_pagemap(space, freed, 4, &count);
}

static void
copy_user(void)
{
        uint32_t done;
        h_copy_user(space, (struct h_vaddr){ 0 }, space,
                    (struct h_vaddr){ 0x00400000 }, 4, &done);
}

static void
the_operation_is_named(void **state)
{
        (void)state;
        expect_stop(read_mapping, "h_read_mapping");
        expect_stop(refused_mapping, "h_add_mapping");
        expect_stop(kernel_mapping, "h_add_kernel_mapping");
        expect_stop(copy_user, "h_copy_user");
        expect_stop(free_pagemap, "h_free_pagemap");
}

static void
nothing_is_said_of_a_good_machine(void **state)
{
        (void)state;
        read_mapping();
        refused_mapping();
        kernel_mapping();
        copy_user();
        free_pagemap();
        paranoid_check("the end");
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(the_operation_is_named, prepare),
                cmocka_unit_test_setup(nothing_is_said_of_a_good_machine,
                                       prepare),
        };
        return cmocka_run_group_tests_name("paranoid", tests, NULL, NULL);
}
