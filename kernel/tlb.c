// SPDX-License-Identifier: MIT
// Making the processor forget translations.
//
// The contracts are in <kernel/tlb.h>, the instructions in <kernel/cpu.h>.
#include <kernel/cpu.h>
#include <kernel/layout.h>
#include <kernel/tlb.h>
#include <kernel/todo.h>

void
tlb_invalidate_page(struct vaddr address)
{
        // H4-BEGIN 1.4
        invlpg(address);
        // H4-STUB 1.4
        //| H4_TODO("1.4", address);
        // H4-END 1.4
}

// H4-BEGIN 1.4
// Ranges of more pages than this are forgotten together with all others: the
// translations lost on the way cost less than so many instructions.
#define PAGES_ONE_BY_ONE 32u
// H4-STUB 1.4
// H4-END 1.4

void
tlb_invalidate(struct vfpage pages)
{
        // H4-BEGIN 1.4
        if (fpage_is_nil(pages.range))
                return;

        // At most 2^20, and a count does not overflow where an address would.
        uint32_t count = 1u << (fpage_log2(pages.range) - PAGE_LOG2);
        if (count > PAGES_ONE_BY_ONE) {
                tlb_flush();
                return;
        }
        uint32_t first = fpage_first(pages.range);
        for (uint32_t page = 0; page < count; page++)
                tlb_invalidate_page(vaddr(first + page * PAGE_SIZE));
        // H4-STUB 1.4
        //| H4_TODO("1.4", pages);
        // H4-END 1.4
}

void
tlb_flush(void)
{
        // H4-BEGIN 1.4
        // Loading CR3 would spare the global translations. Any change of
        // CR4.PGE spares none (Intel SDM volume 3, 4.10.4.1).
        uint32_t cr4 = read_cr4();
        write_cr4(cr4 ^ CR4_PGE);
        write_cr4(cr4);
        // H4-STUB 1.4
        //| H4_TODO("1.4");
        // H4-END 1.4
}
