// SPDX-License-Identifier: MIT
// Going through everything that is mapped, for those who state what must be true
// of it. Tables are read through the window, since what is looked for may be a
// view of H's that is wrong.
//
// The contracts are in h/internal/wellformed.h.
#include <h/internal/client_space.h>
#include <h/internal/state.h>
#include <h/internal/wellformed.h>
#include <kernel/image.h>
#include <kernel/layout.h>
#include <kernel/status.h>
#include <kernel/window.h>

#define FIRST_KERNEL_ENTRY (KERNEL_BASE / SUPERPAGE_SIZE)

bool
violated(struct violation *found, enum invariant invariant, struct paddr page,
         struct vaddr address)
{
        *found = (struct violation){ invariant, page, address };
        return false;
}

bool
page_is_guard(struct paddr frame)
{
        return frame.value == image_frame(boot_stack_guard).value;
}

void
unmark_pages(void)
{
        for (uint32_t page = 0; page < page_array.count; page++)
                page_array.pages[page].unused = 0;
}

bool
visit_directory(struct paddr frame, bool kernel,
                bool (*each)(struct paddr directory, unsigned index,
                             pde_t entry, void *context),
                void *context)
{
        unsigned first = kernel ? FIRST_KERNEL_ENTRY : 0;
        unsigned end = kernel ? TABLE_ENTRIES : FIRST_KERNEL_ENTRY;
        const pde_t *directory = window_map(frame);

        for (unsigned i = first; i < end; i++) {
                pde_t entry = directory[i];
                if (!entry_is_present(entry))
                        continue;
                if (!each(frame, i, entry, context))
                        return false;
                directory = window_map(frame); // which may have moved
        }
        return true;
}

bool
visit_directories(bool (*each)(struct paddr directory, unsigned index,
                               pde_t entry, void *context),
                  bool kernel, void *context)
{
        for (uint32_t page = 0; page < page_array.count; page++) {
                if (page_array.pages[page].status != STATUS_PAGE_DIRECTORY)
                        continue;
                struct paddr frame = paddr(page << PAGE_LOG2);
                if (!visit_directory(frame, kernel, each, context))
                        return false;
        }
        return true;
}

struct visitor {
        bool (*each)(const struct visit *visit, void *context);
        void *context;
};

static bool
visit_table(struct paddr directory, uint32_t first, const pte_t *entries,
            uint32_t count, const struct visitor *visitor)
{
        for (uint32_t i = 0; i < count; i++) {
                if (!entry_is_present(entries[i]))
                        continue;
                const struct visit visit = {
                        .directory = directory,
                        .address = vaddr(first + i * PAGE_SIZE),
                        .entry = entries[i],
                        .frame = paddr(entries[i] & ENTRY_FRAME),
                        .pages = 1,
                };
                if (!visitor->each(&visit, visitor->context))
                        return false;
        }
        return true;
}

static bool
visit_entry(struct paddr directory, unsigned index, pde_t entry, void *context)
{
        const struct visitor *visitor = context;
        uint32_t first = index * SUPERPAGE_SIZE;

        if (pde_is_superpage(entry)) {
                const struct visit visit = {
                        .directory = directory,
                        .address = vaddr(first),
                        .entry = entry,
                        .frame = paddr(entry & ENTRY_SUPERPAGE_FRAME),
                        .pages = TABLE_ENTRIES,
                };
                return visitor->each(&visit, visitor->context);
        }
        struct paddr table = paddr(entry & ENTRY_FRAME);
        if (!page_has_status(table, STATUS_PAGE_TABLE))
                return true;
        return visit_table(directory, first, window_map(table), TABLE_ENTRIES,
                           visitor);
}

bool
visit_mappings(bool (*each)(const struct visit *visit, void *context),
               void *context)
{
        struct visitor visitor = { each, context };

        return visit_directories(visit_entry, false, &visitor) &&
               visit_table(h_state.reference, CLIENT_BASE,
                           h_state.client_entries, h_state.client_pages,
                           &visitor);
}
