// SPDX-License-Identifier: MIT
// Copying: rows of words that may overlap, and bytes between address spaces.
//
// User pages need not be mapped in kernel space. H looks at the two that it
// copies between through two windows of its own, where no address is the
// client's:
//
//     COPY_FROM_WINDOW --> | page of `from` |   one page-table entry each,
//     COPY_TO_WINDOW   --> | page of `to`   |   moved from page to page
//
// The contracts are in <h/h.h>.
#include <h/h.h>
#include <h/internal/convert.h>
#include <h/internal/handles.h>
#include <h/internal/kernel_mapping.h>
#include <h/internal/paranoid.h>
#include <h/internal/user_space.h>
#include <kernel/status.h>
#include <kernel/string.h>
#include <kernel/tlb.h>

// Since two mappings may show the same page, the compiler is not to change the
// order.
void
mapping_copy(uint32_t *to, const uint32_t *from, uint32_t distance,
             uint32_t count)
{
        uint32_t bytes = 4 * count;
        if (distance >= bytes && -distance >= bytes) {
                memcpy(to, from, bytes);
                return;
        }

        volatile uint32_t *out = to;
        const volatile uint32_t *in = from;
        if (distance < bytes)
                for (uint32_t i = 0; i < count; i++)
                        out[i] = in[i];
        else
                for (uint32_t i = count; i-- > 0;)
                        out[i] = in[i];
}

// Moves one of the windows to a frame, and says where it is seen.
static unsigned char *
look_at(struct vaddr window, struct paddr frame)
{
        const struct access access = { .perms = PERM_R | PERM_W };

        pte_make(frame, access, &h_state.window_entries[pte_index(window)]);
        tlb_invalidate_page(window);
        return (unsigned char *)machine_at(window);
}

// One page of user space, as user code could access it.
struct user_page {
        uint32_t *entry;
        struct paddr frame;
};

// Finds the page around `address`, in user space. False where user code could
// not read it, or, if `write`, not write to it.
static bool
find_page(const struct pagemap_slot *slot, struct vaddr address, bool write,
          struct user_page *out)
{
        uint32_t needed = ENTRY_USER | (write ? ENTRY_WRITE : 0);
        unsigned log2_size = PAGE_LOG2;
        uint32_t *entry = user_entry(slot, address, &log2_size);
        if (!entry || (*entry & needed) != needed)
                return false;

        uint32_t frame = *entry & ENTRY_FRAME;
        if (log2_size == SUPERPAGE_LOG2)
                frame = (*entry & ENTRY_SUPERPAGE_FRAME) |
                        (address.value & ENTRY_FRAME & (SUPERPAGE_SIZE - 1));
        if (page_status(paddr(frame)) < 0)
                return false;
        *out = (struct user_page){ entry, paddr(frame) };
        return true;
}

static bool
bytes_in_user_space(struct h_vaddr address, uint32_t bytes)
{
        return bytes <= H_KERNEL_SPACE &&
               address.value <= H_KERNEL_SPACE - bytes;
}

static uint32_t
at_most(uint32_t bytes, uint32_t limit)
{
        return bytes < limit ? bytes : limit;
}

// Byte after byte, as everywhere. Four in a row, as nobody looks for interrupts meanwhile.
static void
copy_overlapping(volatile unsigned char *to, const volatile unsigned char *from,
                 uint32_t bytes)
{
        uint32_t i = 0;

        for (; i + 4 <= bytes; i += 4) {
                to[i] = from[i];
                to[i + 1] = from[i + 1];
                to[i + 2] = from[i + 2];
                to[i + 3] = from[i + 3];
        }
        for (; i < bytes; i++)
                to[i] = from[i];
}

// Copies within one page on either side.
static void
copy_part(const struct user_page *to, uint32_t to_offset,
          const struct user_page *from, uint32_t from_offset, uint32_t bytes)
{
        const unsigned char *in =
                look_at(vaddr(COPY_FROM_WINDOW), from->frame) + from_offset;
        unsigned char *out =
                look_at(vaddr(COPY_TO_WINDOW), to->frame) + to_offset;

        // What the processor would note, had user code done it.
        *from->entry |= ENTRY_ACCESSED;
        *to->entry |= ENTRY_ACCESSED | ENTRY_DIRTY;
        if (from->frame.value != to->frame.value) {
                memcpy(out, in, bytes);
                return;
        }

        copy_overlapping(out, in, bytes);
}

enum h_error
h_copy_user(struct h_pagemap to, struct h_vaddr to_address,
            struct h_pagemap from, struct h_vaddr from_address, uint32_t bytes,
            uint32_t *done)
{
        H_OPERATION();
        *done = 0;
        const struct pagemap_slot *into = pagemap_slot(to);
        const struct pagemap_slot *source = pagemap_slot(from);
        if (!into || !source)
                return H_BAD_HANDLE;
        if (!bytes_in_user_space(to_address, bytes) ||
            !bytes_in_user_space(from_address, bytes))
                return H_BAD_ADDRESS;

        while (*done < bytes) {
                struct vaddr at = vaddr(to_address.value + *done);
                struct vaddr in = vaddr(from_address.value + *done);
                struct user_page to_page, from_page;
                if (!find_page(source, in, false, &from_page))
                        return H_UNREADABLE;
                if (!find_page(into, at, true, &to_page))
                        return H_READ_ONLY;

                uint32_t to_offset = at.value % PAGE_SIZE;
                uint32_t from_offset = in.value % PAGE_SIZE;
                uint32_t part = bytes - *done;
                part = at_most(part, PAGE_SIZE - to_offset);
                part = at_most(part, PAGE_SIZE - from_offset);
                copy_part(&to_page, to_offset, &from_page, from_offset, part);
                *done += part;
        }
        return H_OK;
}

enum h_error
h_read_user_word(struct h_pagemap pagemap, struct h_vaddr address,
                 uint32_t *word)
{
        H_OPERATION();
        const struct pagemap_slot *slot = pagemap_slot(pagemap);
        if (!slot)
                return H_BAD_HANDLE;
        if (address.value >= H_KERNEL_SPACE || address.value % 4 != 0)
                return H_BAD_ADDRESS;
        struct user_page page;
        if (!find_page(slot, kernel_vaddr(address), false, &page))
                return H_UNREADABLE;

        const uint32_t *words = (const uint32_t *)(void *)look_at(
                vaddr(COPY_FROM_WINDOW), page.frame);
        *page.entry |= ENTRY_ACCESSED;
        *word = words[address.value % PAGE_SIZE / 4];
        return H_OK;
}
