// SPDX-License-Identifier: MIT
// The contracts are in forest.h. There are no tests here.
#include "forest.h"

#define RIGHTS_TEXT(rights)                                                    \
        (rights) & H_R ? "r" : "-", (rights)&H_W ? "w" : "-",                  \
                (rights)&H_X ? "x" : "-"

void
forest_expect_page(const struct space *space, uint32_t at, uint32_t frame,
                   unsigned rights, const char *when)
{
        struct page page = page_at(space, at);

        if (rights == 0) {
                if (page.rights != 0)
                        fail("%s: space %u has memory at 0x%08x, of 0x%08x, "
                             "and nothing is to be there",
                             when, space->number, at, page.frame);
                return;
        }
        if (page.rights == 0)
                fail("%s: space %u has nothing at 0x%08x, and 0x%08x is to "
                     "be there",
                     when, space->number, at, frame);
        expect_hex(frame, page.frame, "%s: the memory of space %u at 0x%08x",
                   when, space->number, at);
        if (rights != page.rights)
                fail("%s: the rights of space %u at 0x%08x are %s%s%s, and "
                     "%s%s%s is due",
                     when, space->number, at, RIGHTS_TEXT(page.rights),
                     RIGHTS_TEXT(rights));
}

// --- Links --------------------------------------------------------------------------

static _Noreturn void
wrong(const char *when, const struct mapping *mapping, const char *what)
{
        fail("%s: the mapping of 0x%08x in space %u, %s, memory 0x%08x: %s",
             when, mapping->address,
             mapping->space ? mapping->space->number : 0,
             mapping->log2 == H_PAGE_LOG2 ? "a page" : "a superpage",
             mapping->frame, what);
}

// Does it stand in the chain of its parent and frame? One of two equal sizes does not.
static bool
has_chain(const struct mapping *one)
{
        const struct mapping *above = one->parent;

        return above == NULL || above->log2 > one->log2;
}

// How often a mapping stands in a chain of so many links at most.
static uint32_t
times_found(const struct mapping *mapping, uint32_t most)
{
        uint32_t times = 0;

        for (const struct mapping *at =
                     *found_chain(mapping->space, mapping->address);
             at && most-- > 0; at = at->next_found)
                times += at == mapping;
        return times;
}

static uint32_t
times_top(const struct mapping *mapping, const char *when)
{
        const struct mapping *last = NULL;
        uint32_t times = 0;
        uint32_t most = mapdb_room();

        for (const struct mapping *at =
                     *tops_chain(mapping->parent, mapping->frame);
             at && most-- > 0; last = at, at = at->next_top) {
                if (at->last_top != last)
                        wrong(when, at,
                              "last_top is not the one before it in the "
                              "chain of its parent and frame");
                times += at == mapping;
        }
        return times;
}

static void
check_chains(const struct mapping *mapping, const char *when)
{
        if (times_found(mapping, mapdb_room()) != 1)
                wrong(when, mapping,
                      "it is to stand once in the chain of its space and "
                      "address");
        if (times_top(mapping, when) != has_chain(mapping))
                wrong(when, mapping,
                      has_chain(mapping)
                              ? "it is to stand once in the chain "
                                "of its parent and frame"
                              : "it stands in the chain of its parent "
                                "and frame, and its parent is of the "
                                "same size");
}

// The ring of its children. Returns how many there are.
static uint32_t
check_ring(const struct mapping *parent, const char *when)
{
        const struct mapping *child = parent->children;
        uint32_t count = 0;
        bool pages = false;

        if (!child)
                return 0;
        do {
                if (child->parent != parent)
                        wrong(when, child,
                              "it stands in the ring of one that is not "
                              "its parent");
                if (!child->next)
                        wrong(when, child,
                              "it stands in its parent's ring, and nothing "
                              "is next to it there, not even itself");
                if (child->next->last != child)
                        wrong(when, child,
                              "the next one in the ring does not know it as "
                              "the last one");
                if (child->log2 == H_PAGE_LOG2)
                        pages = true;
                else if (pages)
                        wrong(when, child,
                              "a superpage behind pages in its parent's "
                              "ring");
                if (++count > mapdb_room())
                        wrong(when, parent,
                              "the ring of its children has no end");
                child = child->next;
        } while (child != parent->children);
        return count;
}

// Returns how many mappings the space has.
static uint32_t
check_space(const struct space *space, uint32_t *children, const char *when)
{
        const struct mapping *last = NULL;
        uint32_t count = 0;

        for (const struct mapping *at = space->mappings; at;
             last = at, at = at->next_here) {
                if (at->space != space)
                        wrong(when, at,
                              "it stands in the list of another space");
                if (at->last_here != last)
                        wrong(when, at,
                              "last_here is not the one before it in its "
                              "space's list");
                if (++count > mapdb_room())
                        wrong(when, at, "its space's list has no end");
                check_chains(at, when);
                *children += check_ring(at, when);
        }
        return count;
}

void
forest_check_links(const char *when)
{
        uint32_t count = 0, children = 0, there = 0, with_parent = 0;

        for (uint32_t i = 0; i < unit_count; i++) {
                if (units[i].space.threads > 0)
                        count += check_space(&units[i].space, &children, when);
                for (uint32_t j = 0; j < UNIT_MAPPINGS; j++) {
                        const struct mapping *mapping = &units[i].mappings[j];
                        there += mapping->space != NULL;
                        with_parent += mapping->space && mapping->parent;
                }
        }
        expect_number(mapdb_used(), there,
                      "%s: mappings that have a space; mapdb_used() is due",
                      when);
        expect_number(there, count, "%s: mappings in the lists of all spaces",
                      when);
        expect_number(with_parent, children,
                      "%s: mappings in the rings of all parents", when);
}

// --- Pages --------------------------------------------------------------------------

// Where a superpage has lost a page there may be a page of its own, even of the same memory.
static bool
is_another_ones(const struct mapping *mapping, uint32_t at)
{
        const struct mapping *other = *found_chain(mapping->space, at);

        while (other && (other->space != mapping->space ||
                         other->address != at || other->log2 != H_PAGE_LOG2))
                other = other->next_found;
        return mapping->broken && other;
}

// One page of a mapping. Returns whether it is there.
static bool
check_page(const struct mapping *mapping, uint32_t offset, bool at_rest,
           const char *when)
{
        uint32_t at = mapping->address + offset;
        struct page page = page_at(mapping->space, at);
        const struct mapping *parent = mapping->parent;

        if (page.rights == 0 || page.frame != mapping->frame + offset ||
            is_another_ones(mapping, at))
                return false;
        if (page.log2 != mapping_entry_log2(mapping))
                wrong(when, mapping,
                      "the size of its entries in the page-table is not "
                      "what `broken` says");
        if (!parent)
                return true;
        uint32_t inside = page.frame - parent->frame;
        if (inside >= mapping_bytes(parent))
                wrong(when, mapping, "its memory is not its parent's");
        struct page above = page_at(parent->space, parent->address + inside);
        if (above.rights == 0 || above.frame != page.frame)
                wrong(when, mapping, "its parent has this memory no more");
        if (at_rest && (page.rights & ~above.rights) != 0)
                wrong(when, mapping, "it has more rights than its parent");
        return true;
}

static void
check_pages(const struct mapping *mapping, bool at_rest, const char *when)
{
        uint32_t step = 1u << mapping_entry_log2(mapping);
        uint32_t left = 0;

        for (uint32_t at = 0; at < mapping_bytes(mapping); at += step)
                if (check_page(mapping, at, at_rest, when))
                        left += step / H_PAGE_SIZE;
        if (left == 0)
                wrong(when, mapping, "nothing of it is in the page-table");
        expect_number(left, mapping->left,
                      "%s: `left` of the mapping of 0x%08x in space %u", when,
                      mapping->address, mapping->space->number);
}

static void
check_all_pages(bool at_rest, const char *when)
{
        forest_check_links(when);
        for (uint32_t i = 0; i < unit_count; i++)
                for (uint32_t j = 0; j < UNIT_MAPPINGS; j++)
                        at_rest = at_rest && !(units[i].mappings[j].space &&
                                               units[i].mappings[j].watched);
        for (uint32_t i = 0; i < unit_count; i++)
                for (uint32_t j = 0; j < UNIT_MAPPINGS; j++)
                        if (units[i].mappings[j].space)
                                check_pages(&units[i].mappings[j], at_rest,
                                            when);
}

void
forest_check(const char *when)
{
        check_all_pages(true, when);
}

void
forest_check_memory(const char *when)
{
        check_all_pages(false, when);
}
