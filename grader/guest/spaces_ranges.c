// SPDX-License-Identifier: MIT
// What a test expects of ranges of user addresses: mapped, not mapped any more,
// with other rights.
#include "spaces_model.h"

#include <h4/test.h>

const char *
rights_name(unsigned rights)
{
        static const char *const names[] = {
                "none", "X", "W", "W X", "R", "R X", "R W", "R W X",
        };

        return names[rights & (H_R | H_W | H_X)];
}

// Calls `change` for the expected entry of each page of a range, or of each
// superpage, with the page of the page-table, or null.
static void
each_entry(struct h_pagemap handle, struct h_vfpage pages,
           void (*change)(uint32_t *entry, struct page *table, uint32_t value),
           uint32_t value)
{
        uint32_t *directory = model_directory(handle);
        uint32_t first = h_vfpage_first(pages).value;
        uint32_t last = first + (1u << h_vfpage_log2(pages)) - 1;

        for (uint32_t at = first; at - first <= last - first;) {
                uint32_t *upper = &directory[at / SUPERPAGE_SIZE];
                uint32_t rest = SUPERPAGE_SIZE - at % SUPERPAGE_SIZE;
                if (!(*upper & ENTRY_PRESENT) || *upper & ENTRY_SUPERPAGE) {
                        change(upper, NULL, value);
                } else {
                        struct paddr table = paddr(*upper & ENTRY_FRAME);
                        struct page *page = model_page(page_number(table));
                        uint32_t *entry = model_words(table) +
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
        model_count((*entry & ENTRY_FRAME) / PAGE_SIZE,
                    table ? 1 : TABLE_ENTRIES, -1);
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
        struct access access = model_access(rights, true, false);
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
                model_directory(handle)[first + i] = raw_superpage(
                        paddr(frames + i * SUPERPAGE_SIZE), access);
}

void
due_mapped(struct h_pagemap handle, struct h_vfpage pages,
           struct h_region region, unsigned rights)
{
        struct access access = model_access(rights, true, false);
        uint32_t frames = region_first(region).value;
        uint32_t length = 1u << (region_log2(region) - PAGE_LOG2);
        uint32_t first = h_vfpage_first(pages).value;

        model_count(frames / PAGE_SIZE, length, 1);
        if (h_vfpage_log2(pages) >= SUPERPAGE_LOG2) {
                due_superpages(handle, pages, frames, access);
                return;
        }
        uint32_t upper = model_directory(handle)[first / SUPERPAGE_SIZE];
        if (!(upper & ENTRY_PRESENT) || upper & ENTRY_SUPERPAGE)
                fail("the test expects no page-table for 0x%08x", first);
        struct paddr table = paddr(upper & ENTRY_FRAME);
        uint32_t *words =
                model_words(table) + first / PAGE_SIZE % TABLE_ENTRIES;
        uint32_t page = raw_page(paddr(frames), access);
        for (uint32_t i = 0; i < length; i++)
                words[i] = page + i * PAGE_SIZE;
        struct page *entry = model_page(page_number(table));
        entry->entries = (entry->entries + length) & 0xFFF;
}
