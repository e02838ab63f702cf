// SPDX-License-Identifier: MIT
// The harness's own page walk. It reads tables where the harness has them
// mapped and knows nothing of the window. Source: Intel SDM volume 3, 4.3.
#include "harness.h"

#include <h4/entries.h>
#include <h4/oracle.h>
#include <h4/test.h>
#include <kernel/format.h>

bool
oracle_walk(struct pagemap_page directory, struct vaddr address,
            struct translation *found)
{
        uint32_t upper = directory.mapped[address.value / SUPERPAGE_SIZE];
        if (!(upper & ENTRY_PRESENT))
                return false;

        uint32_t size = SUPERPAGE_SIZE, lower = upper;
        if (!(upper & ENTRY_SUPERPAGE)) {
                const uint32_t *table =
                        frame_mapped(paddr(upper & ENTRY_FRAME));
                if (!table)
                        fail("page-directory entry %u points to frame 0x%08x, "
                             "which is no page-table of this test",
                             address.value / SUPERPAGE_SIZE,
                             upper & ENTRY_FRAME);
                lower = table[address.value / PAGE_SIZE % TABLE_ENTRIES];
                size = PAGE_SIZE;
                if (!(lower & ENTRY_PRESENT))
                        return false;
        }

        uint32_t perms = 0;
        if (lower & (ENTRY_ASKED_READ | ENTRY_WRITE))
                perms |= PERM_R;
        if (lower & upper & ENTRY_WRITE)
                perms |= PERM_W;
        if (lower & ENTRY_ASKED_EXECUTE)
                perms |= PERM_X;
        *found = (struct translation){
                .physical = paddr((lower & -size) + address.value % size),
                .log2_size = size == PAGE_SIZE ? PAGE_LOG2 : SUPERPAGE_LOG2,
                .perms = perms,
                .user = lower & upper & ENTRY_USER,
                .global = lower & ENTRY_GLOBAL,
                .accessed = lower & ENTRY_ACCESSED,
                .dirty = lower & ENTRY_DIRTY,
        };
        return true;
}

static struct words
translation_words(struct translation found)
{
        struct access access = { found.perms, found.user, found.global };
        struct words words;
        format(words.text, sizeof(words.text), "0x%08x, page of 2^%u, %s",
               found.physical.value, found.log2_size,
               access_words(access).text);
        return words;
}

void
expect_mapped(struct pagemap_page directory, struct vaddr address,
              struct paddr physical, unsigned log2_size, struct access access,
              const char *after)
{
        struct translation due = {
                .physical = physical,
                .log2_size = log2_size,
                .perms = access.perms | (access.perms & PERM_W ? PERM_R : 0),
                .user = access.user,
                .global = access.global,
        };
        struct translation found;
        if (!oracle_walk(directory, address, &found))
                fail_values(translation_words(due).text, "not mapped",
                            "address 0x%08x %s", address.value, after);
        if (found.physical.value != due.physical.value ||
            found.log2_size != due.log2_size || found.perms != due.perms ||
            found.user != due.user || found.global != due.global)
                fail_values(translation_words(due).text,
                            translation_words(found).text, "address 0x%08x %s",
                            address.value, after);
}

void
expect_unmapped(struct pagemap_page directory, struct vaddr address,
                const char *after)
{
        struct translation found;
        if (oracle_walk(directory, address, &found))
                fail_values("not mapped", translation_words(found).text,
                            "address 0x%08x %s", address.value, after);
}
