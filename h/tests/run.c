// SPDX-License-Identifier: MIT
// Doing calls: first in the model, then in the machine. See call.h.
#include "run.h"
#include "call.h"
#include "compare.h"
#include "ring3.h"

#include <stdlib.h>
#include <string.h>

#include <h/internal/handles.h>
#include <h/internal/state.h>
#include <kernel/entry.h>

static struct h_pagemap pagemaps[CALLS_MAX + 1];
static struct h_kernel_mapping mappings[CALLS_MAX + 1];
static uint16_t pagemap_calls[MODEL_PAGEMAPS], mapping_calls[MODEL_MAPPINGS];

// All handles that were ever given out, in a table by their hash.
#define ISSUED 16384u
static struct {
        uint32_t slot, generation;
        enum handle_kind kind;
        bool used;
} issued[ISSUED];

void
run_start(const struct start *start)
{
        machine_move_window(start->moving_window);
        machine_reset(start->filling);
        ring3_reset();
        h_init();
        execution_init();
        // Fewer slots, so that they are used up sometimes.
        h_state.pagemap_count = start->pagemap_slots;
        h_state.kernel_mapping_count = start->mapping_slots;
        memset(h_state.pagemaps, 0,
               start->pagemap_slots * sizeof(*h_state.pagemaps));
        memset(h_state.kernel_mappings, 0,
               start->mapping_slots * sizeof(*h_state.kernel_mappings));
        handles_init();
        for (uint32_t i = 0; i < start->pagemap_slots; i++)
                h_state.pagemaps[i].last = start->last;
        for (uint32_t i = 0; i < start->mapping_slots; i++)
                h_state.kernel_mappings[i].last = start->last;
        model_reset();
        model.pagemap_slots = start->pagemap_slots;
        model.mapping_slots = start->mapping_slots;
        run_start_contexts(start);
        compare_reset();
        memset(pagemaps, 0, sizeof(pagemaps));
        memset(mappings, 0, sizeof(mappings));
        memset(issued, 0, sizeof(issued));
}

struct h_pagemap
run_pagemap(uint16_t number)
{
        return pagemaps[number];
}

struct h_kernel_mapping
run_mapping(uint16_t number)
{
        return mappings[number];
}

uint16_t
run_pagemap_call(unsigned index)
{
        return pagemap_calls[index];
}

uint16_t
run_mapping_call(unsigned index)
{
        return mapping_calls[index];
}

void
run_keep_pagemap(uint16_t number, struct h_pagemap handle)
{
        pagemaps[number] = handle;
        pagemap_calls[model_pagemap(handle) - model.pagemaps] = number;
}

void
run_keep_mapping(uint16_t number, struct h_kernel_mapping handle)
{
        mappings[number] = handle;
        mapping_calls[model_mapping(handle) - model.mappings] = number;
}

void
run_note_issued(uint32_t slot, uint32_t generation, enum handle_kind kind)
{
        uint32_t at = (slot * 0x9E3779B1u + generation * 0x85EBCA6Bu) >> 8;

        if (slot == 0 && generation == 0)
                machine_stop("a handle is all zeros");
        for (at %= ISSUED; issued[at].used; at = (at + 1) % ISSUED)
                if (issued[at].slot == slot && issued[at].kind == kind &&
                    issued[at].generation == generation)
                        machine_stop("the handle { %u, %u } is given out for "
                                     "the second time",
                                     slot, generation);
        issued[at].slot = slot;
        issued[at].generation = generation;
        issued[at].kind = kind;
        issued[at].used = true;
}

struct h_pagemap
run_pagemap_of(struct handle handle)
{
        struct h_pagemap named = pagemaps[handle.from];

        return (struct h_pagemap){ named.slot ^ handle.slot,
                                   named.generation + handle.generation };
}

struct h_kernel_mapping
run_mapping_of(struct handle handle)
{
        struct h_kernel_mapping named = mappings[handle.from];

        return (struct h_kernel_mapping){
                named.slot ^ handle.slot,
                named.generation + handle.generation,
        };
}

uint32_t run_answers[CALL_KINDS][H_ERRORS];
enum call_kind run_kind;

// Is the answer one of those that it may be? True where the operation is to have
// been done.
bool
run_agree(enum h_error answer, refusals set)
{
        enum h_error first = H_OK;

        if (answer < H_ERRORS)
                run_answers[run_kind][answer]++;
        if (set == 0 ? answer == H_OK
                     : answer != H_OK && answer < H_ERRORS &&
                               (set & REFUSE(answer)))
                return set == 0;
        while (set != 0 && !(set & REFUSE(first)))
                first++;
        machine_stop("answers %s, not %s", h_strerror(answer),
                     h_strerror(first));
}

void
run_same(const char *what, uint32_t is, uint32_t expected)
{
        if (is != expected)
                machine_stop("%s: 0x%08x, not 0x%08x", what, is, expected);
}

static void
run_configuration(const struct call *call)
{
        struct h_region regions[64];
        struct h_vfpage ranges[64];
        size_t capacity = call->count < 64 ? call->count : 64;
        size_t count = 0, bytes = 0, modules_first = model.region_count - 2;

        enum h_error error = h_initial_regions(regions, capacity, &count);
        run_same("*count", (uint32_t)count, (uint32_t)modules_first);
        run_agree(error, capacity < count ? REFUSE(H_CAPACITY) : 0);
        for (size_t i = 0; error == H_OK && i < count; i++)
                run_same("a region", regions[i].pages.word / PAGE_SIZE,
                         model.regions[i].first);
        for (size_t i = 0; i < MACHINE_MODULES; i++) {
                error = h_module_regions(i, regions, capacity, &count);
                run_agree(error, capacity < 1 ? REFUSE(H_CAPACITY) : 0);
                run_same("*count", (uint32_t)count, 1);
                if (error == H_OK)
                        run_same("a module's region",
                                 regions[0].pages.word / PAGE_SIZE,
                                 model.regions[modules_first + i].first);
        }
        error = h_kernel_mappable_virtual_addresses(ranges, capacity, &count);
        run_same("*count", (uint32_t)count, 2);
        if (run_agree(error, capacity < 2 ? REFUSE(H_CAPACITY) : 0))
                run_same("the last addresses", ranges[1].word,
                         MODEL_CLIENT_FIRST * PAGE_SIZE + 0x01000000 + 22);
        if (!h_client_heap(&bytes) || bytes < 0x40000)
                machine_stop("the heap has %zu bytes", bytes);
}

void
run_call(const struct call *call)
{
        run_kind = call->kind;
        switch (call->kind) {
        case DERIVE_REGION:
        case CREATE_PAGEMAP_PAGE:
        case ALLOC_PAGEMAP:
        case FREE_PAGEMAP:
                run_spaces(call);
                break;
        case ADD_KERNEL_MAPPING:
        case REMOVE_KERNEL_MAPPING:
        case KERNEL_MAPPING_PARTS:
                run_kernel_memory(call);
                break;
        case READ_KERNEL_MAPPING:
        case WRITE_KERNEL_MAPPING:
        case READ_WORD_AT_OFFSET:
        case WRITE_WORD_AT_OFFSET:
        case COPY_WORDS:
                run_words(call);
                break;
        case COPY_USER:
        case READ_USER_WORD:
        case RUN:
        case USER_READ:
        case USER_WRITE:
                run_user_words(call);
                break;
        case CONFIGURATION:
                run_configuration(call);
                break;
        case ALLOC_CONTEXT:
        case FREE_CONTEXT:
        case READ_REGISTER:
        case WRITE_REGISTER:
        case READ_REGISTERS:
        case WRITE_REGISTERS:
        case SET_GS:
        case SET_PORTS:
        case BIND:
        case UNBIND:
                run_contexts(call);
                break;
        case EXECUTE:
        case RUN_BOUND:
        case HANDOFF:
                run_programs(call);
                break;
        case ENABLE_IRQ:
        case DISABLE_IRQ:
        case MASK_ACK_IRQ:
        case SET_PERIOD:
                run_lines(call);
                break;
        default:
                run_user_memory(call);
                break;
        }
        compare_step(model_pagemap(run_pagemap_of(call->handle[0])),
                     model_pagemap(run_pagemap_of(call->handle[1])));
}
