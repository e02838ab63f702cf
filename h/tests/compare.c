// SPDX-License-Identifier: MIT
// See compare.h. Most of the state is the same after an operation as it was
// before it. So tables are kept as they were when they were compared last: where
// neither a table nor the model has changed since, nothing need be compared.
#include "compare.h"

#include <string.h>

#include <h/internal/state.h>
#include <h/internal/wellformed.h>
#include <kernel/entry.h>

static uint32_t compared[MACHINE_PAGES][TABLE_ENTRIES];
static uint32_t addresses_compared[MODEL_CLIENT_PAGES];

#define MARKS (ENTRY_ACCESSED | ENTRY_DIRTY)

void
compare_reset(void)
{
        memset(addresses_compared, 0, sizeof(addresses_compared));
        memset(compared[model.reference], 0, PAGE_SIZE);
}

// An entry in the model's terms.
static struct model_entry
abstract(uint32_t entry)
{
        if (!(entry & ENTRY_PRESENT))
                return (struct model_entry){ .mapped = false };
        return (struct model_entry){
                .page = entry >> H_PAGE_LOG2,
                .rights = (entry & ENTRY_WRITE ? H_W | H_R : 0) |
                          (entry & ENTRY_ASKED_READ ? H_R : 0) |
                          (entry & ENTRY_ASKED_EXECUTE ? H_X : 0),
                .mapped = true,
                .accessed = (entry & ENTRY_ACCESSED) != 0,
                .dirty = (entry & ENTRY_DIRTY) != 0,
        };
}

static bool
entries_equal(struct model_entry a, struct model_entry b)
{
        if (!a.mapped && !b.mapped)
                return true;
        return a.mapped == b.mapped && a.page == b.page &&
               a.rights == b.rights && a.accessed == b.accessed &&
               a.dirty == b.dirty;
}

static void
differ(uint32_t address, uint32_t entry, struct model_entry expected)
{
        machine_stop("the entry for 0x%08x is 0x%08x; the model has %s page "
                     "0x%x, rights %u%s%s",
                     address, entry, expected.mapped ? "there" : "nothing, not",
                     expected.page, expected.rights,
                     expected.accessed ? ", accessed" : "",
                     expected.dirty ? ", dirty" : "");
}

static void
compare_table(const struct model_slot *slot, uint32_t first)
{
        const uint32_t *table = machine_frame(paddr(slot->table * PAGE_SIZE));

        for (uint32_t i = 0; i < TABLE_ENTRIES; i++)
                if (!entries_equal(abstract(table[i]), slot->pages[i]))
                        differ(first + i * PAGE_SIZE, table[i], slot->pages[i]);
        memcpy(compared[slot->table], table, PAGE_SIZE);
}

static void
compare_slot(const struct model_pagemap *pagemap, uint32_t index)
{
        const struct model_slot *slot = &pagemap->slots[index];
        uint32_t pde =
                machine_frame(paddr(pagemap->directory * PAGE_SIZE))[index];
        uint32_t first = index * SUPERPAGE_SIZE;
        struct model_entry none = { .mapped = false };

        switch (slot->kind) {
        case EMPTY:
                if (pde & ENTRY_PRESENT)
                        differ(first, pde, none);
                break;
        case SUPERPAGE:
                if (!pde_is_superpage(pde) ||
                    !entries_equal(abstract(pde), slot->superpage))
                        differ(first, pde, slot->superpage);
                break;
        case PAGES:
                if (!pde_is_table(pde) || pde >> H_PAGE_LOG2 != slot->table)
                        machine_stop("the directory's entry for 0x%08x is "
                                     "0x%08x; the model has page-table 0x%x",
                                     first, pde, slot->table);
                compare_table(slot, first);
                break;
        }
}

static void
compare_directory(struct model_pagemap *pagemap)
{
        const uint32_t *directory =
                machine_frame(paddr(pagemap->directory * PAGE_SIZE));
        const uint32_t *reference =
                machine_frame(paddr(model.reference * PAGE_SIZE));
        uint32_t *before = compared[pagemap->directory];

        if (pagemap->fresh || memcmp(directory, before, PAGE_SIZE) != 0) {
                for (uint32_t i = 0; i < USER_SLOTS; i++)
                        if (pagemap->fresh || directory[i] != before[i])
                                compare_slot(pagemap, i);
                for (uint32_t i = USER_SLOTS; i < TABLE_ENTRIES; i++)
                        if ((directory[i] ^ reference[i]) & ~MARKS)
                                machine_stop("entry %u of directory 0x%x is "
                                             "0x%08x, of the reference 0x%08x",
                                             i, pagemap->directory,
                                             directory[i], reference[i]);
                memcpy(before, directory, PAGE_SIZE);
                pagemap->fresh = false;
        }
        for (uint32_t i = 0; i < USER_SLOTS; i++) {
                if (!pde_is_table(directory[i]))
                        continue;
                uint32_t table = directory[i] >> H_PAGE_LOG2;
                if (memcmp(machine_frame(paddr(table * PAGE_SIZE)),
                           compared[table], PAGE_SIZE) != 0)
                        compare_slot(pagemap, i);
        }
}

static void
compare_changed(void)
{
        while (model.changed_count > 0) {
                struct model_slot *slot = model.changed[--model.changed_count];
                slot->changed = false;
                for (unsigned i = 0; i < MODEL_PAGEMAPS; i++) {
                        struct model_pagemap *pagemap = &model.pagemaps[i];
                        if (pagemap->live && slot >= pagemap->slots &&
                            slot < pagemap->slots + USER_SLOTS)
                                compare_slot(pagemap,
                                             (uint32_t)(slot - pagemap->slots));
                }
        }
}

// The entry that a client-controlled address has to have.
static uint32_t
expected_entry(const struct model_address *address)
{
        uint32_t entry =
                address->page * PAGE_SIZE | ENTRY_PRESENT | ENTRY_GLOBAL;

        if (address->use == UNUSED)
                return 0;
        if (address->use == VIEW)
                return entry | ENTRY_WRITE | ENTRY_ASKED_READ;
        if (address->mapping->rights & H_R)
                entry |= ENTRY_ASKED_READ;
        if (address->mapping->rights & H_W)
                entry |= ENTRY_WRITE;
        if (address->mapping->rights & H_X)
                entry |= ENTRY_ASKED_EXECUTE;
        return address->mapping->user ? entry | ENTRY_USER : entry;
}

// `changed`: the model has, whatever the entries are.
static void
compare_addresses(struct range part, bool changed)
{
        const uint32_t *entries = h_state.client_entries + part.first;
        uint32_t *before = addresses_compared + part.first;

        if (!changed &&
            memcmp(entries, before, part.count * sizeof(*entries)) == 0)
                return;
        for (uint32_t i = 0; i < part.count; i++) {
                uint32_t at = part.first + i;
                uint32_t expected = expected_entry(&model.addresses[at]);
                if ((entries[i] & ~MARKS) != expected)
                        machine_stop("the entry for 0x%08x is 0x%08x, not "
                                     "0x%08x",
                                     (MODEL_CLIENT_FIRST + at) * PAGE_SIZE,
                                     entries[i], expected);
        }
        memcpy(before, entries, part.count * sizeof(*entries));
}

static void
differ_page(uint32_t number)
{
        struct page is = page_array.pages[number];
        struct page expected = model.pages[number];

        if (memcmp(&is, &expected, sizeof(is)) != 0)
                machine_stop("page 0x%x is %s (%d), %u entries; not %s (%d), "
                             "%u entries",
                             number, status_name(is.status), is.status,
                             is.entries, status_name(expected.status),
                             expected.status, expected.entries);
        if (h_state.seen_at[number].value != model.view[number])
                machine_stop("H sees page 0x%x at 0x%08x, not at 0x%08x",
                             number, h_state.seen_at[number].value,
                             model.view[number]);
}

static void
compare_pages(struct range part)
{
        if (memcmp(page_array.pages + part.first, model.pages + part.first,
                   part.count * sizeof(model.pages[0])) != 0 ||
            memcmp(h_state.seen_at + part.first, model.view + part.first,
                   part.count * sizeof(model.view[0])) != 0)
                for (uint32_t i = 0; i < part.count; i++)
                        differ_page(part.first + i);
}

static const struct range all_pages = { 0, MACHINE_PAGES };
static const struct range all_addresses = { 0, MODEL_CLIENT_PAGES };

static void
compare_what_changed(void)
{
        if (machine_directory().value != model.current * PAGE_SIZE)
                machine_stop("CR3 is 0x%08x, not 0x%08x",
                             machine_directory().value,
                             model.current * PAGE_SIZE);
        for (size_t i = 0; i < model.changed_pages_count; i++)
                compare_pages(model.changed_pages[i]);
        model.changed_pages_count = 0;
        for (size_t i = 0; i < model.changed_addresses_count; i++)
                compare_addresses(model.changed_addresses[i], true);
        model.changed_addresses_count = 0;
        compare_changed();
}

// The arrays are compared in so many parts.
#define PARTS 32

void
compare_step(const struct model_pagemap *a, const struct model_pagemap *b)
{
        static unsigned turn;
        uint32_t part = turn % PARTS;
        struct model_pagemap *other = &model.pagemaps[turn % MODEL_PAGEMAPS];

        turn++;
        compare_what_changed();
        compare_contexts();
        for (unsigned i = 0; i < MODEL_PAGEMAPS; i++) {
                struct model_pagemap *pagemap = &model.pagemaps[i];
                if (pagemap->live && (pagemap == a || pagemap == b ||
                                      pagemap == other || pagemap->fresh))
                        compare_directory(pagemap);
        }
        compare_pages((struct range){ part * (MACHINE_PAGES / PARTS),
                                      MACHINE_PAGES / PARTS });
        compare_addresses((struct range){ part * (MODEL_CLIENT_PAGES / PARTS),
                                          MODEL_CLIENT_PAGES / PARTS },
                          false);
}

void
compare_all(void)
{
        struct violation violation;
        struct vaddr address;
        uint32_t entry;

        compare_what_changed();
        compare_contexts();
        compare_pages(all_pages);
        compare_addresses(all_addresses, true);
        for (unsigned i = 0; i < MODEL_PAGEMAPS; i++)
                if (model.pagemaps[i].live)
                        compare_directory(&model.pagemaps[i]);
        compare_handles();
        compare_memory();
        if (machine_stale(&address, &entry))
                machine_stop("the TLB has 0x%08x for 0x%08x, the tables do not",
                             entry, address.value);
        if (!wellformed(&violation))
                machine_stop("\"%s\" does not hold: page 0x%08x, at 0x%08x",
                             invariant_text(violation.invariant),
                             violation.page.value, violation.address.value);
}
