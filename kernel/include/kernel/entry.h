// SPDX-License-Identifier: MIT
// Entries of page-directories and page-tables: the hardware's layout, described
// once and used everywhere.
//
//     31                  12 11 10  9  8  7  6  5  4  3  2  1  0
//    +----------------------+--+--+--+--+--+--+--+--+--+--+--+--+
//    | frame >> 12          |  |aX|aR| G|PS| D| A|CD|WT| U| W| P|
//    +----------------------+--+--+--+--+--+--+--+--+--+--+--+--+
//
// The bits 9 to 11 are free for the system's own use. H4 keeps there what was
// asked for, because the hardware cannot tell "execute" from "read". In the
// entry of a superpage the bits 12 to 21 are zero.
// Source: Intel SDM volume 3, 4.3; dissertation 2.2.3.
#ifndef KERNEL_ENTRY_H
#define KERNEL_ENTRY_H

#include <kernel/result.h>
#include <kernel/types.h>

typedef uint32_t pde_t;
typedef uint32_t pte_t;

#define ENTRY_PRESENT 0x001u
#define ENTRY_WRITE 0x002u
#define ENTRY_USER 0x004u
#define ENTRY_ACCESSED 0x020u
#define ENTRY_DIRTY 0x040u
#define ENTRY_SUPERPAGE 0x080u // in a page-directory only
#define ENTRY_GLOBAL 0x100u
#define ENTRY_ASKED_READ 0x200u    // H4's own: PERM_R was asked for
#define ENTRY_ASKED_EXECUTE 0x400u // H4's own: PERM_X was asked for

#define ENTRY_FRAME 0xFFFFF000u
#define ENTRY_SUPERPAGE_FRAME 0xFFC00000u

// Access rights, a set. Writing implies reading; executing alone is mapped as
// reading, since IA-32 without PAE cannot tell them apart.
#define PERM_X 1u
#define PERM_W 2u
#define PERM_R 4u
#define PERM_ALL 7u

struct access {
        uint32_t perms; // PERM_R | PERM_W | PERM_X; other bits are ignored
        bool user;      // may ring 3 use it?
        bool global;    // does its TLB entry survive a load of CR3?
};

// Does the access allow anything at all?
static inline bool
access_allows(struct access access)
{
        return (access.perms & PERM_ALL) != 0;
}

// Builds the page-table entry that maps a page to `frame`, not accessed and not
// dirty.
//
// entry   out: left as it was on an error
// Errors: PAGING_MISALIGNED, the frame is not page-aligned; PAGING_NO_ACCESS.
enum paging_result pte_make(struct paddr frame, struct access access,
                            pte_t *entry);

// The same for a superpage, whose entry stands in the page-directory.
//
// Errors: PAGING_MISALIGNED, the frame is not aligned to 4 MB; PAGING_NO_ACCESS.
enum paging_result pde_make_superpage(struct paddr frame, struct access access,
                                      pde_t *entry);

// Builds the page-directory entry that points to a page-table. It takes nothing
// away: it allows writing and, where `user` says so, ring 3; the page-table's
// entries decide.
//
// Errors: PAGING_MISALIGNED, the frame is not page-aligned.
enum paging_result pde_make_table(struct paddr table, bool user, pde_t *entry);

// What was asked for when a present page-table entry, or superpage entry, was
// made: writing is reported with the reading that it implies.
struct access entry_access(uint32_t entry);

static inline bool
entry_is_present(uint32_t entry)
{
        return (entry & ENTRY_PRESENT) != 0;
}

// Is this page-directory entry a present superpage?
static inline bool
pde_is_superpage(pde_t entry)
{
        return entry_is_present(entry) && (entry & ENTRY_SUPERPAGE) != 0;
}

// Is this page-directory entry a present page-table?
static inline bool
pde_is_table(pde_t entry)
{
        return entry_is_present(entry) && (entry & ENTRY_SUPERPAGE) == 0;
}

// Which entry of the page-directory, and which of the page-table, translates an
// address.
static inline unsigned
pde_index(struct vaddr address)
{
        return address.value >> 22;
}

static inline unsigned
pte_index(struct vaddr address)
{
        return (address.value >> 12) & 0x3FFu;
}

#endif
