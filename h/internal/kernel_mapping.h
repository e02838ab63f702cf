// SPDX-License-Identifier: MIT
// The client's own mappings in kernel space, as their slots describe them. A
// mapping is contiguous twice, in kernel space and in memory.
#ifndef H_INTERNAL_KERNEL_MAPPING_H
#define H_INTERNAL_KERNEL_MAPPING_H

#include <h/internal/machine.h>
#include <h/internal/state.h>

// How many words it has: a power of two.
static inline uint32_t
mapping_words(const struct kernel_mapping_slot *slot)
{
        return 1u << (fpage_log2(slot->pages.range) - 2);
}

// One of them, by its offset in words, which is below mapping_words().
static inline uint32_t *
mapping_word(const struct kernel_mapping_slot *slot, uint32_t offset)
{
        return machine_at(vaddr(fpage_first(slot->pages.range) + 4 * offset));
}

// Where that word lies in memory.
static inline struct paddr
mapping_frame(const struct kernel_mapping_slot *slot, uint32_t offset)
{
        return paddr(fpage_first(slot->frames.range) + 4 * offset);
}

// May the client read through it, and write? What was asked for decides: H can
// tell executing from reading where the processor cannot.
static inline bool
mapping_readable(const struct kernel_mapping_slot *slot)
{
        return (slot->rights & (H_R | H_W)) != 0;
}

static inline bool
mapping_writable(const struct kernel_mapping_slot *slot)
{
        return (slot->rights & H_W) != 0;
}

// Copies `count` words. In memory the row at `from` begins `distance` bytes
// behind the one at `to`, modulo 2^32. Where the two overlap, that decides in
// which order the words go; their addresses say nothing of it. (h/copy.c)
void mapping_copy(uint32_t *to, const uint32_t *from, uint32_t distance,
                  uint32_t count);

#endif
