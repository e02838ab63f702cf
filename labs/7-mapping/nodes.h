// SPDX-License-Identifier: MIT
// For tests of mappings alone: they begin, move and end without page-tables, so a test may
// have as many as it likes, superpages too, of memory that need not be there.
#ifndef LAB7_NODES_H
#define LAB7_NODES_H

#include "forest.h"

// The memory of one superpage, and what a page of it has. Nobody reads it.
#define NODES_MEMORY SYSTEM_SUPERPAGES
#define NODES_PAGE(number) (NODES_MEMORY + (number)*H_PAGE_SIZE)

// As forest_begin does, with room for so few mappings that they meet in the chains.
#define NODES_UNITS 4u
#define NODES_ROOM (NODES_UNITS * UNIT_MAPPINGS)

static inline void
nodes_begin(void)
{
        crowd_begin_with(0, NODES_UNITS);
}

// There are no mappings again, whatever has become of them.
static inline void
nodes_clear(void)
{
        for (uint32_t i = 0; i < unit_count; i++)
                units[i].space.mappings = NULL;
        mapdb_init();
}

static inline void
expect_mapping(const struct mapping *due, const struct mapping *found,
               const char *what)
{
        if (due == found)
                return;
        if (!found)
                fail("%s: it is none, and the mapping of 0x%08x in space %u is due",
                     what, due->address, due->space->number);
        if (due)
                fail("%s: it is that of 0x%08x with the memory 0x%08x, and the one "
                     "of 0x%08x in space %u is due",
                     what, found->address, found->frame, due->address,
                     due->space->number);
        fail("%s: it is that of 0x%08x with the memory 0x%08x, and none is due",
             what, found->address, found->frame);
}

// What a mapping is: all of it but the links.
static inline void
expect_node(const struct mapping *mapping, const struct space *space,
            uint32_t address, uint32_t frame, unsigned log2,
            const struct mapping *parent, const char *when)
{
        if (mapping->space != space)
                fail("%s: a mapping of space %u says that it is %s", when,
                     space->number,
                     mapping->space ? "another one's" : "no space's");
        expect_hex(address, mapping->address, "%s: the address", when);
        expect_hex(frame, mapping->frame, "%s: the memory", when);
        expect_number(log2, mapping->log2, "%s: the size, its log2", when);
        if (mapping->parent != parent)
                fail("%s: the parent of the mapping of 0x%08x in space %u is "
                     "another one now",
                     when, address, space->number);
}

// mapping_begin, and what it returns is looked at.
static inline struct mapping *
node_begin(struct space *space, uint32_t address, uint32_t frame, unsigned log2,
           struct mapping *parent)
{
        struct mapping *mapping =
                mapping_begin(space, address, frame, log2, parent);

        if (!mapping)
                fail("mapping_begin returns null, and there is room");
        expect_node(mapping, space, address, frame, log2, parent,
                    "mapping_begin");
        expect_number(1u << (log2 - H_PAGE_LOG2), mapping->left,
                      "mapping_begin: how many of its pages are left");
        expect_bool(false, mapping->broken, "mapping_begin: is it broken");
        expect_number(0, mapping->used | mapping->news,
                      "mapping_begin: how it has been used");
        expect_mapping(NULL, mapping->children,
                       "mapping_begin: what was made out of it");
        return mapping;
}

// A page, a superpage.
static inline struct mapping *
node_page(struct space *space, uint32_t address, uint32_t frame,
          struct mapping *parent)
{
        return node_begin(space, address, frame, H_PAGE_LOG2, parent);
}

static inline struct mapping *
node_superpage(struct space *space, uint32_t address, uint32_t frame,
               struct mapping *parent)
{
        return node_begin(space, address, frame, H_SUPERPAGE_LOG2, parent);
}

#endif
