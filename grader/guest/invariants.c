// SPDX-License-Identifier: MIT
// What must hold of every page-directory. See <h4/oracle.h>.
#include "harness.h"

#include <h4/entries.h>
#include <h4/oracle.h>
#include <h4/test.h>
#include <kernel/image.h>

#define CACHING 0x018u
#define SUPERPAGE_RESERVED 0x003FF000u // bits 12 to 21, see <kernel/entry.h>

static void
check_bits(uint32_t entry, uint32_t reserved, const char *level, unsigned index,
           const char *after)
{
        if (entry & CACHING)
                fail("%s entry %u (0x%08x) turns caching off, %s", level, index,
                     entry, after);
        if (entry & reserved)
                fail("%s entry %u (0x%08x) has a reserved bit set, %s", level,
                     index, entry, after);
}

static bool
is_kernel_table(uint32_t entry)
{
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                if (pde_is_table(boot_directory[i]) &&
                    !((boot_directory[i] ^ entry) & ENTRY_FRAME))
                        return true;
        return false;
}

static void
check_table(struct pagemap_page directory, unsigned index, const char *after)
{
        uint32_t entry = directory.mapped[index];
        struct paddr frame = paddr(entry & ENTRY_FRAME);

        if (frame.value == directory.frame.value)
                fail("page-directory entry %u makes the page-directory its "
                     "own page-table, %s",
                     index, after);
        for (unsigned i = 0; i < index; i++)
                if (pde_is_table(directory.mapped[i]) &&
                    !((directory.mapped[i] ^ entry) & ENTRY_FRAME))
                        fail("page-directory entries %u and %u name the same "
                             "page-table, %s",
                             i, index, after);
        if (is_kernel_table(entry))
                return;
        if (!arena_label(frame))
                fail("page-directory entry %u (0x%08x) points to a frame that "
                     "is no page-table, %s",
                     index, entry, after);

        const uint32_t *table = frame_mapped(frame);
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                if (table[i] & ENTRY_PRESENT)
                        check_bits(table[i], ENTRY_SUPERPAGE, "page-table", i,
                                   after);
}

void
expect_invariants(struct pagemap_page directory, const char *after)
{
        for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
                uint32_t entry = directory.mapped[i];
                if (!(entry & ENTRY_PRESENT))
                        continue;
                if (entry & ENTRY_SUPERPAGE) {
                        check_bits(entry, SUPERPAGE_RESERVED, "page-directory",
                                   i, after);
                } else {
                        check_bits(entry, 0, "page-directory", i, after);
                        check_table(directory, i, after);
                }
        }
}
