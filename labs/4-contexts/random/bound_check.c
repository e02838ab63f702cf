// SPDX-License-Identifier: MIT
// What must be true when a handler is called, and of the processor's tables after a
// context of several was left. The contracts are in bound.h.
#include "random.h"

#include <h/internal/run.h>
#include <kernel/image.h>

#define STACK_MOST 512u // bytes from where a handler begins to handler_check

// A context has its own segment, ports and floating-point unit, and no other's.
static void
belongings_check(const struct turn *turn)
{
        const struct context_slot *slot = context_slot(turn->context);
        const struct descriptor gs = kernel_gdt[USER_GS / 8];
        const bool unit_is_open = (read_cr0() & CR0_TS) == 0;
        const bool map_is_open = kernel_tss.io_map != NO_IO_MAP;

        if (execution.running != slot || kernel_tss.esp0 != context_stack(slot))
                broken("the context that has run is not the running one");
        if (gs.low != slot->gs_low || gs.high != slot->gs_high)
                broken("a program ran with another one's GS segment");
        if (map_is_open != (turn->ports > 0) ||
            (map_is_open && execution.ports_owner != slot))
                broken("a program with %u port ranges ran with the map %s",
                       turn->ports, map_is_open ? "open" : "closed");
        if (unit_is_open && execution.fpu_owner != slot)
                broken("a program ran with another one's floating-point unit");
}

void
turn_check(unsigned who, uint32_t data, const struct h_interrupt *event)
{
        const struct turn *turn = &own.bound.turns[who];

        if (own.bound.stepped) {
                if (event->vector != H_VECTOR_DEBUG)
                        broken("a single step is due, and vector %u is told",
                               event->vector);
                own.seen[event->vector]++;
                return;
        }
        processor_check(own.bound.space, data);
        registers_check(turn->context, event);
        belongings_check(turn);
}

unsigned
handler_check(struct h_fault_context context)
{
        const struct bound *bound = &own.bound;
        const uint32_t frame = (uint32_t)(uintptr_t)__builtin_frame_address(0);
        const uint32_t stack = (uint32_t)(uintptr_t)boot_stack_top - RUN_FRAME;
        unsigned who = turn_of(context);

        if (bound->refusals)
                broken("an operation was not refused; reasons: 0x%x",
                       bound->refusals);
        if (who != bound->started)
                broken("the client is told about context %u, not %u", who,
                       bound->started);
        if (frame >= stack || frame < stack - STACK_MOST)
                broken("a handler begins on a stack at 0x%08x", frame);
        return who;
}
