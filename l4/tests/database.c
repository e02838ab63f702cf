// SPDX-License-Identifier: MIT
// Is the database in order? Everything that points somewhere is followed, and everything
// that is to be found is looked for.
//
// The contract is in model.h.
#include "model.h"

#include <l4/mapdb_nodes.h>

static void
check(bool holds, const struct mapping *mapping, const char *what)
{
        if (!holds)
                machine_stop("the mapping of space %u at 0x%08x (2^%u bytes): "
                             "%s",
                             mapping->space ? mapping->space->number : SPACES,
                             mapping->address, mapping->log2, what);
}

// The ring of children: who is in it, in which order. Returns how many they are.
static uint32_t
check_children(const struct mapping *parent)
{
        const struct mapping *child = parent->children;
        bool pages = false;
        uint32_t count = 0;

        if (!child)
                return 0;
        do {
                check(child->parent == parent, child, "has another parent");
                check(child->next->last == child, child, "its ring is broken");
                check(child->log2 <= parent->log2, child, "is too large");
                check(child->frame - parent->frame < mapping_bytes(parent),
                      child, "is not its parent's memory");
                check(child->log2 == H_PAGE_LOG2 || !pages, child,
                      "a superpage behind pages");
                pages = child->log2 == H_PAGE_LOG2;
                count++;
                child = child->next;
        } while (child != parent->children);
        return count;
}

static void
check_top(const struct mapping *mapping)
{
        const struct mapping *parent = mapping->parent;
        const struct mapping *top = NULL;

        if (parent && parent->log2 == mapping->log2)
                return;
        do
                top = mapping_top(parent, mapping->frame, top);
        while (top && top != mapping);
        check(top == mapping, mapping, "is not found from its memory");
}

// How many of its pages are there, and are mapped as it says?
static void
check_pages(const struct mapping *mapping)
{
        unsigned left = 0;

        for (uint32_t at = 0; at < mapping_bytes(mapping); at += H_PAGE_SIZE) {
                struct place place =
                        place_at(mapping->space, mapping->address + at);
                if (place.mapping != mapping)
                        continue;
                left++;
                check(place.page.log2 == mapping_entry_log2(mapping), mapping,
                      "`broken` is not what its entries say");
        }
        check(left == mapping->left && left > 0, mapping,
              "has not as many pages left as it says");
}

static void
check_one(const struct mapping *mapping, bool walks)
{
        check(mapping_find(mapping->space, mapping->address, mapping->log2) ==
                      mapping,
              mapping, "is not found from its address");
        check(!mapping->parent || mapping->parent->space, mapping,
              "its parent is none");
        check(mapping->parent || !mapping->children ||
                      mapping->children->parent == mapping,
              mapping, "its children are not its own");
        check(walks || mapping->watched == 0, mapping,
              "is watched, but there is no walk");
        check_top(mapping);
        check_pages(mapping);
}

void
database_check(bool walks)
{
        uint32_t count = 0;
        uint32_t children = 0;
        uint32_t with_parent = 0;

        for (unsigned i = 0; i < SPACES; i++) {
                const struct mapping *last = NULL;
                const struct mapping *mapping = machine_spaces[i].mappings;
                for (; mapping; mapping = mapping->next_here) {
                        check(mapping->space == &machine_spaces[i], mapping,
                              "is in another space's list");
                        check(mapping->last_here == last, mapping,
                              "its space's list is broken");
                        check_one(mapping, walks);
                        children += check_children(mapping);
                        with_parent += mapping->parent != NULL;
                        last = mapping;
                        if (++count > mapdb_used())
                                machine_stop("more mappings than there are");
                }
        }
        if (count != mapdb_used())
                machine_stop("%u mappings are used, but %u are in spaces",
                             mapdb_used(), count);
        if (children != with_parent)
                machine_stop("%u mappings have a parent, but %u are children",
                             with_parent, children);
}
