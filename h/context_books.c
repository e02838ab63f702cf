// SPDX-License-Identifier: MIT
// What is true of fault contexts between any two operations: each slot says what H
// alone has put there, and the processor's own tables give ring 3 what the slots
// say and nothing else.
//
// What the registers of a context say is the client's affair, and not looked at.
// The contract is in <h/internal/wellformed.h>.
#include <h/internal/context.h>
#include <h/internal/kernel_mapping.h>
#include <h/internal/port.h>
#include <h/internal/wellformed.h>
#include <kernel/cpu.h>
#include <kernel/descriptors.h>
#include <kernel/layout.h>

#define FLAGS                                                                  \
        (uint32_t)(CONTEXT_DEBUG | CONTEXT_CALL | CONTEXT_SYSENTER |           \
                   CONTEXT_BOUND | CONTEXT_PORTS)

static bool
unsound(const struct context_slot *slot, struct violation *found)
{
        return violated(found, CONTEXTS_ARE_SOUND, paddr(0),
                        vaddr((uint32_t)(uintptr_t)slot));
}

static bool
implies(bool a, bool b)
{
        return !a || b;
}

static bool
flags_are_right(const struct context_slot *slot)
{
        uint32_t flags = slot->flags;

        return (flags & ~FLAGS) == 0 &&
               implies((flags & CONTEXT_SYSENTER) != 0,
                       (flags & CONTEXT_CALL) != 0) &&
               ((flags & CONTEXT_BOUND) != 0) == (slot->space != NULL) &&
               ((flags & CONTEXT_PORTS) != 0) == (slot->port_count != 0);
}

static bool
ports_are_right(const struct context_slot *slot)
{
        if (slot->port_count > H_PORT_RANGES)
                return false;
        for (uint32_t i = 0; i < slot->port_count; i++)
                if (slot->ports[i].first > slot->ports[i].last ||
                    !ports_for_programs(slot->ports[i].first,
                                        slot->ports[i].last))
                        return false;
        return true;
}

// None, or what a program may read of user space. The drawing of a descriptor is in
// <kernel/descriptors.h>.
static bool
segment_is_right(const struct context_slot *slot)
{
        if (slot->gs == 0)
                return slot->gs_low == 0 && slot->gs_high == 0;

        uint32_t base = slot->gs_low >> 16 | (slot->gs_high & 0xFFu) << 16 |
                        (slot->gs_high & 0xFF000000u);
        uint32_t limit = (slot->gs_low & 0xFFFFu) | (slot->gs_high & 0xF0000u);
        uint32_t flags = slot->gs_high >> 20 & 0xFu;
        uint32_t type = slot->gs_high >> 8 & 0xFFu;
        if (flags == FLAGS_PAGES)
                limit = limit * PAGE_SIZE + (PAGE_SIZE - 1);
        return slot->gs == USER_GS &&
               (flags == FLAGS_BYTES || flags == FLAGS_PAGES) &&
               type == (TYPE_PRESENT | TYPE_RING_3 | TYPE_READ_ONLY_DATA) &&
               base < KERNEL_BASE && limit < KERNEL_BASE - base;
}

static bool
is_slot_of(const void *slot, const void *slots, uint32_t count, size_t size)
{
        uintptr_t distance = (uintptr_t)slot - (uintptr_t)slots;

        return distance % size == 0 && distance / size < count;
}

// It names slots, whatever is in them now. As long as the mapping is still the one
// that it was bound to, the buffer ends where that ends.
static bool
binding_is_right(const struct context_slot *slot)
{
        const struct kernel_mapping_slot *mapping = slot->mapping;

        if (slot->space &&
            (!is_slot_of(slot->space, h_state.pagemaps, h_state.pagemap_count,
                         sizeof(*slot->space)) ||
             slot->index != (uint32_t)(slot - execution.contexts)))
                return false;
        if (!mapping)
                return slot->buffer_words == 0;
        if (!slot->space ||
            !is_slot_of(mapping, h_state.kernel_mappings,
                        h_state.kernel_mapping_count, sizeof(*mapping)))
                return false;
        if (mapping->generation != slot->mapping_generation)
                return true;

        uint32_t words = mapping_words(mapping);
        return slot->buffer_words > 0 && slot->buffer_words <= words &&
               slot->buffer ==
                       mapping_word(mapping, words - slot->buffer_words) &&
               mapping_readable(mapping) && mapping_writable(mapping);
}

// A context that the processor is said to hold something of.
static bool
is_in_use(const struct context_slot *slot)
{
        return is_slot_of(slot, execution.contexts, execution.context_count,
                          sizeof(*slot)) &&
               slot->generation != 0;
}

static bool
owners_are_right(void)
{
        return (!execution.running || is_in_use(execution.running)) &&
               (!execution.fpu_owner || is_in_use(execution.fpu_owner)) &&
               (!execution.ports_owner || is_in_use(execution.ports_owner)) &&
               implies(execution.short_way,
                       execution.running && kernel_tss.io_map == NO_IO_MAP &&
                               (read_cr0() & CR0_TS) != 0);
}

static bool
may_use_port(const struct context_slot *slot, uint32_t port)
{
        for (uint32_t i = 0; slot && i < slot->port_count; i++)
                if (slot->ports[i].first <= port && port <= slot->ports[i].last)
                        return true;
        return false;
}

static bool
is_allowed(uint32_t port)
{
        return (kernel_ports[port / 8] >> port % 8 & 1u) == 0;
}

// The map says the ports of its owner, and the processor finds it only where there
// is one.
static bool
port_map_is_right(void)
{
        const struct context_slot *owner = execution.ports_owner;

        for (uint32_t port = 0; port < PORTS; port++) {
                if (port % 8 == 0 && kernel_ports[port / 8] == 0xFF)
                        port += 7;
                else if (is_allowed(port) && !may_use_port(owner, port))
                        return false;
        }
        for (uint32_t i = 0; owner && i < owner->port_count; i++)
                for (uint32_t port = owner->ports[i].first;
                     port <= owner->ports[i].last; port++)
                        if (!is_allowed(port))
                                return false;
        return kernel_ports[PORTS / 8] == 0xFF &&
               (kernel_tss.io_map == NO_IO_MAP ||
                (owner && kernel_tss.io_map == sizeof(struct tss)));
}

static struct slot_state
context_state(uint32_t index)
{
        const struct context_slot *slot = &execution.contexts[index];

        return (struct slot_state){ slot->generation, slot->last,
                                    slot->next_free };
}

bool
contexts_are_sound(struct violation *found)
{
        if (execution.context_count == 0)
                return true; // before execution_init

        for (uint32_t i = 0; i < execution.context_count; i++) {
                const struct context_slot *slot = &execution.contexts[i];
                if (!flags_are_right(slot) || !ports_are_right(slot) ||
                    !segment_is_right(slot) || !binding_is_right(slot) ||
                    (slot->generation == 0 && slot->flags != 0))
                        return unsound(slot, found);
        }
        if (!owners_are_right() || !port_map_is_right())
                return unsound(NULL, found);
        return slots_are_sound(context_state, execution.context_count,
                               execution.free_context, found);
}
