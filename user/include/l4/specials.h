// SPDX-License-Identifier: MIT
// What is only so on IA-32: kinds of memory, small spaces, the highest bit.
#ifndef USER_L4_SPECIALS_H
#define USER_L4_SPECIALS_H

#include <l4/types.h>

// Attributes of pages, for L4_Set_PageAttribute.
#define L4_WriteBackMemory 1u
#define L4_WriteThroughMemory 2u
#define L4_UncacheableMemory 4u
#define L4_WriteCombiningMemory 5u
#define L4_WriteProtectedMemory 8u

// Controls of spaces, for L4_SpaceControl. This kernel has no small spaces, and takes
// no notice of them.
#define L4_LargeSpace 0u

// A small space: its number, and its size in units of 4 MB, a power of two.
static inline L4_Word_t
L4_SmallSpace(L4_Word_t location, L4_Word_t size)
{
        return 1u << 31 | ((location * 2 + 1) * size & 0xFF);
}

// The number of the highest bit that is set; of 0 it means nothing.
static inline L4_Word_t
__L4_Msb(L4_Word_t word)
{
        return 31 - (L4_Word_t)__builtin_clz(word);
}

#endif
