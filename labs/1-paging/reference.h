// SPDX-License-Identifier: MIT
// What the tests of exercise 1.9 build: a page-directory for a made-up image.
#ifndef LABS_1_REFERENCE_H
#define LABS_1_REFERENCE_H

#include <h4/entries.h>
#include <h4/oracle.h>
#include <h4/test.h>
#include <kernel/reference.h>

#define CLIENTS ((CLIENT_LIMIT - CLIENT_BASE) / SUPERPAGE_SIZE)

// One more than there may be.
static struct pagemap_page clients[CLIENTS + 1];

// The window's page-table is in use.
static inline struct paddr
used_table(void)
{
        struct pagemap_page table = arena_page("window page-table");
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                table.mapped[i] =
                        raw_page(paddr(i * PAGE_SIZE), random_access());
        return table.frame;
}

// A plan for a made-up image, on pages that nobody has cleared, with three
// client tables.
static inline struct reference_plan
made_up_plan(void)
{
        for (unsigned i = 0; i < 3; i++)
                clients[i] = arena_dirty_page("client page-table");

        // Behind the last one of the plan stands what is none.
        clients[3] = (struct pagemap_page){ .frame = paddr(0x123) };
        return (struct reference_plan){
                .directory = arena_dirty_page("page-directory"),
                .image_table = arena_dirty_page("image page-table"),
                .read_only_first = paddr(0x00100000),
                .read_only_end = paddr(0x00123000),
                .guard = paddr(0x00200000),
                .window_table = used_table(),
                .client_tables = clients,
                .client_table_count = 3,
        };
}

static inline void
builds(const struct reference_plan *plan)
{
        expect_result(PAGING_OK, reference_build(plan),
                      "reference_build, code and constants 0x%08x to 0x%08x, "
                      "guard 0x%08x, %zu client tables",
                      plan->read_only_first.value, plan->read_only_end.value,
                      plan->guard.value, plan->client_table_count);
}

#endif
