// SPDX-License-Identifier: MIT
// Starting H: where its tables lie in the environment memory, and what it sees
// before the client has lent it any page.
//
//   environment   | tables | handles     | contexts | views | status | heap |
//   memory        |        |      |                 |
//   h_state       |        |      kernel_mappings   seen_at
//                 |        pagemaps
//                 client_entries
//
// The contexts are lab 4's: execution.c.
// The contract is in <h/internal/state.h>.
#include <h/internal/handles.h>
#include <h/internal/machine.h>
#include <kernel/paging.h>
#include <kernel/panic.h>
#include <kernel/status.h>

_Static_assert(sizeof(struct pagemap_slot) == PAGEMAP_SLOT_SIZE &&
                       sizeof(struct kernel_mapping_slot) ==
                               KERNEL_MAPPING_SLOT_SIZE,
               "the environment has room for slots of these sizes");

struct h_state h_state;

// Where a part of the environment memory is seen.
static void *
seen(struct page_range part)
{
        return machine_at(environment_at(part.first));
}

static void
clear(struct page_range part)
{
        for (uint32_t page = part.first; page < part.end; page++)
                zero_page(machine_at(environment_at(page)));
}

// Where the kernel has one of its own tables mapped: from the start they lie in
// the environment memory or in the image.
static struct vaddr
own_table_at(uint32_t page)
{
        if (environment.pages.first <= page && page < environment.pages.end)
                return environment_at(page);

        ASSERT(page < IMAGE_LIMIT / PAGE_SIZE);
        return vaddr(KERNEL_BASE + page * PAGE_SIZE);
}

static void
see_own_tables(void)
{
        const struct page *pages = page_array.pages;

        for (uint32_t page = 0; page < page_array.count; page++)
                if (pages[page].pinned)
                        h_state.seen_at[page] = own_table_at(page);
}

// Where H sees one of the kernel's own tables.
static uint32_t *
own_table(struct paddr frame)
{
        struct vaddr at = h_state.seen_at[frame.value >> PAGE_LOG2];

        ASSERT(at.value != 0);
        return machine_at(at);
}

void
h_init(void)
{
        clear(environment.heap);
        clear(environment.handles);
        clear(environment.views);

        h_state = (struct h_state){
                .pagemaps = seen(environment.handles),
                .pagemap_count = environment.pagemap_slots,
                .kernel_mapping_count = environment.kernel_mapping_slots,
                .seen_at = seen(environment.views),
                .client_entries = seen(environment.tables),
                .client_pages =
                        (environment.tables.end - environment.tables.first) *
                        TABLE_ENTRIES,
                .reference = machine_directory(),
        };
        h_state.kernel_mappings =
                (struct kernel_mapping_slot *)(h_state.pagemaps +
                                               h_state.pagemap_count);
        handles_init();

        see_own_tables();
        h_state.reference_entries = own_table(h_state.reference);
        struct paddr windows = paddr(0);
        enum paging_result result = find_pt(h_state.reference_entries,
                                            vaddr(COPY_TO_WINDOW), &windows);
        ASSERT(result == PAGING_OK);
        h_state.window_entries = own_table(windows);
}
