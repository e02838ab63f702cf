// SPDX-License-Identifier: MIT
// What handlers do between one program and the next: whatever the interface lets
// them do. The contracts are in bound.h.
#include "random.h"

// --- Contexts ------------------------------------------------------------------

void
turn_alloc(unsigned who)
{
        unsigned ports;
        const struct h_fault_context context = new_context(&ports);

        own.bound.turns[who] =
                (struct turn){ .context = context, .ports = ports };
        turn_bind(who);
}

static unsigned
some_space(void)
{
        unsigned space = random_below(SPACES);

        return space == own.bound.lost_space ? (space + 1) % SPACES : space;
}

// To words at the end of a buffer, too, and to no buffer.
void
turn_bind(unsigned who)
{
        struct turn *turn = &own.bound.turns[who];

        turn->space = own.spaces[some_space()];
        turn->buffer = random_below(BUFFERS);
        turn->offset = turn->words = 0;
        turn->mapping = (struct h_kernel_mapping){ 0, 0 };
        if (random_below(8) && turn->buffer != own.bound.lost_buffer) {
                turn->mapping = own.bound.buffers[turn->buffer].mapping;
                turn->offset = random_below(2) ? random_below(64)
                                               : random_below(H_PAGE_WORDS);
                turn->words = H_PAGE_WORDS - turn->offset;
        }
        done(h_bind(turn->context, turn->space, turn->mapping, turn->offset),
             "h_bind");
        turn->bound = true;
}

static void
rebind(unsigned who)
{
        turn_bind(who);
        own.bound.did[DID_REBIND]++;
}

static void
unbind(unsigned who)
{
        struct turn *turn = &own.bound.turns[who];

        if (!turn->bound)
                return;
        done(h_unbind(turn->context), "h_unbind");
        turn->bound = false;
        turn->words = 0;
        own.bound.did[DID_UNBIND]++;
}

// Gone, and another one in its place, in the same slot or not.
static void
replace(unsigned who)
{
        struct turn *turn = &own.bound.turns[who];
        struct h_fault_context first;
        const bool elsewhere = random_below(2);

        done(h_free_fault_context(turn->context), "h_free_fault_context");
        if (own.bound.running == who)
                own.bound.running = NOBODY;
        if (elsewhere)
                done(h_alloc_fault_context(&first), "h_alloc_fault_context");
        turn_alloc(who);
        if (elsewhere)
                done(h_free_fault_context(first), "h_free_fault_context");
        own.bound.did[DID_REPLACE]++;
}

static void
segment(unsigned who)
{
        change_segment(own.bound.turns[who].context);
}

static void
ports(unsigned who)
{
        struct turn *turn = &own.bound.turns[who];

        turn->ports = change_ports(turn->context);
}

static void
registers(unsigned who)
{
        change_registers(own.bound.turns[who].context);
}

// --- What contexts are bound to ------------------------------------------------

// It is found again at once, as another one in the same slot, or later.
static void
buffer(unsigned who)
{
        struct bound *bound = &own.bound;

        (void)who;
        if (bound->lost_buffer < BUFFERS) {
                buffer_begin(bound->lost_buffer);
                bound->lost_buffer = BUFFERS;
        } else {
                bound->lost_buffer = random_below(BUFFERS);
                buffer_end(bound->lost_buffer);
                if (random_below(2))
                        buffer(who);
        }
        bound->did[DID_BUFFER]++;
}

static void
space(unsigned who)
{
        struct bound *bound = &own.bound;

        (void)who;
        if (bound->lost_space < SPACES) {
                space_begin(bound->lost_space);
                bound->lost_space = SPACES;
        } else {
                bound->lost_space = random_below(SPACES);
                space_end(bound->lost_space);
                if (random_below(2))
                        space(who);
        }
        bound->did[DID_SPACE]++;
}

void
find_lost(void)
{
        if (own.bound.lost_buffer < BUFFERS)
                buffer(NOBODY);
        if (own.bound.lost_space < SPACES)
                space(NOBODY);
}

// --- Other ways to run, and to wait --------------------------------------------

static void
execute(unsigned who)
{
        struct turn *turn = &own.bound.turns[who];
        const struct h_pagemap where = own.spaces[some_space()];
        struct h_interrupt event;

        turn_begins(who, where, DID_EXECUTE);
        done(h_execute(where, turn->context, &event), "h_execute");
        turn_check(who, KERNEL_DATA, &event);
        turn->called = event.kind == H_SYSTEM_CALL;
        go_on(turn->context, &event);
        // Once more, where a single step over SYSENTER is due.
        if (event.vector == H_VECTOR_SYSENTER &&
            (registers_of(turn->context)[H_EFLAGS] & EFLAGS_TF) != 0)
                execute(who);
}

static void
wait(unsigned who)
{
        struct h_interrupt event;

        (void)who;
        h_wait(&event);
        if (event.kind != H_TIMER)
                broken("h_wait answers vector %u", event.vector);
        own.bound.did[DID_WAIT]++;
}

void
bound_change(void)
{
        static void (*const changes[])(unsigned who) = {
                execute, execute, registers, segment, ports, replace,
                rebind,  unbind,  buffer,    space,   wait,
        };

        if (random_below(4))
                return;
        changes[random_below(sizeof(changes) / sizeof(changes[0]))](
                random_below(CONTEXTS));
}
