// SPDX-License-Identifier: MIT
// Memory, addresses and programs to measure with. The contracts are in
// measure.h.
#include "measure.h"

#include <kernel/string.h>

#define REGIONS_MOST 64

static struct {
        struct h_region memory;
        uint32_t addresses; // the first one that the client controls
        uint32_t taken;     // pages of both
} supply;

void
supply_init(void)
{
        static struct h_region regions[REGIONS_MOST];
        struct h_vfpage addresses[8];
        size_t count;

        done(h_initial_regions(regions, REGIONS_MOST, &count));
        for (size_t i = 0; i < count; i++)
                if (h_pfpage_log2(regions[i].pages) >
                    h_pfpage_log2(supply.memory.pages))
                        supply.memory = regions[i];
        done(h_kernel_mappable_virtual_addresses(addresses, 8, &count));
        supply.addresses = h_vfpage_first(addresses[0]).value;
}

// A free page, and an address of the same number.
static struct h_pagemap_page
take_page(void)
{
        const uint32_t offset = supply.taken++ * H_PAGE_SIZE;
        struct h_paddr first = h_pfpage_first(supply.memory.pages);

        first.value += offset;
        return (struct h_pagemap_page){
                { h_pfpage(first, H_PAGE_LOG2) },
                { supply.addresses + offset },
        };
}

// A page of a program, and the client's own way to it.
static struct h_kernel_mapping
add_page(struct h_pagemap space, uint32_t address, void **seen)
{
        struct h_pagemap_page table = take_page();
        const struct h_pagemap_page page = take_page();
        const struct h_vaddr at = { address };
        struct h_kernel_mapping mapping;
        bool used;

        done(h_add_mapping(&table, space, h_vfpage(at, H_PAGE_LOG2), page.page,
                           H_R | H_W, &used));
        done(h_add_kernel_mapping(page.page, h_vfpage(page.mapped, H_PAGE_LOG2),
                                  H_R | H_W, false, &mapping));
        *seen = (void *)(uintptr_t)page.mapped.value;
        return mapping;
}

struct program
new_program(const struct code *code)
{
        struct program program;
        void *seen;

        done(h_alloc_pagemap(take_page(), &program.space));
        add_page(program.space, CODE_AT, &seen);
        memcpy(seen, code->begin, code->size);
        program.data = add_page(program.space, DATA_AT, &seen);
        program.ticks = seen;
        done(h_alloc_fault_context(&program.context));
        program_again(&program);
        return program;
}

void
program_again(const struct program *program)
{
        done(h_write_register(program->context, H_EIP, CODE_AT));
        done(h_write_register(program->context, H_ESP, STACK_TOP));
}

void
let_timer_tick(void)
{
        struct h_interrupt interrupt;

        h_wait(&interrupt);
}
