// SPDX-License-Identifier: MIT
// Memory and address spaces for random programs. The contracts are in random.h.
#include "random.h"

// Pages and addresses for calm.c, of which it needs fewer.
#define CALM 8

struct h_region
new_page(void)
{
        struct h_paddr first = h_pfpage_first(own.memory.pages);

        first.value += own.page++ * H_PAGE_SIZE;
        return (struct h_region){ h_pfpage(first, H_PAGE_LOG2) };
}

struct h_vaddr
new_address(void)
{
        return (struct h_vaddr){ own.addresses + own.address++ * H_PAGE_SIZE };
}

static struct h_vfpage
one_page(uint32_t address)
{
        return h_vfpage((struct h_vaddr){ address }, H_PAGE_LOG2);
}

static void
find_memory(void)
{
        struct h_vfpage addresses[8];
        size_t count;

        done(h_initial_regions(own.regions, 64, &count), "h_initial_regions");
        for (size_t i = 0; i < count; i++)
                if (h_pfpage_log2(own.regions[i].pages) >
                    h_pfpage_log2(own.memory.pages))
                        own.memory = own.regions[i];
        done(h_kernel_mappable_virtual_addresses(addresses, 8, &count),
             "h_kernel_mappable_virtual_addresses");
        own.addresses = h_vfpage_first(addresses[0]).value;
}

void
machine_begin(void)
{
        struct h_kernel_mapping mapping;

        find_memory();
        for (enum user_page page = 0; page < PAGES; page++) {
                struct page_state *state = &own.pages[page];
                struct h_vaddr address = new_address();
                state->region = new_page();
                state->words = (uint32_t *)(uintptr_t)address.value;
                done(h_add_kernel_mapping(state->region,
                                          one_page(address.value), H_R | H_W,
                                          false, &mapping),
                     "h_add_kernel_mapping");
        }
}

static void
map(enum user_page page, uint32_t address, bool writable)
{
        struct h_pagemap_page table = { new_page(), new_address() };
        bool used;

        done(h_add_mapping(&table, own.space, one_page(address),
                           own.pages[page].region,
                           writable ? H_R | H_W : H_R | H_X, &used),
             "h_add_mapping");
        own.pages[page].mapped = true;
        own.pages[page].writable = writable;
}

static void
map_shared(void)
{
        struct page_state *state = &own.pages[PAGE_SHARED];
        bool writable = random_below(2);

        done(h_add_kernel_mapping(state->region, one_page(new_address().value),
                                  writable ? H_R | H_W : H_R, true,
                                  &own.shared),
             "h_add_kernel_mapping");
        state->mapped = true;
        state->writable = writable;
}

static struct h_pagemap
new_space(void)
{
        struct h_pagemap pagemap;

        done(h_alloc_pagemap(
                     (struct h_pagemap_page){ new_page(), new_address() },
                     &pagemap),
             "h_alloc_pagemap");
        return pagemap;
}

void
batch_begin(void)
{
        own.page = PAGES + CALM; // those behind are tables, which come back
        own.address = PAGES + CALM;
        own.space = new_space();
        for (enum user_page page = 0; page < PAGES; page++) {
                own.pages[page].mapped = own.pages[page].writable = false;
                random_fill(own.pages[page].template, H_PAGE_WORDS);
        }
        map(PAGE_CODE, CODE_AT, random_below(3) == 0);
        map(PAGE_DATA, DATA_AT, true);
        map(PAGE_MORE, DATA_AT + H_PAGE_SIZE, true);
        map(PAGE_CONST, CONST_AT, false);
        if (random_below(2))
                map(PAGE_TOP, TOP_AT, true);
        if (random_below(2))
                map_shared();
}

void
batch_end(void)
{
        size_t count;

        done(h_free_pagemap(own.space, own.freed, 16, &count),
             "h_free_pagemap");
        if (own.pages[PAGE_SHARED].mapped)
                done(h_remove_kernel_mapping(own.shared),
                     "h_remove_kernel_mapping");
}

void
pages_reset(void)
{
        for (enum user_page page = 0; page < PAGES; page++) {
                const uint32_t *from = own.pages[page].template;
                uint32_t *to = own.pages[page].words;
                uint32_t count = H_PAGE_WORDS;
                __asm__ volatile("rep movsl"
                                 : "+D"(to), "+S"(from), "+c"(count)
                                 :
                                 : "memory");
        }
}

bool
page_unchanged(enum user_page page)
{
        const uint32_t *a = own.pages[page].template;
        const uint32_t *b = own.pages[page].words;
        uint32_t count = H_PAGE_WORDS;
        bool same;

        __asm__ volatile("repe cmpsl; sete %3"
                         : "+D"(a), "+S"(b), "+c"(count), "=qm"(same)
                         :
                         : "memory", "cc");
        return same;
}
