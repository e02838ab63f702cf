// SPDX-License-Identifier: MIT
// The software page walk: the way the hardware goes for every address, gone by
// hand.
//
//      address  | directory index | table index |   offset   |
//               31              22 21         12 11          0
//
// The contract is in <kernel/walk.h>.
#include <kernel/layout.h>
#include <kernel/todo.h>
#include <kernel/walk.h>
#include <kernel/window.h>

// H4-BEGIN 1.8
// Reads one entry of a table. Through the window only one frame can be seen at
// a time, so what is needed of it is copied at once.
static uint32_t
read_entry(struct paddr table, unsigned index)
{
        const uint32_t *entries = window_map(table);
        return entries[index];
}

// The translation of `address` by `leaf`, which maps a page of 2^log2_size
// bytes. `above` is the directory's entry on the way there; for a superpage,
// the leaf again.
static struct translation
translate(uint32_t leaf, pde_t above, struct vaddr address, unsigned log2_size)
{
        uint32_t offset_bits = (1u << log2_size) - 1;
        struct access access = entry_access(leaf);
        if (!(above & ENTRY_WRITE))
                access.perms &= ~PERM_W;

        return (struct translation){
                .physical = paddr((leaf & ~offset_bits) |
                                  (address.value & offset_bits)),
                .log2_size = log2_size,
                .perms = access.perms,
                .user = access.user && (above & ENTRY_USER) != 0,
                .global = access.global,
                .accessed = (leaf & ENTRY_ACCESSED) != 0,
                .dirty = (leaf & ENTRY_DIRTY) != 0,
        };
}
// H4-STUB 1.8
// H4-END 1.8

enum paging_result
page_walk(struct paddr directory, struct vaddr address,
          struct translation *found)
{
        // H4-BEGIN 1.8
        if (directory.value & (PAGE_SIZE - 1))
                return PAGING_MISALIGNED;

        pde_t pde = read_entry(directory, pde_index(address));
        if (!entry_is_present(pde))
                return PAGING_NOT_MAPPED;
        if (pde_is_superpage(pde)) {
                *found = translate(pde, pde, address, SUPERPAGE_LOG2);
                return PAGING_OK;
        }

        pte_t pte = read_entry(paddr(pde & ENTRY_FRAME), pte_index(address));
        if (!entry_is_present(pte))
                return PAGING_NOT_MAPPED;
        *found = translate(pte, pde, address, PAGE_LOG2);
        return PAGING_OK;
        // H4-STUB 1.8
        //| H4_TODO("1.8", directory, address, found);
        // H4-END 1.8
}
