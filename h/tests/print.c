// SPDX-License-Identifier: MIT
// Calls as they would stand in a program. See call.h.
#include "call.h"

#include <stdio.h>

// The name of a handle: m for that of an address space, k for a kernel mapping, c
// for a context.
static const char *
handle_text(char letter, struct handle handle, char *text, size_t size)
{
        if (handle.from == 0)
                snprintf(text, size, "{ 0x%x, %u }", handle.slot,
                         handle.generation);
        else if (handle.slot == 0 && handle.generation == 0)
                snprintf(text, size, "%c%u", letter, handle.from);
        else
                snprintf(text, size,
                         "{ %c%u.slot ^ 0x%x, "
                         "%c%u.generation + %d }",
                         letter, handle.from, handle.slot, letter, handle.from,
                         (int)handle.generation);
        return text;
}

// A flexpage as its first page and 2^n bytes.
static const char *
flexpage_text(uint32_t word, char *text, size_t size)
{
        struct range range;

        if (model_flexpage(word, &range))
                snprintf(text, size, "0x%08x/%u", word & ~(PAGE_SIZE - 1),
                         word % 64);
        else
                snprintf(text, size, "no flexpage 0x%08x", word);
        return text;
}

static const char *
table_text(struct h_pagemap_page page, char *text, size_t size)
{
        char region[40];

        flexpage_text(page.page.pages.word, region, sizeof(region));
        snprintf(text, size, "{ %s, at 0x%08x }", region, page.mapped.value);
        return text;
}

static const char *
rights_text(uint32_t rights, char *text, size_t size)
{
        snprintf(text, size, "%s%s%s", rights & H_R ? "R" : "",
                 rights & H_W ? "W" : "", rights & H_X ? "X" : "");
        if (rights == 0 || rights > 7)
                snprintf(text, size, "0x%x", rights);
        return text;
}

static const char *const names[CALL_KINDS] = {
        [DERIVE_REGION] = "h_derive_region",
        [CREATE_PAGEMAP_PAGE] = "h_create_pagemap_page",
        [ALLOC_PAGEMAP] = "h_alloc_pagemap",
        [FREE_PAGEMAP] = "h_free_pagemap",
        [ADD_MAPPING] = "h_add_mapping",
        [MODIFY_MAPPING] = "h_modify_mapping",
        [REMOVE_MAPPING] = "h_remove_mapping",
        [READ_MAPPING] = "h_read_mapping",
        [TAKE_REFERENCE_BITS] = "h_take_reference_bits",
        [SPLIT_SUPERPAGE] = "h_split_superpage",
        [ADD_KERNEL_MAPPING] = "h_add_kernel_mapping",
        [REMOVE_KERNEL_MAPPING] = "h_remove_kernel_mapping",
        [KERNEL_MAPPING_PARTS] = "h_kernel_mapping_parts",
        [READ_KERNEL_MAPPING] = "h_read_kernel_mapping",
        [WRITE_KERNEL_MAPPING] = "h_write_kernel_mapping",
        [READ_WORD_AT_OFFSET] = "h_read_word_at_offset",
        [WRITE_WORD_AT_OFFSET] = "h_write_word_at_offset",
        [COPY_WORDS] = "h_copy_words",
        [COPY_USER] = "h_copy_user",
        [READ_USER_WORD] = "h_read_user_word",
        [CONFIGURATION] = "the machine's lists, room for",
        [RUN] = "run in",
        [USER_READ] = "user code reads",
        [USER_WRITE] = "user code writes",
        [ALLOC_CONTEXT] = "h_alloc_fault_context",
        [FREE_CONTEXT] = "h_free_fault_context",
        [READ_REGISTER] = "h_read_register",
        [WRITE_REGISTER] = "h_write_register",
        [READ_REGISTERS] = "h_read_registers",
        [WRITE_REGISTERS] = "h_write_registers",
        [SET_GS] = "h_set_gs",
        [SET_PORTS] = "h_set_ports",
        [BIND] = "h_bind",
        [UNBIND] = "h_unbind",
        [EXECUTE] = "h_execute",
        [RUN_BOUND] = "h_run",
        [HANDOFF] = "h_handoff",
        [ENABLE_IRQ] = "h_enable_irq",
        [DISABLE_IRQ] = "h_disable_irq",
        [MASK_ACK_IRQ] = "h_mask_ack_irq",
        [SET_PERIOD] = "h_set_period",
};

const char *
call_name(enum call_kind kind)
{
        return names[kind];
}

#define TEXT(name) name, sizeof(name)

// A program is the word that says what it does: see run_programs.c.
static void
print_arguments_of_context(const struct call *call)
{
        char context[80], space[80], words[80];

        handle_text('c', call->context, TEXT(context));
        handle_text('m', call->handle[0], TEXT(space));
        handle_text('k', call->handle[1], TEXT(words));
        switch (call->kind) {
        case ALLOC_CONTEXT:
                break;
        case WRITE_REGISTER:
                printf("%s, %u, 0x%08x", context, call->count, call->word);
                break;
        case WRITE_REGISTERS:
                printf("%s, multiples of 0x%08x", context, call->word);
                break;
        case SET_GS:
                printf("%s, 0x%08x, 0x%x", context, call->address[0],
                       call->count);
                break;
        case SET_PORTS:
                printf("%s, 0x%x and 0x%x more, each %u further, %u of them",
                       context, call->address[0], call->address[1],
                       call->word & 7, call->count);
                break;
        case BIND:
                printf("%s, %s, %s, 0x%x", context, space, words,
                       call->address[0]);
                break;
        case EXECUTE:
                printf("%s, %s, program 0x%08x", space, context, call->word);
                break;
        case RUN_BOUND:
                printf("%s, program 0x%08x", context, call->word);
                break;
        case HANDOFF:
                printf("%s, %u, 0x%x, 0x%x, program 0x%08x", context,
                       call->count, call->address[0], call->address[1],
                       call->word);
                break;
        case ENABLE_IRQ:
        case DISABLE_IRQ:
        case MASK_ACK_IRQ:
        case SET_PERIOD:
                printf("%u", call->count);
                break;
        default:
                printf("%s, %u", context, call->count);
                break;
        }
}

void
print_call(const struct call *call)
{
        char to[80], from[80], table[80], region[40], pages[40], rights[20];
        bool of_mapping =
                call->kind >= REMOVE_KERNEL_MAPPING && call->kind <= COPY_WORDS;
        char letter = of_mapping ? 'k' : 'm';

        handle_text(letter, call->handle[0], TEXT(to));
        handle_text(letter, call->handle[1], TEXT(from));
        table_text(call->table, TEXT(table));
        flexpage_text(call->region, TEXT(region));
        flexpage_text(call->pages, TEXT(pages));
        rights_text(call->rights, TEXT(rights));
        printf("#   ");
        if (call->kind == ALLOC_PAGEMAP)
                printf("m%u = ", call->number);
        if (call->kind == ADD_KERNEL_MAPPING)
                printf("k%u = ", call->number);
        if (call->kind == ALLOC_CONTEXT)
                printf("c%u = ", call->number);
        printf("%s(", names[call->kind]);
        if (call->kind >= ALLOC_CONTEXT) {
                print_arguments_of_context(call);
                printf(")\n");
                return;
        }
        switch (call->kind) {
        case DERIVE_REGION:
                printf("%s, %s", region, pages);
                break;
        case CREATE_PAGEMAP_PAGE:
        case ALLOC_PAGEMAP:
                printf("%s", table);
                break;
        case FREE_PAGEMAP:
                printf("%s, capacity %u", to, call->count);
                break;
        case ADD_MAPPING:
                printf("%s, %s, %s, %s, %s", call->flag ? table : "null", to,
                       pages, region, rights);
                break;
        case MODIFY_MAPPING:
                printf("%s, %s, %s", to, pages, rights);
                break;
        case REMOVE_MAPPING:
                printf("%s, %s, capacity %u", to, pages, call->count);
                break;
        case TAKE_REFERENCE_BITS:
                printf("%s, %s", to, pages);
                break;
        case SPLIT_SUPERPAGE:
                printf("%s, 0x%08x, %s", to, call->address[0], table);
                break;
        case ADD_KERNEL_MAPPING:
                printf("%s, %s, %s, %s", region, pages, rights,
                       call->flag ? "user" : "kernel");
                break;
        case REMOVE_KERNEL_MAPPING:
        case KERNEL_MAPPING_PARTS:
        case RUN:
                printf("%s", to);
                break;
        case WRITE_KERNEL_MAPPING:
        case WRITE_WORD_AT_OFFSET:
                printf("%s, 0x%x, 0x%08x", to, call->address[0], call->word);
                break;
        case COPY_WORDS:
        case COPY_USER:
                printf("%s, 0x%x, %s, 0x%x, %u", to, call->address[0], from,
                       call->address[1], call->count);
                break;
        case USER_READ:
        case USER_WRITE:
                printf("0x%08x", call->address[0]);
                break;
        case CONFIGURATION:
                printf("%u", call->count);
                break;
        default:
                printf("%s, 0x%x", to, call->address[0]);
                break;
        }
        printf(")\n");
}
