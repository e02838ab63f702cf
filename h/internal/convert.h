// SPDX-License-Identifier: MIT
// Between the client's types and the kernel's. Nothing is checked here: a word
// that is no flexpage stays one that is none.
#ifndef H_INTERNAL_CONVERT_H
#define H_INTERNAL_CONVERT_H

#include <h/types.h>
#include <kernel/entry.h>
#include <kernel/flexpage.h>

static inline struct pfpage
kernel_pfpage(struct h_pfpage pages)
{
        return (struct pfpage){ { pages.word } };
}

static inline struct vfpage
kernel_vfpage(struct h_vfpage pages)
{
        return (struct vfpage){ { pages.word } };
}

static inline struct h_pfpage
client_pfpage(struct pfpage pages)
{
        return (struct h_pfpage){ pages.range.word };
}

static inline struct h_vfpage
client_vfpage(struct vfpage pages)
{
        return (struct h_vfpage){ pages.range.word };
}

static inline struct paddr
kernel_paddr(struct h_paddr address)
{
        return paddr(address.value);
}

static inline struct vaddr
kernel_vaddr(struct h_vaddr address)
{
        return vaddr(address.value);
}

_Static_assert(H_R == PERM_R && H_W == PERM_W && H_X == PERM_X,
               "rights are passed on as they are");

// The rights H_R, H_W, H_X as the kernel's PERM_R, PERM_W, PERM_X, and back.
// Other bits are ignored.
static inline uint32_t
kernel_perms(unsigned rights)
{
        return rights & PERM_ALL;
}

static inline unsigned
client_rights(uint32_t perms)
{
        return perms & PERM_ALL;
}

#endif
