// SPDX-License-Identifier: MIT
// Building the entries of page-directories and page-tables, and reading back
// what they were built from.
//
// The contracts and the layout are in <kernel/entry.h>.
#include <kernel/entry.h>
#include <kernel/layout.h>
#include <kernel/todo.h>

// H4-BEGIN 1.3
// The bits of a present entry, but for its frame, that grants `access`.
static uint32_t
access_bits(struct access access)
{
        uint32_t bits = ENTRY_PRESENT;
        if (access.perms & PERM_R)
                bits |= ENTRY_ASKED_READ;
        if (access.perms & PERM_W)
                bits |= ENTRY_WRITE;
        if (access.perms & PERM_X)
                bits |= ENTRY_ASKED_EXECUTE;
        if (access.user)
                bits |= ENTRY_USER;
        if (access.global)
                bits |= ENTRY_GLOBAL;
        return bits;
}
// H4-STUB 1.3
// H4-END 1.3

enum paging_result
pte_make(struct paddr frame, struct access access, pte_t *entry)
{
        // H4-BEGIN 1.3
        if (frame.value & (PAGE_SIZE - 1))
                return PAGING_MISALIGNED;
        if (!access_allows(access))
                return PAGING_NO_ACCESS;

        *entry = frame.value | access_bits(access);
        return PAGING_OK;
        // H4-STUB 1.3
        //| H4_TODO("1.3", frame, access, entry);
        // H4-END 1.3
}

enum paging_result
pde_make_superpage(struct paddr frame, struct access access, pde_t *entry)
{
        // H4-BEGIN 1.3
        if (frame.value & (SUPERPAGE_SIZE - 1))
                return PAGING_MISALIGNED;
        if (!access_allows(access))
                return PAGING_NO_ACCESS;

        *entry = frame.value | access_bits(access) | ENTRY_SUPERPAGE;
        return PAGING_OK;
        // H4-STUB 1.3
        //| H4_TODO("1.3", frame, access, entry);
        // H4-END 1.3
}

enum paging_result
pde_make_table(struct paddr table, bool user, pde_t *entry)
{
        // H4-BEGIN 1.3
        if (table.value & (PAGE_SIZE - 1))
                return PAGING_MISALIGNED;

        pde_t rights = ENTRY_PRESENT | ENTRY_WRITE;
        if (user)
                rights |= ENTRY_USER;
        *entry = table.value | rights;
        return PAGING_OK;
        // H4-STUB 1.3
        //| H4_TODO("1.3", table, user, entry);
        // H4-END 1.3
}

struct access
entry_access(uint32_t entry)
{
        // H4-BEGIN 1.3
        uint32_t perms = 0;
        if (entry & ENTRY_ASKED_READ)
                perms |= PERM_R;
        if (entry & ENTRY_WRITE)
                perms |= PERM_W | PERM_R;
        if (entry & ENTRY_ASKED_EXECUTE)
                perms |= PERM_X;

        return (struct access){
                .perms = perms,
                .user = (entry & ENTRY_USER) != 0,
                .global = (entry & ENTRY_GLOBAL) != 0,
        };
        // H4-STUB 1.3
        //| H4_TODO("1.3", entry);
        // H4-END 1.3
}
