// SPDX-License-Identifier: MIT
// The invariants of the dissertation's chapter 5.6, and those on which counts and
// rights rest, stated over the machine itself.
//
// From the structure upwards: that page-directories are page-directories and
// point to page-tables is known before any mapping is read. The marks in the
// entries of pages say "met already" while a check runs, and are gone after it.
//
// The contracts are in h/internal/wellformed.h.
#include <h/internal/machine.h>
#include <h/internal/state.h>
#include <h/internal/wellformed.h>
#include <kernel/layout.h>
#include <kernel/status.h>
#include <kernel/todo.h>
#include <kernel/window.h>

// H4-BEGIN 3.7
#define NOWHERE vaddr(0)

static struct paddr
frame_of(uint32_t page)
{
        return paddr(page << PAGE_LOG2);
}

// 5.6.7: a directory's entry that is no superpage points to a page-table.
static bool
entry_points_to_table(struct paddr directory, unsigned index, pde_t entry,
                      void *found)
{
        struct paddr table = paddr(entry & ENTRY_FRAME);

        (void)directory;
        return pde_is_superpage(entry) ||
               page_has_status(table, STATUS_PAGE_TABLE) ||
               violated(found, TABLE_POINTERS_ARE_TABLES, table,
                        vaddr(index * SUPERPAGE_SIZE));
}

// And a user entry to one that is none of the kernel's, and that has not been
// met before.
static bool
entry_has_its_own_table(struct paddr directory, unsigned index, pde_t entry,
                        void *found)
{
        struct paddr table = paddr(entry & ENTRY_FRAME);

        if (!entry_points_to_table(directory, index, entry, found))
                return false;
        if (pde_is_superpage(entry))
                return true;
        if (page_is_kernels(table) || page_at(table)->unused != 0)
                return violated(found, TABLES_ARE_NOT_SHARED, table,
                                vaddr(index * SUPERPAGE_SIZE));
        page_at(table)->unused = 1;
        return true;
}

static bool
unmark_all(bool answer)
{
        unmark_pages();
        return answer;
}

// 5.6.2, for each entry of the reference directory's user half.
static bool
nothing_is_mapped(struct paddr directory, unsigned index, pde_t entry,
                  void *found)
{
        (void)directory;
        return violated(found, REFERENCE_MAPS_KERNEL_SPACE,
                        paddr(entry & ENTRY_FRAME),
                        vaddr(index * SUPERPAGE_SIZE));
}

static bool
structure_is_sound(struct violation *found)
{
        struct paddr current = machine_directory();

        if (!page_has_status(current, STATUS_PAGE_DIRECTORY))
                return violated(found, CR3_IS_DIRECTORY, current, NOWHERE);
        if (!page_has_status(h_state.reference, STATUS_PAGE_DIRECTORY))
                return violated(found, REFERENCE_IS_DIRECTORY,
                                h_state.reference, NOWHERE);
        return visit_directory(h_state.reference, false, nothing_is_mapped,
                               found) &&
               visit_directories(entry_points_to_table, true, found) &&
               unmark_all(visit_directories(entry_has_its_own_table, false,
                                            found));
}

// 5.6.4: kernel space is the same in every directory. All share its page-tables,
// so that equal entries are equal translations; the processor alone writes the
// accessed bit.
static bool
directories_agree(struct violation *found)
{
        for (uint32_t page = 0; page < page_array.count; page++) {
                if (page_array.pages[page].status != STATUS_PAGE_DIRECTORY)
                        continue;
                const pde_t *directory = window_map(frame_of(page));
                for (unsigned i = KERNEL_BASE / SUPERPAGE_SIZE;
                     i < TABLE_ENTRIES; i++) {
                        pde_t other = h_state.reference_entries[i];
                        if (((directory[i] ^ other) & ~ENTRY_ACCESSED) != 0)
                                return violated(
                                        found, DIRECTORIES_AGREE_WITH_REFERENCE,
                                        frame_of(page),
                                        vaddr(i * SUPERPAGE_SIZE));
                }
        }
        return true;
}

// Marks the pages that a page-table of kernel space maps.
static bool
mark_mapped(struct paddr directory, unsigned index, pde_t entry, void *context)
{
        (void)directory, (void)context;
        if (index == WINDOW_BASE / SUPERPAGE_SIZE)
                return true;
        const pte_t *entries = window_map(paddr(entry & ENTRY_FRAME));
        for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
                if (!entry_is_present(entries[i]))
                        continue;
                struct page *page = page_at(paddr(entries[i] & ENTRY_FRAME));
                if (page)
                        page->unused = 1;
        }
        return true;
}

// 5.6.3: every page of the environment is mapped in kernel space.
static bool
environment_is_mapped(struct violation *found)
{
        visit_directory(h_state.reference, true, mark_mapped, found);
        for (uint32_t page = 0; page < page_array.count; page++)
                if (page_is_kernels(frame_of(page)) &&
                    !page_is_guard(frame_of(page)) &&
                    !page_array.pages[page].unused)
                        return unmark_all(violated(found,
                                                   REFERENCE_MAPS_ENVIRONMENT,
                                                   frame_of(page), NOWHERE));
        return unmark_all(true);
}

// 5.6.5 and 5.6.6, and who may reach what: the user half of a directory, and
// what user code may access elsewhere, reach normal pages only. A client-
// controlled address may show H a table.
static bool
reaches_what_it_may(const struct visit *visit, void *found)
{
        bool for_user = visit->address.value < KERNEL_BASE ||
                        (visit->entry & ENTRY_USER) != 0;

        for (uint32_t i = 0; i < visit->pages; i++) {
                struct paddr frame = paddr(visit->frame.value + i * PAGE_SIZE);
                struct vaddr at = vaddr(visit->address.value + i * PAGE_SIZE);
                const struct page *page = page_at(frame);
                if (!page || page->status == STATUS_NOT_INSTALLED)
                        return violated(found, MAPPED_PAGES_ARE_INSTALLED,
                                        frame, at);
                if (page_is_kernels(frame))
                        return violated(found, ENVIRONMENT_ONLY_IN_REFERENCE,
                                        frame, at);
                if (for_user && page->status < 0)
                        return violated(found, USER_REACHES_NORMAL_PAGES, frame,
                                        at);
        }
        return true;
}

// 5.6.8, of the initial regions. Those that the client has derived lie within
// them, as each is looked at whenever it is used.
static bool
regions_are_the_clients(struct violation *found)
{
        for (size_t i = 0; i < region_table.count; i++) {
                struct fpage region = region_table.regions[i].range;
                uint32_t page = fpage_first(region) >> PAGE_LOG2;
                for (; page <= fpage_last(region) >> PAGE_LOG2; page++)
                        if (page_is_kernels(frame_of(page)) ||
                            page_has_status(frame_of(page),
                                            STATUS_NOT_INSTALLED))
                                return violated(found,
                                                REGIONS_HOLD_NO_ENVIRONMENT,
                                                frame_of(page), NOWHERE);
        }
        return true;
}

// There is no room for a second count of every page, so the first one is counted
// down, and must be 0 when all mappings have been met; then it is counted up
// again, by the same mappings in the same order.
struct tally {
        struct violation *found;
        uint32_t pages; // how many have been counted down
        uint32_t left;  // how many are still to be counted up
};

static bool
count_down(const struct visit *visit, void *context)
{
        struct tally *tally = context;

        for (uint32_t i = 0; i < visit->pages; i++) {
                struct paddr frame = paddr(visit->frame.value + i * PAGE_SIZE);
                struct page *page = page_at(frame);
                if (page->status < 0)
                        continue; // H's view of a table
                if (page->status == 0)
                        return violated(
                                tally->found, COUNTS_ARE_EXACT, frame,
                                vaddr(visit->address.value + i * PAGE_SIZE));
                page->status--;
                tally->pages++;
        }
        return true;
}

static bool
count_up(const struct visit *visit, void *context)
{
        struct tally *tally = context;

        for (uint32_t i = 0; i < visit->pages && tally->left > 0; i++) {
                struct paddr frame = paddr(visit->frame.value + i * PAGE_SIZE);
                struct page *page = page_at(frame);
                if (page->status < 0)
                        continue;
                page->status++;
                tally->left--;
        }
        return tally->left > 0;
}

static bool
counts_are_exact(struct violation *found)
{
        struct tally tally = { .found = found };
        bool exact = visit_mappings(count_down, &tally);

        for (uint32_t page = 0; exact && page < page_array.count; page++)
                if (page_array.pages[page].status > 0)
                        exact = violated(found, COUNTS_ARE_EXACT,
                                         frame_of(page), NOWHERE);
        tally.left = tally.pages;
        if (tally.left > 0)
                visit_mappings(count_up, &tally);
        return exact;
}
// H4-STUB 3.7
// H4-END 3.7

bool
wellformed_memory(struct violation *found)
{
        // H4-BEGIN 3.7
        return structure_is_sound(found) && directories_agree(found) &&
               visit_mappings(reaches_what_it_may, found) &&
               environment_is_mapped(found) && regions_are_the_clients(found) &&
               counts_are_exact(found);
        // H4-STUB 3.7
        //| H4_TODO("3.7", found);
        // H4-END 3.7
}
