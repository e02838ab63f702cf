// SPDX-License-Identifier: MIT
// Building the reference page-directory.
//
//     0xFFC00000  window_table        the kernel's alone, left as it is
//     0xD0000000  client_tables[]     empty, one for each 4 MB
//     0xC0000000  image_table         physical 0 to 4 MB, page by page
//     0x00000000  nothing
//
// The contract is in <kernel/reference.h>.
#include <kernel/layout.h>
#include <kernel/reference.h>
#include <kernel/todo.h>

// H4-BEGIN 1.9
#define CLIENT_TABLES_MAX ((CLIENT_LIMIT - CLIENT_BASE) / SUPERPAGE_SIZE)

// The bits of both addresses of a page, laid over each other.
static uintptr_t
page_bits(struct pagemap_page page)
{
        return page.frame.value | (uintptr_t)page.mapped;
}

static bool
all_aligned(const struct reference_plan *plan)
{
        uintptr_t bits =
                page_bits(plan->directory) | page_bits(plan->image_table) |
                plan->window_table.value | plan->read_only_first.value |
                plan->read_only_end.value | plan->guard.value;
        for (size_t i = 0; i < plan->client_table_count; i++)
                bits |= page_bits(plan->client_tables[i]);
        return (bits & (PAGE_SIZE - 1)) == 0;
}

static bool
image_in_range(const struct reference_plan *plan)
{
        return plan->read_only_first.value <= plan->read_only_end.value &&
               plan->read_only_first.value < IMAGE_LIMIT &&
               plan->read_only_end.value <= IMAGE_LIMIT &&
               plan->guard.value < IMAGE_LIMIT;
}

// Does the plan name a frame twice? Its number of client tables is checked.
static bool
any_frame_twice(const struct reference_plan *plan)
{
        uint32_t frames[3 + CLIENT_TABLES_MAX];
        size_t count = 0;
        frames[count++] = plan->directory.frame.value;
        frames[count++] = plan->image_table.frame.value;
        frames[count++] = plan->window_table.value;
        for (size_t i = 0; i < plan->client_table_count; i++)
                frames[count++] = plan->client_tables[i].frame.value;

        for (size_t a = 0; a < count; a++)
                for (size_t b = 0; b < a; b++)
                        if (frames[a] == frames[b])
                                return true;
        return false;
}

// What an entry of the image's says, but for the frame.
static pte_t
image_rights(bool read_only)
{
        const struct access access = {
                .perms = read_only ? PERM_R | PERM_X : PERM_R | PERM_W,
                .user = false,
                .global = true,
        };
        pte_t rights;

        pte_make(paddr(0), access, &rights);
        return rights;
}

// Maps the first 4 MB of physical memory.
static void
fill_image_table(const struct reference_plan *plan)
{
        pte_t *table = plan->image_table.mapped;
        const pte_t fixed = image_rights(true), variable = image_rights(false);

        zero_page(table);
        for (uint32_t frame = 0; frame < IMAGE_LIMIT; frame += PAGE_SIZE) {
                if (frame == plan->guard.value)
                        continue;
                bool read_only = plan->read_only_first.value <= frame &&
                                 frame < plan->read_only_end.value;
                table[frame / PAGE_SIZE] =
                        (read_only ? fixed : variable) | frame;
        }
}
// H4-STUB 1.9
// H4-END 1.9

enum paging_result
reference_build(const struct reference_plan *plan)
{
        // H4-BEGIN 1.9
        if (!all_aligned(plan))
                return PAGING_MISALIGNED;
        if (!image_in_range(plan))
                return PAGING_RANGE;
        if (plan->client_table_count > CLIENT_TABLES_MAX)
                return PAGING_SIZE;
        if (any_frame_twice(plan))
                return PAGING_IN_USE;

        // From here on nothing can fail: every address is checked, and each
        // entry of the directory is written once.
        pde_t *directory = plan->directory.mapped;
        zero_page(directory);
        fill_image_table(plan);
        pde_make_table(plan->image_table.frame, false,
                       &directory[pde_index(vaddr(KERNEL_BASE))]);
        pde_make_table(plan->window_table, false,
                       &directory[pde_index(vaddr(WINDOW_BASE))]);
        for (uint32_t i = 0; i < plan->client_table_count; i++)
                install_pagetable(directory,
                                  vaddr(CLIENT_BASE + i * SUPERPAGE_SIZE),
                                  plan->client_tables[i]);
        return PAGING_OK;
        // H4-STUB 1.9
        //| H4_TODO("1.9", plan);
        // H4-END 1.9
}
