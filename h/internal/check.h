// SPDX-License-Identifier: MIT
// Small questions that every operation puts to what the client hands over.
#ifndef H_INTERNAL_CHECK_H
#define H_INTERNAL_CHECK_H

#include <h/internal/convert.h>
#include <kernel/layout.h>

// The bits of an address within a flexpage that is not nil.
static inline uint32_t
offset_bits(struct fpage fpage)
{
        return UINT32_MAX >> (32 - fpage_log2(fpage));
}

// Is it of the form of a flexpage, and not nil? These are the words that
// fpage_make makes, without making each of them again.
static inline bool
fpage_word_valid(uint32_t word)
{
        const struct fpage fpage = { word };
        uint32_t log2_size = word & (PAGE_SIZE - 1);

        return PAGE_LOG2 <= log2_size && log2_size <= 32 &&
               (fpage_first(fpage) & offset_bits(fpage)) == 0;
}

static inline bool
pfpage_valid(struct h_pfpage pages)
{
        return fpage_word_valid(pages.word);
}

static inline bool
vfpage_valid(struct h_vfpage pages)
{
        return fpage_word_valid(pages.word);
}

// Is every address of a flexpage that is not nil one of user space?
static inline bool
in_user_space(struct vfpage pages)
{
        return (fpage_first(pages.range) | offset_bits(pages.range)) <
               KERNEL_BASE;
}

// Do the rights allow anything? Bits that are no right are ignored.
static inline bool
rights_allow(unsigned rights)
{
        return (rights & (H_R | H_W | H_X)) != 0;
}

#endif
