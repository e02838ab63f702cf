// SPDX-License-Identifier: MIT
// What the tests of the client's kernel mappings share.
//
//   struct h_kernel_mapping mapping = adds(region, pages, H_R, false);
//   refuses(H_NO_RIGHTS, region, other_pages, 0);
//   removes(mapping);
//   is_stale(mapping);
#ifndef KERNEL_MAPPINGS_H
#define KERNEL_MAPPINGS_H

#include <h4/spaces.h>
#include <h4/test.h>

// What an out parameter holds until somebody writes there.
#define UNTOUCHED 0xEEEEEEEEu

static inline bool
same_handle(struct h_kernel_mapping a, struct h_kernel_mapping b)
{
        return a.slot == b.slot && a.generation == b.generation;
}

// The word of a region that has this offset, in words.
static inline struct h_paddr
region_word(struct h_region region, uint32_t offset)
{
        return (struct h_paddr){ region_first(region).value + 4 * offset };
}

// The address of the page `number` of some pages.
static inline struct vaddr
page_address(struct h_vfpage pages, uint32_t number)
{
        return vaddr(h_vfpage_first(pages).value + number * H_PAGE_SIZE);
}

static inline enum h_error
call_add(struct h_region region, struct h_vfpage pages, unsigned rights,
         bool user, struct h_kernel_mapping *out)
{
        *out = (struct h_kernel_mapping){ UNTOUCHED, UNTOUCHED };
        return h_add_kernel_mapping(region, pages, rights, user, out);
}

// h_add_kernel_mapping goes. Whether it has changed what it is to change, and
// nothing else, is for spaces_check(); adds() asks that as well.
static inline struct h_kernel_mapping
goes(struct h_region region, struct h_vfpage pages, unsigned rights, bool user)
{
        struct h_kernel_mapping mapping;
        enum h_error error = call_add(region, pages, rights, user, &mapping);

        expect_h(H_OK, error,
                 "h_add_kernel_mapping, region " RANGE ", pages " RANGE
                 ", rights %s (0x%x), user %s",
                 RANGE_OF(region.pages.word), RANGE_OF(pages.word),
                 rights_name(rights), rights, user ? "true" : "false");
        due_kernel_mapping(mapping, region, pages, rights & (H_R | H_W | H_X),
                           user);
        return mapping;
}

static inline struct h_kernel_mapping
adds(struct h_region region, struct h_vfpage pages, unsigned rights, bool user)
{
        struct h_kernel_mapping mapping = goes(region, pages, rights, user);

        spaces_check("after h_add_kernel_mapping, 2^%u bytes at 0x%08x, rights "
                     "%s",
                     h_vfpage_log2(pages), h_vfpage_first(pages).value,
                     rights_name(rights));
        return mapping;
}

// h_add_kernel_mapping refuses and gives no handle back. Whether anything has
// changed is for spaces_check().
static inline void
refuses(enum h_error due, struct h_region region, struct h_vfpage pages,
        unsigned rights)
{
        struct h_kernel_mapping mapping;
        enum h_error error = call_add(region, pages, rights, false, &mapping);

        expect_h(due, error,
                 "h_add_kernel_mapping, region " RANGE ", pages " RANGE
                 ", rights %s (0x%x)",
                 RANGE_OF(region.pages.word), RANGE_OF(pages.word),
                 rights_name(rights), rights);
        if (mapping.slot != UNTOUCHED || mapping.generation != UNTOUCHED)
                fail("h_add_kernel_mapping, region " RANGE ", pages " RANGE
                     ", rights %s (0x%x): it refuses with %s and writes to "
                     "*out",
                     RANGE_OF(region.pages.word), RANGE_OF(pages.word),
                     rights_name(rights), rights, h_strerror(due));
}

// The same two of h_remove_kernel_mapping.
static inline void
ends(struct h_kernel_mapping mapping)
{
        expect_h(H_OK, h_remove_kernel_mapping(mapping),
                 "h_remove_kernel_mapping of slot %u, generation %u",
                 mapping.slot, mapping.generation);
        due_kernel_mapping_gone(mapping);
}

static inline void
removes(struct h_kernel_mapping mapping)
{
        ends(mapping);
        spaces_check("after h_remove_kernel_mapping");
}

// h_kernel_mapping_parts tells what the mapping was made of.
static inline void
has_parts(struct h_kernel_mapping mapping, struct h_region region,
          struct h_vfpage pages, unsigned rights)
{
        struct h_vfpage its_pages = { UNTOUCHED };
        struct h_region its_region = { { UNTOUCHED } };
        unsigned its_rights = UNTOUCHED;

        expect_h(H_OK,
                 h_kernel_mapping_parts(mapping, &its_pages, &its_region,
                                        &its_rights),
                 "h_kernel_mapping_parts of a mapping with the rights %s",
                 rights_name(rights));
        expect_hex(pages.word, its_pages.word,
                   "h_kernel_mapping_parts: *pages, due " RANGE,
                   RANGE_OF(pages.word));
        expect_hex(region.pages.word, its_region.pages.word,
                   "h_kernel_mapping_parts: *region, due " RANGE,
                   RANGE_OF(region.pages.word));
        expect_hex(rights, its_rights,
                   "h_kernel_mapping_parts: *rights, due %s (R is 4, W 2, X 1)",
                   rights_name(rights));
}

// Reading or writing a word, in one of two ways each.
typedef enum h_error reading(struct h_kernel_mapping mapping, uint32_t offset,
                             uint32_t *word);
typedef enum h_error writing(struct h_kernel_mapping mapping, uint32_t offset,
                             uint32_t word);

static inline void
refuses_to_read(enum h_error due, reading *read,
                struct h_kernel_mapping mapping, uint32_t offset)
{
        const char *name = read == h_read_kernel_mapping
                                   ? "h_read_kernel_mapping"
                                   : "h_read_word_at_offset";
        uint32_t word = UNTOUCHED;

        expect_h(due, read(mapping, offset, &word),
                 "%s, slot %u, generation %u, offset 0x%x", name, mapping.slot,
                 mapping.generation, offset);
        expect_hex(UNTOUCHED, word, "%s has refused, and has written to *word",
                   name);
}

static inline void
refuses_to_write(enum h_error due, writing *write,
                 struct h_kernel_mapping mapping, uint32_t offset)
{
        expect_h(due, write(mapping, offset, UNTOUCHED),
                 "%s, slot %u, generation %u, offset 0x%x",
                 write == h_write_kernel_mapping ? "h_write_kernel_mapping"
                                                 : "h_write_word_at_offset",
                 mapping.slot, mapping.generation, offset);
}

// A handle that is good for nothing. Whether anything has changed is for
// spaces_check().
static inline void
is_stale(struct h_kernel_mapping mapping)
{
        struct h_vfpage pages = { UNTOUCHED };
        struct h_region region = { { UNTOUCHED } };
        unsigned rights = UNTOUCHED;

        expect_h(H_BAD_HANDLE, h_remove_kernel_mapping(mapping),
                 "h_remove_kernel_mapping, slot %u, generation %u",
                 mapping.slot, mapping.generation);
        expect_h(H_BAD_HANDLE,
                 h_kernel_mapping_parts(mapping, &pages, &region, &rights),
                 "h_kernel_mapping_parts, slot %u, generation %u", mapping.slot,
                 mapping.generation);
        if (pages.word != UNTOUCHED || region.pages.word != UNTOUCHED ||
            rights != UNTOUCHED)
                fail("h_kernel_mapping_parts has refused, and written its "
                     "answers");
        refuses_to_read(H_BAD_HANDLE, h_read_kernel_mapping, mapping, 0);
        refuses_to_read(H_BAD_HANDLE, h_read_word_at_offset, mapping, 0);
        refuses_to_write(H_BAD_HANDLE, h_write_kernel_mapping, mapping, 0);
        refuses_to_write(H_BAD_HANDLE, h_write_word_at_offset, mapping, 0);
}

#endif
