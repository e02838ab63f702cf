// SPDX-License-Identifier: MIT
// Memory, buffers and address spaces for random programs. The contracts are in
// random.h.
#include "random.h"

// Pages and addresses for calm.c, of which it needs fewer; behind them those of each
// space: its directory, and tables that come back.
#define CALM 8
#define SPACES_AT (PAGES + BUFFERS + CALM)
#define SPACE_PAGES (1 + PAGES)

static const uint32_t addresses[PAGE_SHARED] = {
        [PAGE_CODE] = CODE_AT,
        [PAGE_DATA] = DATA_AT,
        [PAGE_MORE] = DATA_AT + H_PAGE_SIZE,
        [PAGE_CONST] = CONST_AT,
        [PAGE_TOP] = TOP_AT,
};

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
        for (unsigned number = 0; number < BUFFERS; number++) {
                struct buffer *buffer = &own.bound.buffers[number];
                buffer->region = new_page();
                buffer->at = new_address();
                buffer_begin(number);
        }
}

void
buffer_begin(unsigned number)
{
        struct buffer *buffer = &own.bound.buffers[number];

        done(h_add_kernel_mapping(buffer->region, one_page(buffer->at.value),
                                  H_R | H_W, false, &buffer->mapping),
             "h_add_kernel_mapping");
}

void
buffer_end(unsigned number)
{
        done(h_remove_kernel_mapping(own.bound.buffers[number].mapping),
             "h_remove_kernel_mapping");
}

static void
map(struct h_pagemap space, enum user_page page)
{
        struct h_pagemap_page table = { new_page(), new_address() };
        const struct page_state *state = &own.pages[page];
        bool used;

        done(h_add_mapping(&table, space, one_page(addresses[page]),
                           state->region,
                           state->writable ? H_R | H_W : H_R | H_X, &used),
             "h_add_mapping");
}

void
space_begin(unsigned number)
{
        struct h_pagemap *space = &own.spaces[number];

        own.page = own.address = SPACES_AT + number * SPACE_PAGES;
        done(h_alloc_pagemap(
                     (struct h_pagemap_page){ new_page(), new_address() },
                     space),
             "h_alloc_pagemap");
        for (enum user_page page = 0; page < PAGE_SHARED; page++)
                if (own.pages[page].mapped)
                        map(*space, page);
}

void
space_end(unsigned number)
{
        size_t count;

        done(h_free_pagemap(own.spaces[number], own.freed, 16, &count),
             "h_free_pagemap");
}

static void
allow(enum user_page page, bool writable)
{
        own.pages[page].mapped = true;
        own.pages[page].writable = writable;
}

static void
map_shared(void)
{
        struct page_state *state = &own.pages[PAGE_SHARED];

        allow(PAGE_SHARED, random_below(2));
        done(h_add_kernel_mapping(state->region, one_page(new_address().value),
                                  state->writable ? H_R | H_W : H_R, true,
                                  &own.shared),
             "h_add_kernel_mapping");
}

void
batch_begin(void)
{
        own.space_count = is_bound(own.number) ? SPACES : 1;
        for (enum user_page page = 0; page < PAGES; page++) {
                own.pages[page].mapped = own.pages[page].writable = false;
                random_fill(own.pages[page].template, H_PAGE_WORDS);
        }
        allow(PAGE_CODE, random_below(3) == 0);
        allow(PAGE_DATA, true);
        allow(PAGE_MORE, true);
        allow(PAGE_CONST, false);
        if (random_below(2))
                allow(PAGE_TOP, true);
        for (unsigned number = 0; number < own.space_count; number++)
                space_begin(number);
        if (random_below(2))
                map_shared();
}

void
batch_end(void)
{
        for (unsigned number = own.space_count; number-- > 0;)
                space_end(number);
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
