// SPDX-License-Identifier: MIT
// Tests of exercise 1.9: plans that are no plan for a page-directory.
#include "reference.h"

static void
refused(enum paging_result due, const struct reference_plan *plan,
        const char *why)
{
        expect_result(due, reference_build(plan), "reference_build, %s", why);
        arena_check("after reference_build has refused, %s", why);
}

// The same page, seen at an address that is `bytes` too large.
static struct pagemap_page
seen_askew(struct pagemap_page page, unsigned bytes)
{
        page.mapped = (uint32_t *)((uintptr_t)page.mapped + bytes);
        return page;
}

// The same with as many client tables as there may be, and one behind them. Of those
// behind the third the frames are made up.
static struct reference_plan
with_all_tables(struct reference_plan plan)
{
        for (unsigned i = 3; i <= CLIENTS; i++)
                clients[i] = (struct pagemap_page){
                        paddr(0x10000000 + i * PAGE_SIZE), clients[0].mapped
                };
        plan.client_table_count = CLIENTS;
        return plan;
}

TEST(reference_refuses_misaligned_addresses)
{
        struct reference_plan good = made_up_plan(), plan;
        builds(&good);
        arena_watch();

        plan = good;
        plan.directory.frame.value += 4;
        refused(PAGING_MISALIGNED, &plan, "the directory's frame misaligned");
        plan = good;
        plan.image_table.frame.value += 0x800;
        refused(PAGING_MISALIGNED, &plan, "the image table's frame misaligned");
        plan = good;
        plan.directory = seen_askew(plan.directory, 0x40);
        refused(PAGING_MISALIGNED, &plan,
                "the directory's virtual address misaligned");
        plan = good;
        plan.image_table = seen_askew(plan.image_table, 0x400);
        refused(PAGING_MISALIGNED, &plan,
                "the image table's virtual address misaligned");
        plan = good;
        plan.window_table.value += 1;
        refused(PAGING_MISALIGNED, &plan, "the window table misaligned");
        plan = good;
        plan.read_only_first.value += 0xFFF;
        refused(PAGING_MISALIGNED, &plan, "read_only_first misaligned");
        plan = good;
        plan.read_only_end.value -= 0x10;
        refused(PAGING_MISALIGNED, &plan, "read_only_end misaligned");
        plan = good;
        plan.guard.value += 0x100;
        refused(PAGING_MISALIGNED, &plan, "guard misaligned");
        struct pagemap_page client = clients[0];
        clients[0].frame.value += 0x20;
        refused(PAGING_MISALIGNED, &good, "the first client table misaligned");
        clients[0] = client;
        client = clients[2];
        clients[2].frame.value += 0x20;
        refused(PAGING_MISALIGNED, &good, "the last client table misaligned");
        clients[2] = seen_askew(client, 4);
        refused(PAGING_MISALIGNED, &good,
                "the last client table's virtual address misaligned");
        clients[2] = client;
        plan = with_all_tables(good);
        clients[CLIENTS - 1].frame.value += 4;
        refused(PAGING_MISALIGNED, &plan,
                "the last one of as many client tables as fit misaligned");
}

TEST(reference_refuses_ranges_and_sizes)
{
        struct reference_plan good = made_up_plan(), plan;
        builds(&good);
        arena_watch();

        plan = good;
        plan.read_only_end = paddr(0x000FF000);
        refused(PAGING_RANGE, &plan, "read_only_end below read_only_first");
        plan = good;
        plan.read_only_end = paddr(IMAGE_LIMIT + PAGE_SIZE);
        refused(PAGING_RANGE, &plan, "read_only_end above IMAGE_LIMIT");
        plan = good;
        plan.read_only_first = plan.read_only_end = paddr(IMAGE_LIMIT);
        refused(PAGING_RANGE, &plan, "read_only_first not below IMAGE_LIMIT");
        plan = good;
        plan.guard = paddr(IMAGE_LIMIT);
        refused(PAGING_RANGE, &plan, "guard not below IMAGE_LIMIT");

        // One table more than there is room for.
        plan = with_all_tables(good);
        plan.client_table_count = CLIENTS + 1;
        refused(PAGING_SIZE, &plan, "one client table more than fit");

        // In the order of the contract, where several are due.
        plan.guard = paddr(IMAGE_LIMIT);
        refused(PAGING_RANGE, &plan,
                "guard not below IMAGE_LIMIT, and one "
                "client table more than fit");
        plan.window_table.value += 1;
        refused(PAGING_MISALIGNED, &plan,
                "the window table misaligned, guard "
                "not below IMAGE_LIMIT, and one client table more than fit");
}

TEST(reference_refuses_a_frame_for_two_uses)
{
        struct reference_plan good = made_up_plan(), plan;
        builds(&good);
        arena_watch();

        plan = good;
        plan.image_table = plan.directory;
        refused(PAGING_IN_USE, &plan, "directory and image table the same");
        plan = good;
        plan.window_table = plan.directory.frame;
        refused(PAGING_IN_USE, &plan, "directory and window table the same");
        plan = good;
        plan.window_table = plan.image_table.frame;
        refused(PAGING_IN_USE, &plan, "image table and window table the same");
        plan = good;
        plan.directory = clients[1];
        refused(PAGING_IN_USE, &plan, "directory and a client table the same");
        plan = good;
        plan.image_table = clients[0];
        refused(PAGING_IN_USE, &plan, "image and a client table the same");
        plan = good;
        plan.window_table = clients[2].frame;
        refused(PAGING_IN_USE, &plan, "window and a client table the same");
        plan = with_all_tables(good);
        clients[CLIENTS - 1] = clients[0];
        refused(PAGING_IN_USE, &plan,
                "the first and the last of as many client tables as fit the "
                "same");
        clients[2] = clients[0];
        refused(PAGING_IN_USE, &good, "two client tables the same");
}
