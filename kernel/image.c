// SPDX-License-Identifier: MIT
#include <kernel/cpu.h>
#include <kernel/image.h>
#include <kernel/window.h>

#define FIRST_SUPERPAGE (ENTRY_PRESENT | ENTRY_WRITE | ENTRY_SUPERPAGE)

// What boot.S switches paging on with: the first 4 MB, at 0 and at KERNEL_BASE.
pde_t boot_directory[TABLE_ENTRIES] __attribute__((aligned(PAGE_SIZE))) = {
        [0] = FIRST_SUPERPAGE,
        [KERNEL_BASE >> SUPERPAGE_LOG2] = FIRST_SUPERPAGE,
};

pte_t boot_table[TABLE_ENTRIES] __attribute__((aligned(PAGE_SIZE)));

static bool
lies_between(const char *page, const char *first, const char *end)
{
        return page >= first && page < end;
}

// The entry for one page of the first 4 MB.
static pte_t
image_entry(struct paddr frame)
{
        const char *page = image_pointer(frame);

        if (lies_between(page, boot_stack_guard, boot_stack_bottom))
                return 0;
        pte_t entry = frame.value | ENTRY_PRESENT | ENTRY_GLOBAL;
        if (!lies_between(page, kernel_read_only_begin, kernel_read_only_end))
                entry |= ENTRY_WRITE;
        return entry;
}

void
image_protect(void)
{
        const pde_t to_table = ENTRY_PRESENT | ENTRY_WRITE;

        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
                boot_table[i] = image_entry(paddr(i * PAGE_SIZE));

        boot_directory[KERNEL_BASE >> SUPERPAGE_LOG2] =
                image_frame(boot_table).value | to_table;
        boot_directory[WINDOW_BASE >> SUPERPAGE_LOG2] =
                window_table().value | to_table;
        boot_directory[0] = 0;
        write_cr3(image_frame(boot_directory).value);

        // Global pages come last: what the TLB holds as global would survive
        // the load of CR3, the identity mapping included. Floating-point
        // instructions trap, as nobody saves the registers they use.
        write_cr0(CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_EM | CR0_PE);
        write_cr4(CR4_PSE | CR4_PGE);
}
