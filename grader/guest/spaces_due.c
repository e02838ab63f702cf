// SPDX-License-Identifier: MIT
// What a test expects of the machine of <h4/spaces.h>, one change after the
// other: address spaces, page-tables, mappings of the client's own, single pages.
// Nothing here touches the machine itself.
#include "spaces_model.h"
#include "words.h"

#include <h4/test.h>

#define USER_ENTRIES (KERNEL_BASE / SUPERPAGE_SIZE)

struct access
model_access(unsigned rights, bool user, bool global)
{
        return (struct access){
                .perms = (rights & H_R ? PERM_R : 0) |
                         (rights & H_W ? PERM_W : 0) |
                         (rights & H_X ? PERM_X : 0),
                .user = user,
                .global = global,
        };
}

struct page *
model_page(uint32_t number)
{
        if (number >= spaces_due.count)
                fail("the test's machine has no page 0x%x", number);
        return &spaces_due.pages[number];
}

struct space *
model_space(struct h_pagemap handle)
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

uint32_t *
model_words(struct paddr frame)
{
        return spaces_word_due((struct h_paddr){ frame.value });
}

uint32_t *
model_directory(struct h_pagemap handle)
{
        return model_words(model_space(handle)->directory);
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

void
model_count(uint32_t first, uint32_t pages, int change)
{
        struct page *page = model_page(first),
                    *end = model_page(first + pages - 1);

        for (; page <= end; page++)
                page->status = (int16_t)(page->status + change);
}

void
due_view(struct h_pagemap_page page)
{
        struct paddr frame = paddr(region_first(page.page).value);

        spaces_due.seen_at[page_number(frame)] = page.mapped.value;
        *client_due(page.mapped.value) =
                raw_page(frame, model_access(H_R | H_W, false, true));
}

void
due_view_gone(struct h_region page)
{
        struct paddr frame = paddr(region_first(page).value);
        uint32_t *seen_at = &spaces_due.seen_at[page_number(frame)];

        *client_due(*seen_at) = 0;
        *seen_at = 0;
        words_fill(model_words(frame), 0, TABLE_ENTRIES);
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
        words_copy(model_words(frame), spaces_due.reference, TABLE_ENTRIES);
        add_view(page, DIRECTORY);
}

void
due_pagemap_gone(struct h_pagemap handle)
{
        struct space *space = model_space(handle);
        struct paddr directory = space->directory;

        for (uint32_t i = 0; i < USER_ENTRIES; i++) {
                uint32_t entry = model_words(directory)[i];
                if (!(entry & ENTRY_PRESENT))
                        continue;
                if (entry & ENTRY_SUPERPAGE)
                        model_count(entry / PAGE_SIZE & ~0x3FFu, TABLE_ENTRIES,
                                    -1);
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

        model_directory(handle)[address / SUPERPAGE_SIZE] = raw_table(page);
        words_fill(model_words(page.frame), 0, TABLE_ENTRIES);
        add_view(table, TABLE(0));
}

void
due_table_gone(struct h_pagemap handle, uint32_t address)
{
        uint32_t *entry = &model_directory(handle)[address / SUPERPAGE_SIZE];
        struct paddr table = paddr(*entry & ENTRY_FRAME);

        due_unmapped(handle,
                     user_pages(address & -SUPERPAGE_SIZE, SUPERPAGE_LOG2));
        *entry = 0;
        drop_view(table);
}

void
due_kernel_mapping(struct h_kernel_mapping handle, struct h_region region,
                   struct h_vfpage pages, unsigned rights, bool user)
{
        struct access access = model_access(rights, user, true);
        uint32_t first = h_vfpage_first(pages).value;
        uint32_t frames = region_first(region).value;
        uint32_t length = 1u << (region_log2(region) - PAGE_LOG2);

        if (spaces_due.kernel_count == SPACES_KERNEL_MAPPINGS)
                fail("the test's machine has %u slots for kernel mappings",
                     SPACES_KERNEL_MAPPINGS);
        spaces_due.kernel[spaces_due.kernel_count++] =
                (struct kernel_space){ handle, pages, region, rights };
        model_count(frames / PAGE_SIZE, length, 1);
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
        model_count(region_first(gone.region).value / PAGE_SIZE, length, -1);
        for (uint32_t page = 0; page < length; page++)
                *client_due(h_vfpage_first(gone.pages).value +
                            page * PAGE_SIZE) = 0;
        spaces_due.kernel[i] = spaces_due.kernel[--spaces_due.kernel_count];
}

void
due_page(struct h_region page, struct page entry)
{
        *model_page(region_first(page).value / PAGE_SIZE) = entry;
}

void
due_word(struct h_paddr address, uint32_t word)
{
        *spaces_word_due(address) = word;
}

void
due_current(const struct h_pagemap *handle)
{
        spaces_due.current = handle ? model_space(*handle)->directory
                                    : spaces_reference().frame;
}
