// SPDX-License-Identifier: MIT
// Page-directories in CR3, and the TLB, without the exercises.
#include "harness.h"
#include "words.h"

#include <h4/live.h>
#include <kernel/cpu.h>
#include <kernel/image.h>

struct paddr
live_boot_directory(void)
{
        return image_frame(boot_directory);
}

void
live_load(struct paddr directory)
{
        // Only where it changes something: it costs every translation.
        if (read_cr3() != directory.value)
                write_cr3(directory.value);
}

void
live_invalidate(struct vaddr address)
{
        invlpg(address);
}

void
live_flush(void)
{
        // Global translations too: they go when CR4.PGE does.
        uint32_t cr4 = read_cr4();
        write_cr4(cr4 & ~CR4_PGE);
        write_cr3(read_cr3());
        write_cr4(cr4);
}

struct pagemap_page
live_begin(void)
{
        struct pagemap_page directory = arena_page("page-directory");
        words_copy(directory.mapped, boot_directory, TABLE_ENTRIES);
        live_load(directory.frame);
        live_flush();
        return directory;
}

void
live_end(void)
{
        live_load(live_boot_directory());
        live_flush();
}
