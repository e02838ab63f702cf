// SPDX-License-Identifier: MIT
// A machine that can run programs: for the tests of execution.
#ifndef H_TESTS_EXECUTION_H
#define H_TESTS_EXECUTION_H

#include "check.h"
#include "controllers.h"
#include "machine.h"
#include "ring3.h"

#include <h/h.h>
#include <h/internal/state.h>
#include <h/internal/wellformed.h>
#include <kernel/cpu.h>

#include <string.h>

#define OK(call) assert_int_equal(call, H_OK)

static inline int
prepare_execution(void **state)
{
        (void)state;
        machine_move_window(false);
        machine_reset(0x12345000);
        ring3_reset();
        h_init();
        execution_init();
        return 0;
}

static inline void
expect_sound(void)
{
        struct violation found;

        if (!wellformed(&found))
                fail_msg("\"%s\" does not hold, at 0x%08x",
                         invariant_text(found.invariant), found.address.value);
}

static inline struct h_fault_context
new_context(void)
{
        struct h_fault_context context;

        OK(h_alloc_fault_context(&context));
        return context;
}

static inline uint32_t
read_register(struct h_fault_context context, enum h_register reg)
{
        uint32_t value;

        OK(h_read_register(context, reg, &value));
        return value;
}

// An address space: its directory is page `number` of the free memory at 8 MB, and
// H sees it at that number of the client's addresses.
static inline struct h_pagemap
new_space(uint32_t number)
{
        struct h_pagemap pagemap;
        struct h_pagemap_page page = {
                { h_pfpage((struct h_paddr){ 0x00800000 + number * PAGE_SIZE },
                           PAGE_LOG2) },
                { CLIENT_BASE + number * PAGE_SIZE },
        };

        OK(h_alloc_pagemap(page, &pagemap));
        return pagemap;
}

// A mapping of pages of that memory, by the same numbers.
static inline enum h_error
map_words(uint32_t number, unsigned log2_size, unsigned rights,
          struct h_kernel_mapping *out)
{
        struct h_region region = { h_pfpage(
                (struct h_paddr){ 0x00800000 + number * PAGE_SIZE },
                log2_size) };

        return h_add_kernel_mapping(
                region,
                h_vfpage((struct h_vaddr){ CLIENT_BASE + number * PAGE_SIZE },
                         log2_size),
                rights, false, out);
}

#define T(name) cmocka_unit_test_setup(name, prepare_execution)

#endif
