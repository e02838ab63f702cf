// SPDX-License-Identifier: MIT
#include "spaces.h"

#include "pool.h"
#include "print.h"

#define FREED 8 // regions that come back at a time

#define OWN_PAGES 16u   // of each of the first two spaces
#define COMMON_PAGES 4u // of both, beside the page that they share
#define BUFFER_PAGES 8u // of the kernel's own

struct h_vfpage
one_page(uint32_t address)
{
        return h_vfpage((struct h_vaddr){ address }, H_PAGE_LOG2);
}

static bool
map(struct h_pagemap pagemap, uint32_t address, struct h_region region,
    unsigned rights)
{
        struct h_pagemap_page table = pool_table();
        bool used;
        enum h_error error = h_add_mapping(&table, pagemap, one_page(address),
                                           region, rights, &used);

        return print_result("h_add_mapping", error, H_OK) && used;
}

bool
spaces_share(struct demonstration *all)
{
        print_line("two address spaces share a page:");
        all->shared = pool_region(1);
        return print_result("h_alloc_pagemap",
                            h_alloc_pagemap(pool_table(), &all->first), H_OK) &&
               print_result("h_alloc_pagemap",
                            h_alloc_pagemap(pool_table(), &all->second),
                            H_OK) &&
               map(all->first, FIRST_ADDRESS, all->shared, H_R | H_W) &&
               map(all->second, SECOND_ADDRESS, all->shared, H_R);
}

// What is mapped at an address, and whether that is the shared page with these
// rights.
static bool
show(struct h_pagemap pagemap, uint32_t address, struct h_region shared,
     unsigned rights)
{
        struct h_mapping_info info;
        enum h_error error =
                h_read_mapping(pagemap, (struct h_vaddr){ address }, &info);

        if (error != H_OK)
                return print_result("h_read_mapping", error, H_OK);
        print_text("  ");
        print_hex(address);
        print_text(" -> ");
        print_hex(info.physical.value);
        print_text(" ");
        print_rights(info.rights);
        print_line(info.accessed ? " accessed" : "");
        return info.physical.value == h_pfpage_first(shared.pages).value &&
               info.log2_size == H_PAGE_LOG2 && info.rights == rights;
}

// Does user code of both spaces see the word that the kernel wrote?
static bool
compare(const struct demonstration *all, uint32_t word)
{
        uint32_t first = 0;
        uint32_t second = 0;
        enum h_error one = h_read_user_word(
                all->first, (struct h_vaddr){ FIRST_ADDRESS }, &first);
        enum h_error other = h_read_user_word(
                all->second, (struct h_vaddr){ SECOND_ADDRESS }, &second);

        print_text("  the spaces read ");
        print_hex(first);
        print_text(" and ");
        print_hex(second);
        print_line("");
        return one == H_OK && other == H_OK && first == word && second == word;
}

bool
spaces_look(struct demonstration *all)
{
        const uint32_t word = 0x48345F33;
        struct h_vfpage window = h_vfpage(pool_address(), H_PAGE_LOG2);

        print_line("the kernel looks into the page:");
        if (!print_result("h_add_kernel_mapping",
                          h_add_kernel_mapping(all->shared, window, H_R | H_W,
                                               false, &all->mapping),
                          H_OK))
                return false;
        if (!print_result("h_write_kernel_mapping",
                          h_write_kernel_mapping(all->mapping, 0, word), H_OK))
                return false;
        if (!compare(all, word))
                return false;
        if (!print_result("h_modify_mapping",
                          h_modify_mapping(all->first, one_page(FIRST_ADDRESS),
                                           H_R | H_X),
                          H_OK))
                return false;
        return show(all->first, FIRST_ADDRESS, all->shared, H_R | H_X) &&
               show(all->second, SECOND_ADDRESS, all->shared, H_R);
}

// Maps more pages near an address that is mapped: the page-table is there.
static bool
map_near(struct h_pagemap pagemap, uint32_t address, struct h_region region)
{
        struct h_vaddr near = { address };
        bool used;
        enum h_error error = h_add_mapping(
                NULL, pagemap, h_vfpage(near, h_pfpage_log2(region.pages)),
                region, H_R | H_W, &used);

        return print_result("h_add_mapping", error, H_OK) && !used;
}

static bool
map_superpage(struct h_pagemap pagemap)
{
        struct h_vaddr address = { SUPERPAGE_ADDRESS };
        struct h_region region;
        bool used;

        if (!pool_superpage(&region)) {
                print_line("  no region is large enough for a superpage");
                return true;
        }
        return print_result("h_add_mapping",
                            h_add_mapping(NULL, pagemap,
                                          h_vfpage(address, H_SUPERPAGE_LOG2),
                                          region, H_R | H_X, &used),
                            H_OK) &&
               !used;
}

bool
spaces_grow(struct demonstration *all)
{
        struct h_region common = pool_region(COMMON_PAGES);

        print_line(
                "pages of their own, more in common, a superpage, a buffer:");
        return map_near(all->first, FIRST_ADDRESS + COMMON_OFFSET, common) &&
               map_near(all->second, SECOND_ADDRESS + COMMON_OFFSET, common) &&
               map_near(all->first, FIRST_ADDRESS + OWN_OFFSET,
                        pool_region(OWN_PAGES)) &&
               map_near(all->second, SECOND_ADDRESS + OWN_OFFSET,
                        pool_region(OWN_PAGES)) &&
               print_result("h_alloc_pagemap",
                            h_alloc_pagemap(pool_table(), &all->third), H_OK) &&
               map_superpage(all->third) &&
               print_result("h_add_kernel_mapping",
                            h_add_kernel_mapping(pool_region(BUFFER_PAGES),
                                                 pool_addresses(BUFFER_PAGES),
                                                 H_R | H_W, false,
                                                 &all->buffer),
                            H_OK);
}

static bool
free_space(struct h_pagemap pagemap, size_t due)
{
        struct h_region freed[FREED];
        size_t count = 0;
        enum h_error error = h_free_pagemap(pagemap, freed, FREED, &count);
        bool fine = print_result("h_free_pagemap", error, H_OK);

        print_text("  pages that came back: ");
        print_number((uint32_t)count);
        print_line("");
        return fine && count == due;
}

bool
spaces_end(struct demonstration *all)
{
        struct h_region freed[FREED];
        size_t count = 0;

        print_line("everything comes back:");
        enum h_error error = h_remove_mapping(
                all->first,
                h_vfpage((struct h_vaddr){ FIRST_ADDRESS }, EVERYTHING_LOG2),
                freed, FREED, &count);
        if (!print_result("h_remove_mapping", error, H_OK) || count != 1)
                return false;
        if (!print_result("h_remove_kernel_mapping",
                          h_remove_kernel_mapping(all->mapping), H_OK) ||
            !print_result("h_remove_kernel_mapping",
                          h_remove_kernel_mapping(all->buffer), H_OK))
                return false;
        // The second space still has its page-table; the third never had one.
        return free_space(all->first, 1) && free_space(all->second, 2) &&
               free_space(all->third, 1);
}
