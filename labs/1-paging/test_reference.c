// SPDX-License-Identifier: MIT
// Tests of exercise 1.9, the reference page-directory: what it maps.
#include <h4/entries.h>
#include <h4/live.h>
#include <h4/oracle.h>
#include <h4/test.h>
#include <kernel/cpu.h>
#include <kernel/image.h>
#include <kernel/window.h>

#include "reference.h"

// Is the entry there that names the page-table, for the kernel alone?
static void
expect_kernel_table(const struct reference_plan *plan, uint32_t base,
                    struct paddr table, const char *which)
{
        unsigned index = base / SUPERPAGE_SIZE;
        uint32_t entry = plan->directory.mapped[index];
        uint32_t due = table.value | ENTRY_PRESENT | ENTRY_WRITE;

        // Of an entry for a page-table: frame, present, write, user, size.
        if ((entry ^ due) & 0xFFFFF087)
                fail_values(entry_words(due).text, entry_words(entry).text,
                            "page-directory entry %u, for the %s, after "
                            "reference_build",
                            index, which);
}

// Both levels keep user code out.
static void
expect_image_locked(const struct reference_plan *plan)
{
        expect_kernel_table(plan, KERNEL_BASE, plan->image_table.frame,
                            "image");
        for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
                uint32_t entry = plan->image_table.mapped[i];
                if ((entry & ENTRY_PRESENT) && (entry & ENTRY_USER))
                        fail_values("an entry for the kernel alone",
                                    entry_words(entry).text,
                                    "entry %u of the image's page-table, after "
                                    "reference_build",
                                    i);
        }
}

// Looks at every page of the first 4 MB. Whether reading was asked for beside
// executing makes no difference.
static void
expect_image(const struct reference_plan *plan)
{
        expect_image_locked(plan);
        for (uint32_t frame = 0; frame < IMAGE_LIMIT; frame += PAGE_SIZE) {
                struct vaddr address = vaddr(KERNEL_BASE + frame);
                if (frame == plan->guard.value) {
                        expect_unmapped(plan->directory, address,
                                        "of the guard page, after "
                                        "reference_build");
                        continue;
                }
                struct access access = READ_WRITE;
                struct translation found;
                if (frame >= plan->read_only_first.value &&
                    frame < plan->read_only_end.value) {
                        access.perms = PERM_X;
                        if (oracle_walk(plan->directory, address, &found))
                                access.perms |= found.perms & PERM_R;
                }
                access.global = true;
                expect_mapped(plan->directory, address, paddr(frame), PAGE_LOG2,
                              access, "after reference_build");
        }
}

static void
expect_client_tables(const struct reference_plan *plan)
{
        for (size_t i = 0; i < plan->client_table_count; i++) {
                expect_table(plan->directory, CLIENT_BASE / SUPERPAGE_SIZE + i,
                             plan->client_tables[i],
                             "for the client, after reference_build");
                for (unsigned e = 0; e < TABLE_ENTRIES; e++)
                        if (plan->client_tables[i].mapped[e] & ENTRY_PRESENT)
                                fail("entry %u of client table %zu is present "
                                     "after reference_build",
                                     e, i);
        }
}

static void
expect_window(const struct reference_plan *plan)
{
        expect_kernel_table(plan, WINDOW_BASE, plan->window_table, "window");
}

// Nothing but what the plan names is in the directory.
static void
expect_nothing_else(const struct reference_plan *plan)
{
        unsigned client = CLIENT_BASE / SUPERPAGE_SIZE;
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                if (i != KERNEL_BASE / SUPERPAGE_SIZE &&
                    i != WINDOW_BASE / SUPERPAGE_SIZE &&
                    (i < client || i >= client + plan->client_table_count))
                        expect_absent(plan->directory, i,
                                      "after reference_build");
}

static void
expect_reference(const struct reference_plan *plan)
{
        expect_image(plan);
        expect_window(plan);
        expect_client_tables(plan);
        expect_nothing_else(plan);
}

TEST(reference_maps_the_image)
{
        struct reference_plan plan = made_up_plan();
        builds(&plan);
        expect_image(&plan);

        // No page is read-only; all are; the guard page is the first one, and then one
        // that would be read-only.
        plan.read_only_end = plan.read_only_first;
        builds(&plan);
        expect_image(&plan);
        plan.read_only_first = plan.read_only_end = plan.guard = paddr(0);
        builds(&plan);
        expect_image(&plan);
        plan.read_only_first = paddr(0);
        plan.read_only_end = paddr(IMAGE_LIMIT);
        plan.guard = paddr(0x003FF000);
        builds(&plan);
        expect_image(&plan);
}

TEST(reference_places_the_other_tables)
{
        struct reference_plan plan = made_up_plan();
        arena_watch();
        builds(&plan);
        expect_window(&plan);
        expect_client_tables(&plan);
        expect_nothing_else(&plan);

        // Of the pages, only the window's had to stay as it was.
        for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
                arena_accept(plan.directory, i);
                arena_accept(plan.image_table, i);
                for (unsigned c = 0; c < 3; c++)
                        arena_accept(clients[c], i);
        }
        arena_check("after reference_build");
}

static uint32_t in_data = 1;

// Touches what matters, on a directory that has been looked at. The arena is
// not mapped there.
static void
runs_on(struct paddr directory, uint32_t client, uint32_t word,
        struct paddr frame, const char *when)
{
        live_load(directory);
        live_flush();
        expect_read_only(vaddr((uintptr_t)kernel_read_only_begin), when);
        expect_read_only(vaddr((uintptr_t)runs_on & ~3u), when);
        expect_no_access(vaddr((uintptr_t)boot_stack_guard), when);
        expect_no_access(vaddr((uintptr_t)boot_stack_guard + 0xFFC), when);
        expect_no_access(vaddr(0), when);
        expect_no_access(vaddr(IMAGE_LOAD), when);
        expect_no_access(vaddr(CLIENT_BASE), when);
        expect_reads(vaddr(client), word, when);

        in_data = 1;
        touch_write(vaddr((uintptr_t)&in_data), word);
        expect_reads(vaddr((uintptr_t)&in_data), word, when);
        window_map(frame);
        expect_reads(vaddr(WINDOW_BASE), word, when);
        live_end();
}

TEST(the_kernel_runs_on_the_reference_directory)
{
        struct reference_plan plan = made_up_plan();
        struct pagemap_page page = arena_page("page");
        struct pagemap_page copy = arena_page("copy of the page-directory");
        const uint32_t client = CLIENT_BASE + 2 * SUPERPAGE_SIZE + PAGE_SIZE;
        uint32_t word = frame_mark(page);
        plan.read_only_first = image_frame(kernel_read_only_begin);
        plan.read_only_end = image_frame(kernel_read_only_end);
        plan.guard = image_frame(boot_stack_guard);
        plan.window_table = paddr(boot_directory[WINDOW_BASE / SUPERPAGE_SIZE] &
                                  ENTRY_FRAME);
        builds(&plan);

        // The processor goes there only if it can survive that.
        expect_reference(&plan);

        // A directory that begins as a copy shares what is mapped later.
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                copy.mapped[i] = plan.directory.mapped[i];
        clients[2].mapped[1] = raw_page(page.frame, READ_WRITE);
        runs_on(plan.directory.frame, client, word, page.frame,
                "on the reference page-directory");
        runs_on(copy.frame, client, word, page.frame,
                "on a copy of the reference page-directory");
}

// A page number below IMAGE_LIMIT, as an address.
static struct paddr
random_image_page(void)
{
        return paddr(random_below(IMAGE_LIMIT / PAGE_SIZE) * PAGE_SIZE);
}

TEST(reference_holds_the_plan_and_nothing_else)
{
        struct reference_plan plan = made_up_plan();
        for (int round = 0; round < 3; round++) {
                struct paddr a = random_image_page(), b = random_image_page();
                plan.read_only_first = a.value < b.value ? a : b;
                plan.read_only_end = a.value < b.value ? b : a;
                plan.guard = random_image_page();
                plan.client_table_count = random_below(4);
                builds(&plan);
                expect_reference(&plan);
                expect_invariants(plan.directory, "after reference_build");
        }

        // Fewer tables, in another order: the last one is not named any more.
        plan.client_table_count = 3;
        builds(&plan);
        struct pagemap_page first = clients[0];
        clients[0] = clients[2];
        clients[2] = first;
        plan.client_table_count = 2;
        builds(&plan);
        expect_reference(&plan);

        // All the client tables that there may be.
        for (unsigned i = 3; i < CLIENTS; i++) {
                clients[i] = arena_page("client page-table");
                clients[i].mapped[i] = raw_page(paddr(0x00400000), USER_WRITE);
        }
        plan.client_table_count = CLIENTS;
        builds(&plan);
        expect_reference(&plan);
}
