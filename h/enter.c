// SPDX-License-Identifier: MIT
// What belongs to a context and is neither in its registers nor in its address
// space: the ports that it may use, its GS segment, the floating-point unit.
//
// The ports are bits in the one map that the processor looks into
// (kernel_ports): 0 where ring 3 may use the port. It is written only when
// another context's ports are to be there; a context without any has the map
// out of the segment's reach.
//
// Source: Intel SDM volume 1, 19.5.2 (the map); volume 3, 3.4.2 and 3.4.3
// (segment registers and what they keep in mind). The contracts are in
// <h/internal/context.h>.
#include <h/internal/entry.h>
#include <kernel/cpu.h>
#include <kernel/descriptors.h>

_Static_assert(offsetof(struct context_slot, registers[H_DS]) == CONTEXT_DS &&
                       offsetof(struct context_slot, registers[H_HANDLER]) ==
                               CONTEXT_HANDLER &&
                       offsetof(struct context_slot, registers[H_EIP]) ==
                               CONTEXT_EIP &&
                       offsetof(struct context_slot, registers[H_EFLAGS]) ==
                               CONTEXT_EFLAGS &&
                       offsetof(struct context_slot, registers[H_ESP]) ==
                               CONTEXT_ESP &&
                       offsetof(struct context_slot, registers[H_REGISTERS]) ==
                               CONTEXT_END &&
                       offsetof(struct context_slot, generation) ==
                               CONTEXT_GENERATION &&
                       offsetof(struct context_slot, flags) == CONTEXT_FLAGS &&
                       offsetof(struct context_slot, gs) == CONTEXT_GS &&
                       offsetof(struct context_slot, index) == CONTEXT_INDEX,
               "the assembler is told where things are");
_Static_assert(offsetof(struct tss, esp0) == TSS_ESP0, "this too");

#define NO_SEGMENT 0

static void
allow_port(uint32_t port)
{
        kernel_ports[port / 8] &= (uint8_t) ~(1u << port % 8);
}

static void
forbid_port(uint32_t port)
{
        kernel_ports[port / 8] |= (uint8_t)(1u << port % 8);
}

static void
for_ports(const struct context_slot *slot, void (*change)(uint32_t port))
{
        for (uint32_t i = 0; i < slot->port_count; i++)
                for (uint32_t port = slot->ports[i].first;
                     port <= slot->ports[i].last; port++)
                        change(port);
}

void
context_forget_ports(const struct context_slot *slot)
{
        if (execution.ports_owner != slot)
                return;

        for_ports(slot, forbid_port);
        execution.ports_owner = NULL;
        kernel_tss.io_map = NO_IO_MAP;
}

static void
enter_ports(const struct context_slot *slot)
{
        if (slot->port_count == 0) {
                kernel_tss.io_map = NO_IO_MAP;
                return;
        }
        if (execution.ports_owner != slot) {
                if (execution.ports_owner)
                        for_ports(execution.ports_owner, forbid_port);
                for_ports(slot, allow_port);
                execution.ports_owner = slot;
        }
        kernel_tss.io_map = sizeof(struct tss);
}

// A segment register keeps the descriptor that it was loaded with, so it is
// loaded even where the selector is the same. What the last program has left in
// FS and GS is gone with that. The descriptor is the context's too, if it has none:
// a program may load the selector by itself.
static void
enter_segments(const struct context_slot *slot)
{
        load_fs(NO_SEGMENT);
        descriptors_set_gs((struct descriptor){ slot->gs_low, slot->gs_high });
        load_gs((uint16_t)slot->gs);
}

void
context_enter(struct context_slot *slot)
{
        slot->flags &= ~(uint32_t)(CONTEXT_CALL | CONTEXT_SYSENTER);
        execution.short_way = false;
        sysenter_left = leave_user;
        enter_ports(slot);
        enter_segments(slot);
        fpu_enter(slot);
}

void
context_leave(const struct context_slot *slot)
{
        context_forget_ports(slot);
        fpu_forget(slot);
        if (execution.running == slot) {
                execution.running = NULL;
                execution.short_way = false;
        }
}
