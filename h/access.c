// SPDX-License-Identifier: MIT
// What a context lets its program use beside memory and registers: a segment in GS,
// and ports. Both are noted here; context_enter gives them to the processor.
//
// The contracts are in <h/execution.h>. Source: Intel SDM volume 3, 3.4.5 (segment
// descriptors: base, limit, granularity).
#include <h/internal/context.h>
#include <h/internal/paranoid.h>
#include <h/internal/port.h>
#include <kernel/descriptors.h>
#include <kernel/layout.h>

// The most bytes that a segment can have whose limit is in bytes.
#define BYTE_LIMIT 0x100000u

// The bytes that a segment has which is to have `bytes`. Not more than there is of
// user space, whose size is whole pages.
static uint32_t
segment_bytes(uint32_t bytes)
{
        if (bytes <= BYTE_LIMIT)
                return bytes;
        return (bytes + (PAGE_SIZE - 1)) & ~(PAGE_SIZE - 1);
}

static struct descriptor
user_segment(uint32_t base, uint32_t bytes)
{
        const uint32_t type = TYPE_READ_ONLY_DATA | TYPE_RING_3;

        if (bytes <= BYTE_LIMIT)
                return segment_descriptor(base, bytes - 1, type, FLAGS_BYTES);
        return segment_descriptor(base, bytes / PAGE_SIZE - 1, type,
                                  FLAGS_PAGES);
}

enum h_error
h_set_gs(struct h_fault_context context, struct h_vaddr base, uint32_t bytes)
{
        H_OPERATION();
        struct context_slot *slot = context_slot(context);
        if (!slot)
                return H_BAD_HANDLE;
        if (bytes == 0) {
                slot->gs = slot->gs_low = slot->gs_high = 0;
                return H_OK;
        }
        if (base.value >= KERNEL_BASE || bytes > KERNEL_BASE ||
            segment_bytes(bytes) > KERNEL_BASE - base.value)
                return H_BAD_ADDRESS;

        struct descriptor segment =
                user_segment(base.value, segment_bytes(bytes));
        slot->gs = USER_GS;
        slot->gs_low = segment.low;
        slot->gs_high = segment.high;
        return H_OK;
}

enum h_error
h_set_ports(struct h_fault_context context, const struct h_port_range *ports,
            size_t count)
{
        H_OPERATION();
        struct context_slot *slot = context_slot(context);
        if (!slot)
                return H_BAD_HANDLE;
        if (count > H_PORT_RANGES)
                return H_CAPACITY;

        // What the client has could change while it is looked at, if it gave the
        // program the page: a copy is looked at, and kept.
        struct h_port_range copy[H_PORT_RANGES];
        for (size_t i = 0; i < count; i++) {
                copy[i] = ports[i];
                if (copy[i].first > copy[i].last ||
                    !ports_for_programs(copy[i].first, copy[i].last))
                        return H_PORT;
        }

        // The bits of the old ones are found by what the slot says.
        context_forget_ports(slot);
        for (size_t i = 0; i < count; i++)
                slot->ports[i] = copy[i];
        slot->port_count = (uint32_t)count;
        slot->flags &= ~(uint32_t)CONTEXT_PORTS;
        if (count > 0)
                slot->flags |= CONTEXT_PORTS;
        return H_OK;
}
