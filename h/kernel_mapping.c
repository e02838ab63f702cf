// SPDX-License-Identifier: MIT
// The client's own mappings in kernel space, and the words that it reads and
// writes through them (dissertation 4.4.3, 6.7).
//
//     client-controlled addresses      page-tables of the kernel, shared by
//     +---+---+---+---+---+---+        all address spaces
//     | p |   | m   m |   |   |        p: a page that H sees (pagemap_page.c)
//     +---+---+---+---+---+---+        m: a mapping of the client's
//
// Both kinds of entries stand in the same tables, and an entry that is present is
// in use, whoever has it. The contracts are in <h/h.h>.
#include <h/h.h>
#include <h/internal/check.h>
#include <h/internal/client_space.h>
#include <h/internal/handles.h>
#include <h/internal/kernel_mapping.h>
#include <h/internal/paranoid.h>
#include <h/internal/regions.h>
#include <kernel/paging.h>
#include <kernel/todo.h>

// H4-BEGIN 3.6
// What the primitives for page-tables take at once: less than 4 MB. Of a larger
// mapping these are the parts.
#define PART_LOG2 (SUPERPAGE_LOG2 - 1)
#define PART_SIZE (1u << PART_LOG2)

// The part of `pages` that begins `offset` bytes behind their first one.
static struct vfpage
part_at(struct vfpage pages, uint32_t offset)
{
        unsigned log2_size = fpage_log2(pages.range);

        return vfpage_make(vaddr(fpage_first(pages.range) + offset),
                           log2_size < PART_LOG2 ? log2_size : PART_LOG2);
}

// The page-table of a part.
static pte_t *
table_of(struct vfpage part)
{
        return client_entry(vaddr(fpage_first(part.range) & -SUPERPAGE_SIZE));
}

// Does the client control all of `pages`? Its addresses are one row, and a
// flexpage that does not wrap lies between its first and its last address.
static bool
all_controlled(struct vfpage pages)
{
        return client_controls(vaddr(fpage_first(pages.range))) &&
               client_controls(vaddr(fpage_last(pages.range)));
}

static bool
any_used(struct vfpage pages)
{
        for (uint32_t at = 0; at <= offset_bits(pages.range); at += PAGE_SIZE)
                if (client_address_used(vaddr(fpage_first(pages.range) + at)))
                        return true;
        return false;
}

// Looks at all that h_add_kernel_mapping is given, up to H_ADDRESS_USED.
static enum h_error
check_new(struct h_region region, struct h_vfpage pages, unsigned rights,
          struct pfpage *frames)
{
        if (!vfpage_valid(pages))
                return H_BAD_FLEXPAGE;
        enum h_error error = region_check(region, frames);
        if (error != H_OK)
                return error;

        struct vfpage at = kernel_vfpage(pages);
        if (fpage_log2(at.range) != fpage_log2(frames->range))
                return H_BAD_SIZE;
        if (!all_controlled(at))
                return H_BAD_ADDRESS;
        if (!rights_allow(rights))
                return H_NO_RIGHTS;
        if (!region_is_normal(*frames))
                return H_NOT_NORMAL;
        return any_used(at) ? H_ADDRESS_USED : H_OK;
}

static void
map(struct vfpage pages, struct pfpage frames, struct access access)
{
        for (uint32_t at = 0; at <= offset_bits(pages.range); at += PART_SIZE) {
                struct vfpage part = part_at(pages, at);
                struct paddr frame = paddr(fpage_first(frames.range) + at);
                add_table_entries(table_of(part), part, frame, access);
        }
}

static void
unmap(struct vfpage pages)
{
        for (uint32_t at = 0; at <= offset_bits(pages.range); at += PART_SIZE) {
                struct vfpage part = part_at(pages, at);
                remove_table_entries(table_of(part), part);
        }
}

// Do `count` words from `offset` on lie within the mapping, to the last word?
static bool
words_within(const struct kernel_mapping_slot *slot, uint32_t offset,
             uint32_t count)
{
        uint32_t words = mapping_words(slot);

        return count <= words && offset <= words - count;
}
// H4-STUB 3.6
// H4-END 3.6

enum h_error
h_add_kernel_mapping(struct h_region region, struct h_vfpage pages,
                     unsigned rights, bool user, struct h_kernel_mapping *out)
{
        H_OPERATION();
        // H4-BEGIN 3.6
        struct pfpage frames;
        enum h_error error = check_new(region, pages, rights, &frames);
        if (error != H_OK)
                return error;
        struct paddr refused;
        if (region_count_mapping(frames, &refused) != PAGE_OK)
                return H_COUNT_FULL;
        if (!kernel_mapping_slot_left()) {
                region_uncount_mapping(frames, &refused);
                return H_HANDLES_USED;
        }

        const struct access access = {
                .perms = kernel_perms(rights),
                .user = user,
                .global = true,
        };
        map(kernel_vfpage(pages), frames, access);
        *out = kernel_mapping_slot_take();
        struct kernel_mapping_slot *slot = kernel_mapping_slot(*out);
        slot->pages = kernel_vfpage(pages);
        slot->frames = frames;
        slot->rights = rights & (H_R | H_W | H_X);
        return H_OK;
        // H4-STUB 3.6
        //| H4_TODO("3.6", region, pages, rights, user, out);
        // H4-END 3.6
}

enum h_error
h_remove_kernel_mapping(struct h_kernel_mapping mapping)
{
        H_OPERATION();
        // H4-BEGIN 3.6
        struct kernel_mapping_slot *slot = kernel_mapping_slot(mapping);
        if (!slot)
                return H_BAD_HANDLE;

        // In this order: a page that no mapping counts may become a table, and
        // must not be reachable any more.
        struct paddr refused;
        unmap(slot->pages);
        region_uncount_mapping(slot->frames, &refused);
        kernel_mapping_slot_free(slot);
        return H_OK;
        // H4-STUB 3.6
        //| H4_TODO("3.6", mapping);
        // H4-END 3.6
}

enum h_error
h_kernel_mapping_parts(struct h_kernel_mapping mapping, struct h_vfpage *pages,
                       struct h_region *region, unsigned *rights)
{
        H_OPERATION();
        // H4-BEGIN 3.6
        const struct kernel_mapping_slot *slot = kernel_mapping_slot(mapping);
        if (!slot)
                return H_BAD_HANDLE;

        *pages = client_vfpage(slot->pages);
        region->pages = client_pfpage(slot->frames);
        *rights = slot->rights;
        return H_OK;
        // H4-STUB 3.6
        //| H4_TODO("3.6", mapping, pages, region, rights);
        // H4-END 3.6
}

enum h_error
h_read_kernel_mapping(struct h_kernel_mapping mapping, uint32_t offset,
                      uint32_t *word)
{
        H_OPERATION();
        // H4-BEGIN 3.6
        const struct kernel_mapping_slot *slot = kernel_mapping_slot(mapping);
        if (!slot)
                return H_BAD_HANDLE;
        if (!mapping_readable(slot))
                return H_UNREADABLE;

        *word = *mapping_word(slot, offset & (mapping_words(slot) - 1));
        return H_OK;
        // H4-STUB 3.6
        //| H4_TODO("3.6", mapping, offset, word);
        // H4-END 3.6
}

enum h_error
h_write_kernel_mapping(struct h_kernel_mapping mapping, uint32_t offset,
                       uint32_t word)
{
        H_OPERATION();
        // H4-BEGIN 3.6
        const struct kernel_mapping_slot *slot = kernel_mapping_slot(mapping);
        if (!slot)
                return H_BAD_HANDLE;
        if (!mapping_writable(slot))
                return H_READ_ONLY;

        *mapping_word(slot, offset & (mapping_words(slot) - 1)) = word;
        return H_OK;
        // H4-STUB 3.6
        //| H4_TODO("3.6", mapping, offset, word);
        // H4-END 3.6
}

enum h_error
h_read_word_at_offset(struct h_kernel_mapping mapping, uint32_t offset,
                      uint32_t *word)
{
        H_OPERATION();
        // H4-BEGIN 3.6
        const struct kernel_mapping_slot *slot = kernel_mapping_slot(mapping);
        if (!slot)
                return H_BAD_HANDLE;
        if (offset >= H_PAGE_WORDS)
                return H_OFFSET;
        if (!mapping_readable(slot))
                return H_UNREADABLE;

        *word = *mapping_word(slot, offset);
        return H_OK;
        // H4-STUB 3.6
        //| H4_TODO("3.6", mapping, offset, word);
        // H4-END 3.6
}

enum h_error
h_write_word_at_offset(struct h_kernel_mapping mapping, uint32_t offset,
                       uint32_t word)
{
        H_OPERATION();
        // H4-BEGIN 3.6
        const struct kernel_mapping_slot *slot = kernel_mapping_slot(mapping);
        if (!slot)
                return H_BAD_HANDLE;
        if (offset >= H_PAGE_WORDS)
                return H_OFFSET;
        if (!mapping_writable(slot))
                return H_READ_ONLY;

        *mapping_word(slot, offset) = word;
        return H_OK;
        // H4-STUB 3.6
        //| H4_TODO("3.6", mapping, offset, word);
        // H4-END 3.6
}

enum h_error
h_copy_words(struct h_kernel_mapping to, uint32_t to_offset,
             struct h_kernel_mapping from, uint32_t from_offset, uint32_t count)
{
        H_OPERATION();
        // H4-BEGIN 3.6
        const struct kernel_mapping_slot *into = kernel_mapping_slot(to);
        const struct kernel_mapping_slot *source = kernel_mapping_slot(from);
        if (!into || !source)
                return H_BAD_HANDLE;
        if (!mapping_readable(source))
                return H_UNREADABLE;
        if (!mapping_writable(into))
                return H_READ_ONLY;
        if (!words_within(into, to_offset, count) ||
            !words_within(source, from_offset, count))
                return H_OFFSET;
        if (count == 0)
                return H_OK;

        uint32_t distance = mapping_frame(source, from_offset).value -
                            mapping_frame(into, to_offset).value;
        mapping_copy(mapping_word(into, to_offset),
                     mapping_word(source, from_offset), distance, count);
        return H_OK;
        // H4-STUB 3.6
        //| H4_TODO("3.6", to, to_offset, from, from_offset, count);
        // H4-END 3.6
}
