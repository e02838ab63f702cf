// SPDX-License-Identifier: MIT
// What a test expects of the machine of <h4/spaces.h>, one change after the
// other. Nothing here touches the machine itself but given_...(), which take a
// slot of H's.
#include "spaces_model.h"
#include "words.h"

#include <h/internal/handles.h>
#include <h4/test.h>

#pragma weak h_state
#pragma weak pagemap_slot_take
#pragma weak kernel_mapping_slot_take

#define USER_ENTRIES (KERNEL_BASE / SUPERPAGE_SIZE)

static struct access
access_of(unsigned rights, bool user, bool global)
{
        return (struct access){
                .perms = (rights & H_R ? PERM_R : 0) |
                         (rights & H_W ? PERM_W : 0) |
                         (rights & H_X ? PERM_X : 0),
                .user = user,
                .global = global,
        };
}

static struct page *
page_due(uint32_t number)
{
        if (number >= spaces_due.count)
                fail("the test's machine has no page 0x%x", number);
        return &spaces_due.pages[number];
}

static struct space *
space_of(struct h_pagemap handle)
{
        for (uint32_t i = 0; i < spaces_due.space_count; i++) {
                struct space *space = &spaces_due.spaces[i];
                if (space->handle.slot == handle.slot &&
                    space->handle.generation == handle.generation)
                        return space;
        }
        fail("the test expects no address space by the handle %u.%u",
             handle.slot, handle.generation);
}

// The words that are expected in a directory or page-table.
static uint32_t *
words_due(struct paddr frame)
{
        return spaces_word_due((struct h_paddr){ frame.value });
}

static uint32_t *
directory_due(struct h_pagemap handle)
{
        return words_due(space_of(handle)->directory);
}

// The address of H's view of a page.
static uint32_t *
client_due(uint32_t address)
{
        uint32_t page = (address - SPACES_CLIENT_BASE) / PAGE_SIZE;

        if (page >= CLIENT_PAGES)
                fail("0x%08x is no address of the client's", address);
        return &spaces_due.client[page];
}

static void
count(uint32_t first, uint32_t pages, int change)
{
        struct page *page = page_due(first), *end = page_due(first + pages - 1);

        for (; page <= end; page++)
                page->status = (int16_t)(page->status + change);
}

void
due_view(struct h_pagemap_page page)
{
        struct paddr frame = paddr(region_first(page.page).value);

        spaces_due.seen_at[page_number(frame)] = page.mapped.value;
        *client_due(page.mapped.value) =
                raw_page(frame, access_of(H_R | H_W, false, true));
}

void
due_view_gone(struct h_region page)
{
        struct paddr frame = paddr(region_first(page).value);
        uint32_t *seen_at = &spaces_due.seen_at[page_number(frame)];

        *client_due(*seen_at) = 0;
        *seen_at = 0;
        words_fill(words_due(frame), 0, TABLE_ENTRIES);
}

static void
add_view(struct h_pagemap_page page, struct page entry)
{
        due_page(page.page, entry);
        due_view(page);
}

static void
drop_view(struct paddr frame)
{
        struct h_region page = region_of(frame.value, PAGE_LOG2);

        due_page(page, NORMAL(0));
        due_view_gone(page);
}

void
due_pagemap(struct h_pagemap handle, struct h_pagemap_page page)
{
        struct paddr frame = paddr(region_first(page.page).value);

        if (spaces_due.space_count == SPACES_PAGEMAPS)
                fail("the test's machine has %u slots for address spaces",
                     SPACES_PAGEMAPS);
        spaces_due.spaces[spaces_due.space_count++] =
                (struct space){ handle, frame };
        words_copy(words_due(frame), spaces_due.reference, TABLE_ENTRIES);
        add_view(page, DIRECTORY);
}

void
due_pagemap_gone(struct h_pagemap handle)
{
        struct space *space = space_of(handle);
        struct paddr directory = space->directory;

        for (uint32_t i = 0; i < USER_ENTRIES; i++) {
                uint32_t entry = words_due(directory)[i];
                if (!(entry & ENTRY_PRESENT))
                        continue;
                if (entry & ENTRY_SUPERPAGE)
                        count(entry / PAGE_SIZE & ~0x3FFu, TABLE_ENTRIES, -1);
                else
                        due_table_gone(handle, i * SUPERPAGE_SIZE);
        }
        if (spaces_due.current.value == directory.value)
                due_current(NULL);
        drop_view(directory);
        *space = spaces_due.spaces[--spaces_due.space_count];
}

void
due_table(struct h_pagemap handle, uint32_t address,
          struct h_pagemap_page table)
{
        struct pagemap_page page = { .frame = paddr(
                                             region_first(table.page).value) };

        directory_due(handle)[address / SUPERPAGE_SIZE] = raw_table(page);
        words_fill(words_due(page.frame), 0, TABLE_ENTRIES);
        add_view(table, TABLE(0));
}

void
due_table_gone(struct h_pagemap handle, uint32_t address)
{
        uint32_t *entry = &directory_due(handle)[address / SUPERPAGE_SIZE];
        struct paddr table = paddr(*entry & ENTRY_FRAME);

        due_unmapped(handle,
                     user_pages(address & -SUPERPAGE_SIZE, SUPERPAGE_LOG2));
        *entry = 0;
        drop_view(table);
}

// Calls `change` for the expected entry of each page of a range, or of each
// superpage, with the page of the page-table, or null.
static void
each_entry(struct h_pagemap handle, struct h_vfpage pages,
           void (*change)(uint32_t *entry, struct page *table, uint32_t value),
           uint32_t value)
{
        uint32_t *directory = directory_due(handle);
        uint32_t first = h_vfpage_first(pages).value;
        uint32_t last = first + (1u << h_vfpage_log2(pages)) - 1;

        for (uint32_t at = first; at - first <= last - first;) {
                uint32_t *upper = &directory[at / SUPERPAGE_SIZE];
                uint32_t rest = SUPERPAGE_SIZE - at % SUPERPAGE_SIZE;
                if (!(*upper & ENTRY_PRESENT) || *upper & ENTRY_SUPERPAGE) {
                        change(upper, NULL, value);
                } else {
                        struct paddr table = paddr(*upper & ENTRY_FRAME);
                        struct page *page = page_due(page_number(table));
                        uint32_t *entry = words_due(table) +
                                          at / PAGE_SIZE % TABLE_ENTRIES;
                        uint32_t pages_left = (last - at) / PAGE_SIZE + 1;
                        for (uint32_t i = 0;
                             i < rest / PAGE_SIZE && i < pages_left; i++)
                                change(&entry[i], page, value);
                }
                if (last - at < rest)
                        return;
                at += rest;
        }
}

static void
unmap_entry(uint32_t *entry, struct page *table, uint32_t unused)
{
        (void)unused;
        if (!(*entry & ENTRY_PRESENT))
                return;
        count((*entry & ENTRY_FRAME) / PAGE_SIZE, table ? 1 : TABLE_ENTRIES,
              -1);
        *entry = 0;
        if (table)
                table->entries = (table->entries - 1u) & 0xFFF;
}

void
due_unmapped(struct h_pagemap handle, struct h_vfpage pages)
{
        each_entry(handle, pages, unmap_entry, 0);
}

static void
change_rights(uint32_t *entry, struct page *table, uint32_t rights)
{
        if (!(*entry & ENTRY_PRESENT))
                fail("the test expects no mapping to have other rights");
        struct paddr frame = paddr(*entry & ENTRY_FRAME);
        struct access access = access_of(rights, true, false);
        *entry = table ? raw_page(frame, access) : raw_superpage(frame, access);
}

void
due_rights(struct h_pagemap handle, struct h_vfpage pages, unsigned rights)
{
        each_entry(handle, pages, change_rights, rights);
}

static void
due_superpages(struct h_pagemap handle, struct h_vfpage pages, uint32_t frames,
               struct access access)
{
        uint32_t first = h_vfpage_first(pages).value / SUPERPAGE_SIZE;

        for (uint32_t i = 0; i < 1u << (h_vfpage_log2(pages) - SUPERPAGE_LOG2);
             i++)
                directory_due(handle)[first + i] = raw_superpage(
                        paddr(frames + i * SUPERPAGE_SIZE), access);
}

void
due_mapped(struct h_pagemap handle, struct h_vfpage pages,
           struct h_region region, unsigned rights)
{
        struct access access = access_of(rights, true, false);
        uint32_t frames = region_first(region).value;
        uint32_t length = 1u << (region_log2(region) - PAGE_LOG2);
        uint32_t first = h_vfpage_first(pages).value;

        count(frames / PAGE_SIZE, length, 1);
        if (h_vfpage_log2(pages) >= SUPERPAGE_LOG2) {
                due_superpages(handle, pages, frames, access);
                return;
        }
        uint32_t upper = directory_due(handle)[first / SUPERPAGE_SIZE];
        if (!(upper & ENTRY_PRESENT) || upper & ENTRY_SUPERPAGE)
                fail("the test expects no page-table for 0x%08x", first);
        struct paddr table = paddr(upper & ENTRY_FRAME);
        uint32_t *words = words_due(table) + first / PAGE_SIZE % TABLE_ENTRIES;
        uint32_t page = raw_page(paddr(frames), access);
        for (uint32_t i = 0; i < length; i++)
                words[i] = page + i * PAGE_SIZE;
        struct page *entry = page_due(page_number(table));
        entry->entries = (entry->entries + length) & 0xFFF;
}

void
due_kernel_mapping(struct h_kernel_mapping handle, struct h_region region,
                   struct h_vfpage pages, unsigned rights, bool user)
{
        struct access access = access_of(rights, user, true);
        uint32_t first = h_vfpage_first(pages).value;
        uint32_t frames = region_first(region).value;
        uint32_t length = 1u << (region_log2(region) - PAGE_LOG2);

        if (spaces_due.kernel_count == SPACES_KERNEL_MAPPINGS)
                fail("the test's machine has %u slots for kernel mappings",
                     SPACES_KERNEL_MAPPINGS);
        spaces_due.kernel[spaces_due.kernel_count++] =
                (struct kernel_space){ handle, pages, region, rights };
        count(frames / PAGE_SIZE, length, 1);
        for (uint32_t i = 0; i < length * PAGE_SIZE; i += PAGE_SIZE)
                *client_due(first + i) = raw_page(paddr(frames + i), access);
}

void
due_kernel_mapping_gone(struct h_kernel_mapping handle)
{
        uint32_t i = 0;
        while (i < spaces_due.kernel_count &&
               (spaces_due.kernel[i].handle.slot != handle.slot ||
                spaces_due.kernel[i].handle.generation != handle.generation))
                i++;
        if (i == spaces_due.kernel_count)
                fail("the test expects no kernel mapping by the handle %u.%u",
                     handle.slot, handle.generation);

        struct kernel_space gone = spaces_due.kernel[i];
        uint32_t length = 1u << (region_log2(gone.region) - PAGE_LOG2);
        count(region_first(gone.region).value / PAGE_SIZE, length, -1);
        for (uint32_t page = 0; page < length; page++)
                *client_due(h_vfpage_first(gone.pages).value +
                            page * PAGE_SIZE) = 0;
        spaces_due.kernel[i] = spaces_due.kernel[--spaces_due.kernel_count];
}

void
due_page(struct h_region page, struct page entry)
{
        *page_due(region_first(page).value / PAGE_SIZE) = entry;
}

void
due_word(struct h_paddr address, uint32_t word)
{
        *spaces_word_due(address) = word;
}

void
due_current(const struct h_pagemap *handle)
{
        spaces_due.current = handle ? space_of(*handle)->directory
                                    : spaces_reference().frame;
}

struct h_pagemap
given_pagemap(void)
{
        struct h_pagemap_page page = spaces_lent();
        struct h_pagemap handle = pagemap_slot_take();

        pagemap_slot(handle)->directory = paddr(region_first(page.page).value);
        due_pagemap(handle, page);
        return handle;
}

struct h_pagemap_page
given_table(struct h_pagemap handle, uint32_t address)
{
        struct h_pagemap_page table = spaces_lent();

        due_table(handle, address, table);
        return table;
}

void
given_mapped(struct h_pagemap handle, struct h_vfpage pages,
             struct h_region region, unsigned rights)
{
        uint32_t first = h_vfpage_first(pages).value;
        uint32_t upper = directory_due(handle)[first / SUPERPAGE_SIZE];

        if (h_vfpage_log2(pages) < SUPERPAGE_LOG2 && !(upper & ENTRY_PRESENT))
                given_table(handle, first);
        due_mapped(handle, pages, region, rights);
}

struct h_kernel_mapping
given_kernel_mapping(struct h_region region, struct h_vfpage pages,
                     unsigned rights, bool user)
{
        struct h_kernel_mapping handle = kernel_mapping_slot_take();
        struct kernel_mapping_slot *slot = kernel_mapping_slot(handle);

        slot->pages = (struct vfpage){ { pages.word } };
        slot->frames = (struct pfpage){ { region.pages.word } };
        slot->rights = rights;
        due_kernel_mapping(handle, region, pages, rights, user);
        return handle;
}

void
spaces_enter(struct h_pagemap handle)
{
        due_current(&handle);
        live_load(spaces_due.current);
}

void
spaces_leave(void)
{
        due_current(NULL);
        live_load(spaces_due.current);
}

struct pagemap_page
spaces_directory(struct h_pagemap handle)
{
        struct paddr frame = space_of(handle)->directory;

        return (struct pagemap_page){ frame, spaces_word((struct h_paddr){
                                                     frame.value }) };
}

struct page
spaces_expected(struct h_region page)
{
        return *page_due(region_first(page).value / PAGE_SIZE);
}
