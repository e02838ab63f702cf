// SPDX-License-Identifier: MIT
// Attributes of memory.
#ifndef USER_L4_MISC_H
#define USER_L4_MISC_H

#include <l4/specials.h>
#include <l4/syscalls.h>
#include <l4/types.h>

#define L4_DefaultMemory 0u

// How pages are kept in the caches: L4_DefaultMemory, or what <l4/specials.h> names.
// Returns whether it is done. For privileged threads.
L4_Word_t L4_Set_PageAttribute(L4_Fpage_t f, L4_Word_t attribute);

// The same for `count` flexpages, 64 at most. The rights of each say which of the four
// attributes it gets, 0 to 3.
L4_Word_t L4_Set_PagesAttributes(L4_Word_t count, const L4_Fpage_t *f,
                                 const L4_Word_t attributes[4]);

static inline L4_Word_t
L4_Set_PageAttributes(L4_Word_t count, const L4_Fpage_t *f,
                      const L4_Word_t attributes[4])
{
        return L4_Set_PagesAttributes(count, f, attributes);
}

#endif
