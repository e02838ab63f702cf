// SPDX-License-Identifier: MIT
#include "tlb.h"

#include <string.h>

struct fake_tlb fake_tlb;

void
fake_tlb_watch(const uint32_t *table, uint32_t base, unsigned log2_size)
{
        memset(&fake_tlb, 0, sizeof fake_tlb);
        fake_tlb.table = table;
        fake_tlb.base = base;
        fake_tlb.log2_size = log2_size;
}

bool
fake_tlb_is_fresh(unsigned index)
{
        return fake_tlb.forgotten[index] &&
               fake_tlb.held[index] == fake_tlb.table[index];
}

// Forgets the addresses from `first` to `last`: each entry that translates one
// of them. For a page or superpage this is what INVLPG does.
static void
forget(uint64_t first, uint64_t last)
{
        if (!fake_tlb.table)
                return;
        for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
                uint64_t begin = fake_tlb.base;
                begin += (uint64_t)i << fake_tlb.log2_size;
                uint64_t end = begin + (UINT64_C(1) << fake_tlb.log2_size) - 1;
                if (end < first || last < begin)
                        continue;
                fake_tlb.forgotten[i] = true;
                fake_tlb.held[i] = fake_tlb.table[i];
        }
}

void
tlb_invalidate_page(struct vaddr address)
{
        forget(address.value, address.value);
}

void
tlb_invalidate(struct vfpage pages)
{
        if (fpage_is_nil(pages.range))
                return;
        uint64_t first = fpage_first(pages.range);
        forget(first, first + (UINT64_C(1) << fpage_log2(pages.range)) - 1);
}

void
tlb_flush(void)
{
        fake_tlb.flushes++;
        forget(0, UINT32_MAX);
}
