// SPDX-License-Identifier: MIT
// What is true of the mapping database whenever none of its functions is under way: each
// mapping is where it is found, in its trees, and what the page-tables say.
#include "fuzz.h"

#include <l4/mapdb_nodes.h>
#include <l4/units.h>

uint32_t superpages_seen;

static void
check_found(const struct mapping *mapping)
{
        const struct mapping *parent = mapping->parent;

        FUZZ_HOLDS(mapping_find(mapping->space, mapping->address,
                                mapping->log2) == mapping,
                   "mapping at 0x%08x: not found by its space",
                   mapping->address);
        if (parent && parent->log2 == mapping->log2)
                return;

        const struct mapping *top = mapping_top(parent, mapping->frame, NULL);
        while (top && top != mapping)
                top = mapping_top(parent, mapping->frame, top);
        FUZZ_HOLDS(top, "mapping at 0x%08x: not found by what it is made of",
                   mapping->address);
}

// Returns how many children it has.
static uint32_t
check_tree(const struct mapping *mapping)
{
        const struct mapping *parent = mapping->parent;
        const struct mapping *child = mapping->children;
        uint32_t count = 0;
        bool pages = false;

        if (parent) {
                FUZZ_HOLDS(parent->space && parent->log2 >= mapping->log2 &&
                                   mapping->frame - parent->frame <
                                           mapping_bytes(parent),
                           "mapping at 0x%08x: its parent", mapping->address);
                FUZZ_HOLDS(mapping->next->last == mapping,
                           "mapping at 0x%08x: the ring that it is in",
                           mapping->address);
        }
        while (child && (count == 0 || child != mapping->children)) {
                FUZZ_HOLDS(child->space && child->parent == mapping &&
                                   !(pages && child->log2 == H_SUPERPAGE_LOG2),
                           "mapping at 0x%08x: its children", mapping->address);
                pages = child->log2 == H_PAGE_LOG2;
                child = child->next;
                FUZZ_HOLDS(++count <= mapdb_used(),
                           "mapping at 0x%08x: its children have no end",
                           mapping->address);
        }
        return count;
}

// Of all pages that it may have, those that are there. What a superpage has lost may be there
// again, out of the same mapping, but as a page: that is a mapping of its own.
static void
check_page_tables(const struct mapping *mapping, bool at_work)
{
        uint32_t step = 1u << mapping_entry_log2(mapping);
        uint32_t pages = 0;

        for (uint32_t done = 0; done < mapping_bytes(mapping); done += step) {
                uint32_t at = mapping->address + done;
                struct page page = page_at(mapping->space, at);
                if (page.rights == 0 || page.frame != mapping->frame + done ||
                    mapping_at(mapping->space, at) != mapping)
                        continue;
                pages += step / H_PAGE_SIZE;
                if (at_work || !mapping->parent)
                        continue;
                uint32_t above = mapping->parent->address +
                                 (page.frame - mapping->parent->frame);
                struct page parent = page_at(mapping->parent->space, above);
                FUZZ_HOLDS(parent.frame == page.frame &&
                                   (page.rights & ~parent.rights) == 0,
                           "0x%08x has rights %u, and what it is made out of "
                           "%u",
                           at, page.rights, parent.rights);
        }
        FUZZ_HOLDS(pages == mapping->left && pages != 0,
                   "mapping at 0x%08x counts %u pages, and has %u",
                   mapping->address, mapping->left, pages);
}

static uint32_t
stands(const struct map_walk *walk, const struct mapping *mapping)
{
        return walk->space ? (uint32_t)(walk->here == mapping) +
                                     (uint32_t)(walk->top == mapping) +
                                     (uint32_t)(walk->cursor == mapping)
                           : 0;
}

static void
check_watched(const struct mapping *mapping)
{
        uint32_t walks = 0;

        for (uint32_t i = 0; i < unit_count; i++)
                walks += stands(&units[i].thread.under_way.map.walk, mapping) +
                         stands(&units[i].space.leaving, mapping);
        FUZZ_HOLDS(walks == mapping->watched,
                   "mapping at 0x%08x: %u walks stand there, and it counts %u",
                   mapping->address, walks, mapping->watched);
}

static uint32_t
check_list(const struct space *space)
{
        const struct mapping *last = NULL;
        uint32_t count = 0;

        for (const struct mapping *at = space->mappings; at;
             at = at->next_here) {
                FUZZ_HOLDS(at->space == space && at->last_here == last &&
                                   ++count <= mapdb_used(),
                           "space %u: the list of its mappings", space->number);
                last = at;
        }
        return count;
}

// Those that sigma0 and the keeper have are there in any case.
static bool
is_superpage_of_others(const struct mapping *one)
{
        return one->log2 == H_SUPERPAGE_LOG2 && one->parent &&
               one->parent->parent;
}

void
check_mappings(void)
{
        bool at_work = kernel_is_at_work();
        uint32_t used = 0;
        uint32_t listed = 0;
        uint32_t above = 0;
        uint32_t below = 0;

        for (uint32_t i = 0; i < unit_count; i++) {
                listed += check_list(&units[i].space);
                for (unsigned j = 0; j < UNIT_MAPPINGS; j++) {
                        const struct mapping *one = &units[i].mappings[j];
                        if (!one->space)
                                continue;
                        used++;
                        above += one->parent != NULL;
                        below += check_tree(one);
                        superpages_seen += is_superpage_of_others(one);
                        check_found(one);
                        check_page_tables(one, at_work);
                        if (one->watched != 0)
                                check_watched(one);
                }
        }
        FUZZ_HOLDS(used == mapdb_used() && used == listed,
                   "%u mappings, %u in lists, and %u counted", used, listed,
                   mapdb_used());
        FUZZ_HOLDS(above == below,
                   "%u mappings have parents, and %u are in "
                   "rings of children",
                   above, below);
}
