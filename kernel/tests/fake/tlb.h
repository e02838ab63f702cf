// SPDX-License-Identifier: MIT
// Stands in for tlb.c: notes, for each entry of one table, whether the
// processor was told to forget it, and what the entry held by then.
#ifndef FAKE_TLB_H
#define FAKE_TLB_H

#include <kernel/layout.h>
#include <kernel/tlb.h>

struct fake_tlb {
        const uint32_t *table; // the table that is watched
        uint32_t base;         // what its first entry translates
        unsigned log2_size;    // how much each of its entries translates

        bool forgotten[TABLE_ENTRIES];
        uint32_t held[TABLE_ENTRIES]; // when it was last forgotten
        unsigned flushes;             // of everything
};

extern struct fake_tlb fake_tlb;

// Watches `table`, each of whose entries translates 2^log2_size bytes, the
// first one from `base` on, and forgets what was noted before.
void fake_tlb_watch(const uint32_t *table, uint32_t base, unsigned log2_size);

// Has the processor forgotten entry `index`, and did the entry hold by then what
// it holds now? If not, the old translation may still be in use.
bool fake_tlb_is_fresh(unsigned index);

#endif
