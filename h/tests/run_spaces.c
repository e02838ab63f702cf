// SPDX-License-Identifier: MIT
// Doing calls that make and change address spaces. See run.h.
#include "compare.h"
#include "run.h"

#include <stdlib.h>

// No result is as long.
#define RESULTS 1024u
#define GUARDED 32u // of which so many are looked at behind the last one
static struct h_region freed[RESULTS];
static uint32_t freed_in_model[RESULTS];

static void
spoil_freed(void)
{
        for (size_t i = 0; i < GUARDED; i++)
                freed[i].pages.word = UNTOUCHED;
}

static int
ascending(const void *a, const void *b)
{
        uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

        return (left > right) - (left < right);
}

// The pages that came back: those of the model, as regions. The first `fixed`
// ones are in this order, the others in any.
static void
same_pages(size_t count, size_t fixed)
{
        static uint32_t pages[RESULTS];

        for (size_t i = 0; i < count; i++) {
                uint32_t word = freed[i].pages.word;
                if (word % PAGE_SIZE != H_PAGE_LOG2)
                        machine_stop("0x%08x comes back, which is no page",
                                     word);
                pages[i] = word / PAGE_SIZE;
        }
        if (count > fixed) {
                qsort(pages + fixed, count - fixed, sizeof(*pages), ascending);
                qsort(freed_in_model + fixed, count - fixed, sizeof(*pages),
                      ascending);
        }
        for (size_t i = 0; i < count; i++)
                run_same("a page that comes back", pages[i], freed_in_model[i]);
        compare_zeros(pages, count);
        if (count < GUARDED)
                run_same("behind the pages that come back",
                         freed[count].pages.word, UNTOUCHED);
}

void
run_spaces(const struct call *call)
{
        const struct h_region region = { { call->region } };
        struct h_region derived = { { UNTOUCHED } };
        struct h_pagemap *in_model = NULL;
        struct h_pagemap handle = { UNTOUCHED, UNTOUCHED };
        struct h_pagemap_page page = call->table;
        size_t count = UNTOUCHED, count_in_model = UNTOUCHED;

        spoil_freed();
        switch (call->kind) {
        case DERIVE_REGION: {
                struct h_pfpage pages = { call->pages };
                refusals set = model_derive_region(region, pages);
                bool done = run_agree(h_derive_region(region, pages, &derived),
                                      set);
                run_same("the region", derived.pages.word,
                         done ? call->pages : UNTOUCHED);
                return;
        }
        case CREATE_PAGEMAP_PAGE: {
                struct h_pagemap_page out = { { { UNTOUCHED } },
                                              { UNTOUCHED } };
                refusals set =
                        model_create_pagemap_page(page.page, page.mapped);
                if (!run_agree(
                            h_create_pagemap_page(page.page, page.mapped, &out),
                            set))
                        page = (struct h_pagemap_page){ { { UNTOUCHED } },
                                                        { UNTOUCHED } };
                run_same("the page", out.page.pages.word, page.page.pages.word);
                run_same("its address", out.mapped.value, page.mapped.value);
                return;
        }
        case ALLOC_PAGEMAP: {
                refusals set = model_alloc_pagemap(page, &in_model);
                if (!run_agree(h_alloc_pagemap(page, &handle), set)) {
                        run_same("the handle", handle.slot, UNTOUCHED);
                        return;
                }
                run_note_issued(handle.slot, handle.generation, OF_PAGEMAP);
                *in_model = handle;
                run_keep_pagemap(call->number, handle);
                return;
        }
        case FREE_PAGEMAP: {
                handle = run_pagemap_of(call->handle[0]);
                refusals set = model_free_pagemap(
                        handle, call->count, freed_in_model, &count_in_model);
                bool done = run_agree(
                        h_free_pagemap(handle, freed, call->count, &count),
                        set);
                run_same("*count", (uint32_t)count, (uint32_t)count_in_model);
                same_pages(done ? count : 0, 1);
                if (done && handle.generation == UINT32_MAX)
                        model.pagemap_slots--;
                return;
        }
        default:
                return;
        }
}

void
run_user_memory(const struct call *call)
{
        const struct h_pagemap handle = run_pagemap_of(call->handle[0]);
        const struct h_region region = { { call->region } };
        const struct h_vfpage pages = { call->pages };
        const struct h_vaddr address = { call->address[0] };
        bool flag = true, flag_in_model = true, dirty = true;
        bool dirty_in_model = true;
        size_t count = UNTOUCHED, count_in_model = UNTOUCHED;
        refusals set;

        spoil_freed();
        switch (call->kind) {
        case ADD_MAPPING: {
                const struct h_pagemap_page *table =
                        call->flag ? &call->table : NULL;
                set = model_add_mapping(table, handle, pages, region,
                                        call->rights, &flag_in_model);
                run_agree(h_add_mapping(table, handle, pages, region,
                                        call->rights, &flag),
                          set);
                run_same("*table_used", flag, flag_in_model);
                return;
        }
        case MODIFY_MAPPING:
                set = model_modify_mapping(handle, pages, call->rights);
                run_agree(h_modify_mapping(handle, pages, call->rights), set);
                return;
        case REMOVE_MAPPING: {
                set = model_remove_mapping(handle, pages, call->count,
                                           freed_in_model, &count_in_model);
                bool done = run_agree(h_remove_mapping(handle, pages, freed,
                                                       call->count, &count),
                                      set);
                run_same("*count", (uint32_t)count, (uint32_t)count_in_model);
                same_pages(done ? count : 0, done ? count : 0);
                return;
        }
        case READ_MAPPING: {
                struct h_mapping_info info = { .log2_size = UNTOUCHED };
                struct h_mapping_info expected = info;
                set = model_read_mapping(handle, address, &expected);
                run_agree(h_read_mapping(handle, address, &info), set);
                run_same("the size", info.log2_size, expected.log2_size);
                run_same("the page", info.physical.value,
                         expected.physical.value);
                run_same("the rights", info.rights, expected.rights);
                run_same("accessed", info.accessed, expected.accessed);
                run_same("dirty", info.dirty, expected.dirty);
                return;
        }
        case TAKE_REFERENCE_BITS:
                set = model_take_reference_bits(handle, pages, &flag_in_model,
                                                &dirty_in_model);
                run_agree(h_take_reference_bits(handle, pages, &flag, &dirty),
                          set);
                run_same("*accessed", flag, flag_in_model);
                run_same("*dirty", dirty, dirty_in_model);
                return;
        case SPLIT_SUPERPAGE:
                set = model_split_superpage(handle, address, call->table);
                run_agree(h_split_superpage(handle, address, call->table), set);
                return;
        default:
                return;
        }
}
