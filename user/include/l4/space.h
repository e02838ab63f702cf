// SPDX-License-Identifier: MIT
// Taking memory back that has been mapped to others. The rights in a flexpage are
// those to take away; what comes back is it with the rights that have been used.
#ifndef USER_L4_SPACE_H
#define USER_L4_SPACE_H

#include <l4/syscalls.h>
#include <l4/types.h>

#define __L4_UNMAP_FROM_ME_TOO 0x40u

// `count` flexpages at once, 64 at most.
void __L4_UnmapPages(L4_Word_t control, L4_Word_t count, L4_Fpage_t *f);

// From those who have it from the caller.
static inline L4_Fpage_t
L4_UnmapFpage(L4_Fpage_t f)
{
        __L4_UnmapPages(0, 1, &f);
        return f;
}

static inline void
L4_UnmapFpages(L4_Word_t count, L4_Fpage_t *f)
{
        __L4_UnmapPages(0, count, f);
}

// From them and from the caller.
static inline L4_Fpage_t
L4_FlushFpage(L4_Fpage_t f)
{
        __L4_UnmapPages(__L4_UNMAP_FROM_ME_TOO, 1, &f);
        return f;
}

static inline L4_Fpage_t
L4_Flush(L4_Fpage_t f)
{
        return L4_FlushFpage(f);
}

static inline void
L4_FlushFpages(L4_Word_t count, L4_Fpage_t *f)
{
        __L4_UnmapPages(__L4_UNMAP_FROM_ME_TOO, count, f);
}

// Takes nothing away: asks how it has been used since it was asked for last.
static inline L4_Fpage_t
L4_GetStatus(L4_Fpage_t f)
{
        L4_Set_Rights(&f, L4_NoAccess);
        return L4_UnmapFpage(f);
}

// Of what came back.
static inline L4_Bool_t
L4_WasWritten(L4_Fpage_t f)
{
        return (L4_Rights(f) & L4_Writable) != 0;
}

static inline L4_Bool_t
L4_WasReferenced(L4_Fpage_t f)
{
        return (L4_Rights(f) & L4_Readable) != 0;
}

static inline L4_Bool_t
L4_WaseXecuted(L4_Fpage_t f)
{
        return (L4_Rights(f) & L4_eXecutable) != 0;
}

#endif
