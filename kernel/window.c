// SPDX-License-Identifier: MIT
#include <kernel/cpu.h>
#include <kernel/entry.h>
#include <kernel/image.h>
#include <kernel/layout.h>
#include <kernel/panic.h>
#include <kernel/string.h>
#include <kernel/window.h>

static pte_t window_entries[TABLE_ENTRIES] __attribute__((aligned(PAGE_SIZE)));

void *
window_map(struct paddr frame)
{
        const struct vaddr window = vaddr(WINDOW_BASE);

        ASSERT(frame.value % PAGE_SIZE == 0);

        window_entries[pte_index(window)] =
                frame.value | ENTRY_PRESENT | ENTRY_WRITE;
        invlpg(window);
        return (void *)WINDOW_BASE;
}

struct paddr
window_table(void)
{
        return image_frame(window_entries);
}

void
window_read(void *to, struct paddr from, size_t size)
{
        ASSERT(size == 0 || from.value + (size - 1) >= from.value);

        unsigned char *out = to;
        while (size > 0) {
                uint32_t offset = from.value % PAGE_SIZE;
                uint32_t part = PAGE_SIZE - offset;
                if (part > size)
                        part = size;
                const unsigned char *page =
                        window_map(paddr(from.value - offset));
                memcpy(out, page + offset, part);
                out += part;
                from.value += part;
                size -= part;
        }
}
