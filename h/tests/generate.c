// SPDX-License-Identifier: MIT
// Calls at random, mostly such as can succeed, on few pages and addresses, so
// that they meet; and with everything that a client may hand over instead. See
// call.h.
#include "choose.h"

void
generate_start(struct source *source, struct start *out)
{
        static const uint32_t pagemap_slots[] = { 2, 4, 8, 8, 64 };
        static const uint32_t mapping_slots[] = { 2, 8, 64, 256 };
        static const uint32_t context_slots[] = { 1, 4, 8, 64 };

        *out = (struct start){
                .filling = any_word(source),
                .pagemap_slots = PICK(source, pagemap_slots),
                .mapping_slots = PICK(source, mapping_slots),
                .context_slots = PICK(source, context_slots),
                .last = once_in(source, 8)
                                ? UINT32_MAX - 1 - source_below(source, 40)
                                : 0,
                .moving_window = false,
        };
}

static enum call_kind
a_kind(struct source *source)
{
        static const uint8_t weights[CALL_KINDS] = {
                [DERIVE_REGION] = 2,
                [CREATE_PAGEMAP_PAGE] = 2,
                [ALLOC_PAGEMAP] = 9,
                [FREE_PAGEMAP] = 2,
                [ADD_MAPPING] = 56,
                [MODIFY_MAPPING] = 10,
                [REMOVE_MAPPING] = 12,
                [READ_MAPPING] = 6,
                [TAKE_REFERENCE_BITS] = 8,
                [SPLIT_SUPERPAGE] = 4,
                [ADD_KERNEL_MAPPING] = 14,
                [REMOVE_KERNEL_MAPPING] = 9,
                [KERNEL_MAPPING_PARTS] = 2,
                [READ_KERNEL_MAPPING] = 4,
                [WRITE_KERNEL_MAPPING] = 6,
                [READ_WORD_AT_OFFSET] = 3,
                [WRITE_WORD_AT_OFFSET] = 4,
                [COPY_WORDS] = 8,
                [COPY_USER] = 8,
                [READ_USER_WORD] = 5,
                [CONFIGURATION] = 1,
                [RUN] = 8,
                [USER_READ] = 14,
                [USER_WRITE] = 14,
                [ALLOC_CONTEXT] = 6,
                [FREE_CONTEXT] = 2,
                [READ_REGISTER] = 3,
                [WRITE_REGISTER] = 4,
                [READ_REGISTERS] = 2,
                [WRITE_REGISTERS] = 2,
                [SET_GS] = 4,
                [SET_PORTS] = 4,
                [BIND] = 9,
                [UNBIND] = 2,
                [EXECUTE] = 8,
                [RUN_BOUND] = 14,
                [HANDOFF] = 16,
                [ENABLE_IRQ] = 2,
                [DISABLE_IRQ] = 2,
                [MASK_ACK_IRQ] = 2,
                [SET_PERIOD] = 2,
        };
        uint32_t sum = 0;
        for (unsigned i = 0; i < CALL_KINDS; i++)
                sum += weights[i];
        uint32_t at = source_below(source, sum);
        unsigned kind = 0;
        while (at >= weights[kind])
                at -= weights[kind++];
        return kind;
}

// The call that made the address space in CR3.
static uint16_t
the_current_pagemap(void)
{
        for (unsigned i = 0; i < MODEL_PAGEMAPS; i++)
                if (model.pagemaps[i].live &&
                    model.pagemaps[i].directory == model.current)
                        return run_pagemap_call(i);
        return 0;
}

// Sizes and places that fit each other, mostly.
static void
generate_pages(struct source *source, struct call *out)
{
        bool kernel = out->kind == ADD_KERNEL_MAPPING;
        // What is to be mapped is best not mapped yet.
        uint16_t pagemap = out->kind == ADD_MAPPING && !once_in(source, 4)
                                   ? 0
                                   : out->handle[0].from;
        uint32_t size = a_size(source);
        uint32_t page =
                kernel ? a_client_page(source) : a_user_page(source, pagemap);

        out->region = a_flexpage(source, a_page(source, size), size);
        if (once_in(source, 24))
                size = a_size(source);
        if (out->kind == REMOVE_MAPPING && once_in(source, 12))
                size = 23 + source_below(source, 9);
        if (out->kind == DERIVE_REGION) {
                page = out->region / PAGE_SIZE + source_below(source, 3);
                size = a_size(source);
        }
        out->pages = a_flexpage(source, page, size);
}

void
generate_call(struct source *source, uint16_t number, struct call *out)
{
        enum call_kind kind = a_kind(source);
        bool of_mapping = kind >= REMOVE_KERNEL_MAPPING && kind <= COPY_WORDS;
        bool words = kind >= READ_KERNEL_MAPPING && kind <= COPY_WORDS;
        bool by_user = kind == USER_READ || kind == USER_WRITE;
        bool bytes = kind == COPY_USER;

        *out = (struct call){ .number = number, .kind = (uint8_t)kind };
        for (unsigned i = 0; i < 2; i++) {
                uint16_t live = of_mapping ? a_live_mapping(source)
                                : by_user  ? the_current_pagemap()
                                           : a_live_pagemap(source);
                bool kernel = by_user && once_in(source, 6);
                out->handle[i] = a_handle(source, live, number);
                out->address[i] = words ? an_offset(source)
                                        : an_address(source, kernel, live);
                if (bytes || (kind == READ_USER_WORD && once_in(source, 4)))
                        out->address[i] += source_below(source, PAGE_SIZE);
        }
        out->flag = kind == ADD_KERNEL_MAPPING ? once_in(source, 2)
                                               : !once_in(source, 16);
        out->table = a_table(source);
        generate_pages(source, out);
        out->rights = some_rights(source);
        out->count = words || bytes ? a_count(source, bytes ? 4 : 1)
                                    : a_capacity(source);
        out->word = any_word(source);
        if (kind >= ALLOC_CONTEXT)
                generate_context(source, out);
}
