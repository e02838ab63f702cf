// SPDX-License-Identifier: MIT
#include "pool.h"
#include "print.h"
#include "spaces.h"

// The kernel's own image lies here, in environment memory.
#define KERNEL_IMAGE 0x00100000u

static bool
made_up_handles(const struct demonstration *all)
{
        struct h_pagemap forged = all->first;
        struct h_pagemap nobody = { .slot = 0xFFFFFFFFu, .generation = 1 };
        struct h_pagemap nothing = { 0 };
        struct h_vaddr address = { FIRST_ADDRESS };
        struct h_mapping_info info;
        bool fine = true;

        forged.generation += 1;
        fine &= print_result("another generation",
                             h_read_mapping(forged, address, &info),
                             H_BAD_HANDLE);
        fine &= print_result("a slot far outside",
                             h_read_mapping(nobody, address, &info),
                             H_BAD_HANDLE);
        fine &= print_result("all zeros",
                             h_read_mapping(nothing, address, &info),
                             H_BAD_HANDLE);
        return fine;
}

static bool
made_up_memory(const struct demonstration *all)
{
        struct h_region image = {
                h_pfpage((struct h_paddr){ KERNEL_IMAGE }, H_PAGE_LOG2),
        };
        struct h_pagemap_page table = pool_table();
        struct h_region inside = pool_region(2);
        struct h_kernel_mapping mapping;
        bool used;
        bool fine = true;

        fine &= print_result("the kernel's image as a region",
                             h_add_mapping(&table, all->first,
                                           one_page(0x00800000u), image, H_R,
                                           &used),
                             H_BAD_REGION);
        fine &= print_result(
                "the same, for the kernel",
                h_add_kernel_mapping(image,
                                     h_vfpage(pool_address(), H_PAGE_LOG2),
                                     H_R | H_W, false, &mapping),
                H_BAD_REGION);
        table.page.pages = h_pfpage(h_pfpage_first(inside.pages), H_PAGE_LOG2);
        fine &= print_result(
                "a page-table inside of what it maps",
                h_add_mapping(&table, all->first,
                              h_vfpage((struct h_vaddr){ 0x00800000u },
                                       H_PAGE_LOG2 + 1),
                              inside, H_R | H_W, &used),
                H_TABLE_INSIDE);
        return fine;
}

static bool
wrong_addresses(const struct demonstration *all)
{
        bool used;
        uint32_t word;
        bool fine = true;

        fine &= print_result("a user mapping in kernel space",
                             h_add_mapping(NULL, all->first,
                                           one_page(H_KERNEL_SPACE),
                                           all->shared, H_R | H_W, &used),
                             H_BAD_ADDRESS);
        fine &= print_result("over a mapping that is there",
                             h_add_mapping(NULL, all->first,
                                           one_page(FIRST_ADDRESS), all->shared,
                                           H_R, &used),
                             H_MAPPED);
        fine &= print_result("without a page-table",
                             h_add_mapping(NULL, all->first,
                                           one_page(0x00800000u), all->shared,
                                           H_R, &used),
                             H_TABLE_NEEDED);
        fine &= print_result(
                "a word behind the page",
                h_read_word_at_offset(all->mapping, H_PAGE_WORDS, &word),
                H_OFFSET);
        return fine;
}

static bool
forbidden_ports(void)
{
        // The interrupt controller's mask, and PCI configuration.
        return print_result("the interrupt controller", h_out8(0x21, 0xFF),
                            H_PORT) &
               print_result("PCI configuration", h_out32(0xCF8, 0), H_PORT);
}

bool
misuse(const struct demonstration *all)
{
        print_line("made-up handles are refused:");
        bool fine = made_up_handles(all);
        print_line("and memory that is not the client's:");
        fine &= made_up_memory(all);
        print_line("and addresses:");
        fine &= wrong_addresses(all);
        print_line("and ports:");
        fine &= forbidden_ports();
        return fine;
}

bool
misuse_after_end(const struct demonstration *all)
{
        struct h_region freed[1];
        size_t count;
        uint32_t word;

        print_line("handles of what is gone are refused:");
        return print_result("a space",
                            h_free_pagemap(all->first, freed, 1, &count),
                            H_BAD_HANDLE) &
               print_result("a kernel mapping",
                            h_read_kernel_mapping(all->mapping, 0, &word),
                            H_BAD_HANDLE);
}
