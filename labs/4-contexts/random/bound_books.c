// SPDX-License-Identifier: MIT
// The books of the bound form: what <h/bound.h> says that H does, written down once
// more without any of H's own. The contracts are in bound.h.
#include "random.h"

#include <kernel/string.h>

#define EFLAGS_KEPT (EFLAGS_TF | EFLAGS_DF | EFLAGS_AC | EFLAGS_ID)

const char *const deed_names[DEEDS] = {
        [DID_RUN] = "run",         [DID_HANDOFF] = "handoff",
        [DID_RETURN] = "return",   [DID_SHORT] = "short",
        [DID_REFUSE] = "refuse",   [DID_STEP] = "step",
        [DID_EXECUTE] = "execute", [DID_WAIT] = "wait",
        [DID_REPLACE] = "replace", [DID_REBIND] = "rebind",
        [DID_UNBIND] = "unbind",   [DID_BUFFER] = "buffer",
        [DID_SPACE] = "space",
};

// --- What there still is -------------------------------------------------------

static bool
has_its_space(const struct turn *turn)
{
        for (unsigned i = 0; i < SPACES; i++)
                if (i != own.bound.lost_space &&
                    own.spaces[i].slot == turn->space.slot &&
                    own.spaces[i].generation == turn->space.generation)
                        return true;
        return false;
}

static bool
has_its_buffer(const struct turn *turn)
{
        const struct buffer *buffer = &own.bound.buffers[turn->buffer];

        return turn->buffer != own.bound.lost_buffer &&
               turn->mapping.slot == buffer->mapping.slot &&
               turn->mapping.generation == buffer->mapping.generation;
}

unsigned
turn_of(struct h_fault_context context)
{
        for (unsigned who = 0; who < CONTEXTS; who++) {
                const struct turn *turn = &own.bound.turns[who];
                if (turn->context.slot == context.slot &&
                    turn->context.generation == context.generation)
                        return who;
        }
        return NOBODY;
}

// --- Refusals --------------------------------------------------------------------

uint32_t
run_refusals(unsigned who)
{
        const struct turn *turn = &own.bound.turns[who];

        if (!turn->bound)
                return REFUSAL(H_NOT_BOUND);
        return has_its_space(turn) ? 0 : REFUSAL(H_BAD_HANDLE);
}

static uint32_t
words_refusals(const struct turn *turn, uint32_t count)
{
        uint32_t refusals = 0;

        if (count > turn->words)
                refusals |= REFUSAL(H_OFFSET);
        if (turn->words > 0 && !has_its_buffer(turn))
                refusals |= REFUSAL(H_BAD_HANDLE);
        return refusals;
}

uint32_t
handoff_refusals(unsigned who, uint32_t count)
{
        const struct turn *receiver = &own.bound.turns[who];
        uint32_t refusals = run_refusals(who);

        if (own.bound.running == NOBODY)
                return refusals | REFUSAL(H_NO_CALL);
        const struct turn *sender = &own.bound.turns[own.bound.running];
        if (!sender->called || !receiver->called)
                refusals |= REFUSAL(H_NO_CALL);
        if (!sender->bound)
                refusals |= REFUSAL(H_NOT_BOUND);
        if (count > 0)
                refusals |= words_refusals(sender, count) |
                            words_refusals(receiver, count);
        return refusals;
}

// --- What happens --------------------------------------------------------------

void
turn_begins(unsigned who, struct h_pagemap space, enum deed deed)
{
        struct bound *bound = &own.bound;
        const struct context_slot *slot =
                context_slot(bound->turns[who].context);
        const uint32_t flags = CONTEXT_BOUND | CONTEXT_CALL | CONTEXT_SYSENTER;

        timer_begins();
        bound->stepped = (slot->flags & CONTEXT_DEBUG) != 0;
        if (bound->stepped)
                bound->did[DID_STEP]++;
        bound->did[deed]++;
        bound->started = who;
        bound->space = space;
        bound->turns[who].called = false;
        // Who was in ring 3 last, or is told about; h_execute tells nobody else.
        if (deed != DID_EXECUTE || !bound->stepped)
                bound->running = who;
        if (deed != DID_EXECUTE && execution.short_way &&
            slot->flags == flags &&
            (slot->registers[H_EFLAGS] & EFLAGS_KEPT) == 0)
                bound->did[DID_SHORT]++;
}

static uint32_t *
words_in_books(const struct turn *turn)
{
        return own.bound.buffers[turn->buffer].words + turn->offset;
}

void
copy_in_books(unsigned to, uint32_t count)
{
        if (count == 0)
                return; // perhaps there is no buffer

        const uint32_t *from =
                words_in_books(&own.bound.turns[own.bound.running]);
        uint32_t *into = words_in_books(&own.bound.turns[to]);
        for (uint32_t i = 0; i < count; i++)
                into[i] = from[i];
}

static uint32_t *
words_of(const struct buffer *buffer)
{
        return (uint32_t *)(uintptr_t)buffer->at.value;
}

void
buffers_fill(void)
{
        for (unsigned i = 0; i < BUFFERS; i++) {
                struct buffer *buffer = &own.bound.buffers[i];
                random_fill(buffer->words, H_PAGE_WORDS);
                memcpy(words_of(buffer), buffer->words, H_PAGE_SIZE);
        }
}

void
buffers_empty(void)
{
        for (unsigned i = 0; i < BUFFERS; i++)
                memset(words_of(&own.bound.buffers[i]), 0, H_PAGE_SIZE);
}

void
buffers_check(void)
{
        for (unsigned i = 0; i < BUFFERS; i++) {
                const struct buffer *buffer = &own.bound.buffers[i];
                if (memcmp(words_of(buffer), buffer->words, H_PAGE_SIZE) != 0)
                        broken("a buffer does not hold the words of the "
                               "messages");
        }
}
