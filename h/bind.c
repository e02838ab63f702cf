// SPDX-License-Identifier: MIT
// Binding a context to what it needs whenever it runs, so that nothing of that has
// to be looked up any more.
//
//    context           h_state.pagemaps       the client's kernel mappings
//   +------------+       +------------+        +------------+
//   | space    5 | ----> | 5          |    +-> | 9          |
//   | mapping  9 | --------------------------+ +------------+
//   | buffer   --|--> words of that mapping
//   +------------+
//
// The numbers are generations. A slot is free, or another's, when it says another
// one than the context: that is all that has to be looked at later.
//
// The contracts are in <h/bound.h>.
#include <h/bound.h>
#include <h/internal/handles.h>
#include <h/internal/kernel_mapping.h>
#include <h/internal/paranoid.h>
#include <h/internal/run.h>

struct h_handlers run_handlers;

void
h_set_handlers(const struct h_handlers *handlers)
{
        const struct h_handlers given = *handlers;

        if (given.system_call && given.event)
                run_handlers = given;
}

// What a context is bound to for messages.
struct buffer {
        const struct kernel_mapping_slot *mapping;
        uint32_t generation;
        uint32_t *first;
        uint32_t words;
};

static bool
is_none(struct h_kernel_mapping mapping)
{
        return mapping.slot == 0 && mapping.generation == 0;
}

static enum h_error
find_buffer(struct h_kernel_mapping mapping, uint32_t offset,
            struct buffer *out)
{
        const struct kernel_mapping_slot *slot = kernel_mapping_slot(mapping);
        if (!slot)
                return H_BAD_HANDLE;
        if (offset >= mapping_words(slot))
                return H_OFFSET;
        if (!mapping_readable(slot))
                return H_UNREADABLE;
        if (!mapping_writable(slot))
                return H_READ_ONLY;

        *out = (struct buffer){
                .mapping = slot,
                .generation = slot->generation,
                .first = mapping_word(slot, offset),
                .words = mapping_words(slot) - offset,
        };
        return H_OK;
}

enum h_error
h_bind(struct h_fault_context context, struct h_pagemap pagemap,
       struct h_kernel_mapping buffer, uint32_t offset)
{
        H_OPERATION();
        struct context_slot *slot = context_slot(context);
        const struct pagemap_slot *space = pagemap_slot(pagemap);
        if (!slot || !space)
                return H_BAD_HANDLE;

        struct buffer found = { .mapping = NULL };
        if (!is_none(buffer)) {
                enum h_error error = find_buffer(buffer, offset, &found);
                if (error != H_OK)
                        return error;
        }

        slot->space = space;
        slot->space_generation = space->generation;
        slot->mapping = found.mapping;
        slot->mapping_generation = found.generation;
        slot->buffer = found.first;
        slot->buffer_words = found.words;
        slot->index = context.slot;
        slot->flags |= CONTEXT_BOUND;
        return H_OK;
}

enum h_error
h_unbind(struct h_fault_context context)
{
        H_OPERATION();
        struct context_slot *slot = context_slot(context);
        if (!slot)
                return H_BAD_HANDLE;
        if ((slot->flags & CONTEXT_BOUND) == 0)
                return H_NOT_BOUND;

        slot->space = NULL;
        slot->mapping = NULL;
        slot->buffer = NULL;
        slot->buffer_words = 0;
        slot->flags &= ~(uint32_t)CONTEXT_BOUND;
        return H_OK;
}
