// SPDX-License-Identifier: MIT
// Whether H's own books are right: the entries of page-tables, where H sees them,
// which kernel addresses are in use, handles, and that H keeps no page that it
// does not use. What all of it rests on is in wellformed.c.
//
// The contracts are in h/internal/wellformed.h.
#include <h/internal/client_space.h>
#include <h/internal/convert.h>
#include <h/internal/machine.h>
#include <h/internal/wellformed.h>
#include <kernel/status.h>
#include <kernel/tlb.h>
#include <kernel/window.h>

#pragma weak contexts_are_sound // null in stages before lab 4

#define NOWHERE vaddr(0)

// Is this a page that H has turned into a table?
static bool
is_made(const struct page *page)
{
        return !page->pinned && (page->status == STATUS_PAGE_TABLE ||
                                 page->status == STATUS_PAGE_DIRECTORY);
}

// Does an entry say what is expected? The processor marks it, and where writing is
// allowed it makes no difference whether reading was asked for.
static bool
entry_says(pte_t entry, pte_t expected)
{
        uint32_t ignored = ENTRY_ACCESSED | ENTRY_DIRTY;
        if (expected & ENTRY_WRITE)
                ignored |= ENTRY_ASKED_READ;
        return ((entry ^ expected) & ~ignored) == 0;
}

// Does H see the page if it is a table, and not if it is none?
static bool
is_seen_rightly(struct paddr frame, struct violation *found)
{
        struct vaddr at = h_state.seen_at[frame.value >> PAGE_LOG2];
        const struct page *page = page_at(frame);

        if (page->pinned)
                return true;
        if (!is_made(page))
                return at.value == 0 ||
                       violated(found, TABLES_ARE_SEEN, frame, at);

        const struct access access = { PERM_R | PERM_W, false, true };
        pte_t expected;
        pte_make(frame, access, &expected);
        bool right = at.value % PAGE_SIZE == 0 && client_controls(at) &&
                     entry_says(*client_entry(at), expected);
        return right || violated(found, TABLES_ARE_SEEN, frame, at);
}

// The bits of a user entry that H never sets: it is not global, and those that
// choose how memory is cached are 0. One of them is that of a superpage.
#define NEVER_SET (ENTRY_GLOBAL | 0x898u)

static bool
table_entries_are_right(struct paddr table, struct violation *found)
{
        const pte_t *entries = window_map(table);
        uint32_t present = 0;

        for (uint32_t i = 0; i < TABLE_ENTRIES; i++) {
                if (!entry_is_present(entries[i]))
                        continue;
                present++;
                if ((entries[i] & NEVER_SET) || !(entries[i] & ENTRY_USER))
                        return violated(found, ENTRIES_HAVE_THEIR_FORM, table,
                                        NOWHERE);
        }
        if (present != page_at(table)->entries)
                return violated(found, ENTRIES_ARE_EXACT, table, NOWHERE);
        return present > 0 || violated(found, NO_PAGE_IS_KEPT, table, NOWHERE);
}

// An entry of a directory's user half: one of a superpage has no bits between
// rights and frame.
static bool
directory_entry_is_right(struct paddr directory, unsigned index, pde_t entry,
                         void *found)
{
        uint32_t none = NEVER_SET;
        if (pde_is_superpage(entry))
                none ^= ENTRY_SUPERPAGE | (ENTRY_FRAME ^ ENTRY_SUPERPAGE_FRAME);

        if ((entry & ENTRY_USER) && !(entry & none))
                return true;
        return violated(found, ENTRIES_HAVE_THEIR_FORM, directory,
                        vaddr(index * SUPERPAGE_SIZE));
}

static bool
mark_table(struct paddr directory, unsigned index, pde_t entry, void *context)
{
        (void)directory, (void)index, (void)context;
        if (pde_is_table(entry))
                page_at(paddr(entry & ENTRY_FRAME))->unused = 1;
        return true;
}

// Every table belongs to an address space, and every directory is one.
static bool
no_page_is_kept(struct violation *found)
{
        bool none = true;

        visit_directories(mark_table, false, NULL);
        for (uint32_t i = 0; i < h_state.pagemap_count; i++)
                if (h_state.pagemaps[i].generation != 0)
                        page_at(h_state.pagemaps[i].directory)->unused = 1;
        for (uint32_t i = 0; none && i < page_array.count; i++)
                if (is_made(&page_array.pages[i]) &&
                    !page_array.pages[i].unused)
                        none = violated(found, NO_PAGE_IS_KEPT,
                                        paddr(i << PAGE_LOG2), NOWHERE);
        unmark_pages();
        return none;
}

// The entries of a mapping of the client's own are as they were asked for.
static bool
kernel_mapping_is_right(const struct kernel_mapping_slot *slot,
                        struct violation *found)
{
        uint32_t first = fpage_first(slot->pages.range);
        uint32_t frames = fpage_first(slot->frames.range);
        uint32_t size = fpage_last(slot->pages.range) - first;
        struct access access = {
                kernel_perms(slot->rights),
                (*client_entry(vaddr(first)) & ENTRY_USER) != 0,
                true,
        };

        for (uint32_t offset = 0; offset < size; offset += PAGE_SIZE) {
                struct vaddr at = vaddr(first + offset);
                pte_t expected = 0;
                pte_make(paddr(frames + offset), access, &expected);
                if (!client_controls(at) ||
                    !entry_says(*client_entry(at), expected))
                        return violated(found, CLIENT_ADDRESSES_ARE_ACCOUNTED,
                                        paddr(frames + offset), at);
        }
        return true;
}

// Each use has its entries, and there are no more entries than uses. Two uses of
// one address would have different entries.
static bool
client_addresses_are_accounted(struct violation *found)
{
        uint32_t expected = 0, present = 0;

        for (uint32_t i = 0; i < h_state.kernel_mapping_count; i++) {
                const struct kernel_mapping_slot *slot =
                        &h_state.kernel_mappings[i];
                if (slot->generation == 0)
                        continue;
                if (!kernel_mapping_is_right(slot, found))
                        return false;
                expected += 1u << (fpage_log2(slot->pages.range) - PAGE_LOG2);
        }
        for (uint32_t i = 0; i < page_array.count; i++)
                expected += is_made(&page_array.pages[i]);
        for (uint32_t i = 0; i < h_state.client_pages; i++)
                present += h_state.client_entries[i] & ENTRY_PRESENT;
        return present == expected ||
               violated(found, CLIENT_ADDRESSES_ARE_ACCOUNTED, paddr(0),
                        NOWHERE);
}

// The TLB cannot be read; but an address can be touched. What is written to a
// page through the window must be seen at the address that is mapped to it. The bit
// that is changed means nothing to the processor, should it be a table's.
static bool
address_shows_frame(struct vaddr address, struct paddr frame)
{
        volatile uint32_t *word = window_map(frame);
        volatile uint32_t *seen = machine_at(address);
        uint32_t before = *word, other = before ^ ENTRY_ASKED_READ;

        *word = other;
        bool same = *seen == other;
        *word = before;
        return same && *seen == before;
}

static bool
tlb_agrees(struct violation *found)
{
        for (uint32_t i = 0; i < h_state.client_pages; i++) {
                struct vaddr at = vaddr(CLIENT_BASE + i * PAGE_SIZE);
                struct paddr frame =
                        paddr(h_state.client_entries[i] & ENTRY_FRAME);
                if (entry_is_present(h_state.client_entries[i]) &&
                    !address_shows_frame(at, frame))
                        return violated(found, TLB_AGREES, frame, at);
        }
        return true;
}

bool
wellformed_page(struct paddr frame, struct violation *found)
{
        const struct page *page = page_at(frame);

        if (!page)
                return violated(found, MAPPED_PAGES_ARE_INSTALLED, frame,
                                NOWHERE);
        // 5.6.8, of the regions that modules have.
        if (page->module &&
            (page_is_kernels(frame) || page->status == STATUS_NOT_INSTALLED))
                return violated(found, REGIONS_HOLD_NO_ENVIRONMENT, frame,
                                NOWHERE);
        if (!is_seen_rightly(frame, found))
                return false;
        if (!is_made(page))
                return true;
        if (page->status == STATUS_PAGE_TABLE)
                return table_entries_are_right(frame, found);
        return visit_directory(frame, false, directory_entry_is_right, found);
}

bool
wellformed(struct violation *found)
{
        if (!wellformed_memory(found) || !handles_are_sound(found) ||
            !no_page_is_kept(found))
                return false;
        for (uint32_t i = 0; i < page_array.count; i++)
                if (!wellformed_page(paddr(i << PAGE_LOG2), found))
                        return false;
        return client_addresses_are_accounted(found) && tlb_agrees(found) &&
               (!contexts_are_sound || contexts_are_sound(found));
}
