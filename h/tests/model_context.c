// SPDX-License-Identifier: MIT
// The model: fault contexts, what they are bound to and what is handed over between
// them, interrupt lines, the timer. See model.h.
#include "model.h"

#include <string.h>

struct model_context *
model_context(struct h_fault_context handle)
{
        for (unsigned i = 0; i < MODEL_CONTEXTS; i++)
                if (model.contexts[i].live &&
                    model.contexts[i].handle.slot == handle.slot &&
                    model.contexts[i].handle.generation == handle.generation)
                        return &model.contexts[i];
        return NULL;
}

refusals
model_alloc_context(struct h_fault_context **handle)
{
        unsigned index = 0, live = 0;

        for (unsigned i = 0; i < MODEL_CONTEXTS; i++)
                live += model.contexts[i].live;
        if (live >= model.context_slots)
                return REFUSE(H_HANDLES_USED);

        while (model.contexts[index].live)
                index++;
        model.contexts[index] = (struct model_context){ .live = true };
        *handle = &model.contexts[index].handle;
        return 0;
}

refusals
model_free_context(struct h_fault_context handle)
{
        struct model_context *context = model_context(handle);
        if (!context)
                return REFUSE(H_BAD_HANDLE);

        context->live = false;
        if (model.running == context)
                model.running = NULL;
        return 0;
}

refusals
model_register(struct h_fault_context handle, uint32_t reg, uint32_t **place)
{
        struct model_context *context = model_context(handle);
        refusals set = 0;

        if (!context)
                set |= REFUSE(H_BAD_HANDLE);
        if (reg >= H_REGISTERS)
                set |= REFUSE(H_BAD_REGISTER);
        if (set == 0)
                *place = &context->registers[reg];
        return set;
}

refusals
model_set_gs(struct h_fault_context handle, struct h_vaddr base, uint32_t bytes)
{
        struct model_context *context = model_context(handle);
        uint64_t size = bytes;
        refusals set = 0;

        if (!context)
                set |= REFUSE(H_BAD_HANDLE);
        if (size > 0x100000)
                size = (size + 0xFFF) / 0x1000 * 0x1000;
        if (size > 0 && base.value + size > H_KERNEL_SPACE)
                set |= REFUSE(H_BAD_ADDRESS);
        if (set != 0)
                return set;
        context->gs = size > 0;
        context->gs_first = base.value;
        context->gs_last = (uint32_t)(base.value + size - 1);
        return 0;
}

// The ports of the design, but for the keyboard's commands.
static bool
is_programs(uint32_t port)
{
        static const struct {
                uint16_t first, last;
        } lent[] = {
                { 0x60, 0x60 },   { 0x170, 0x177 }, { 0x1F0, 0x1F7 },
                { 0x278, 0x27F }, { 0x2E8, 0x2EF }, { 0x2F8, 0x31F },
                { 0x376, 0x376 }, { 0x378, 0x37F }, { 0x3B0, 0x3DF },
                { 0x3E8, 0x3EF }, { 0x3F6, 0x3F6 }, { 0x3F8, 0x3FF },
        };

        for (size_t i = 0; i < sizeof(lent) / sizeof(lent[0]); i++)
                if (lent[i].first <= port && port <= lent[i].last)
                        return true;
        return false;
}

refusals
model_set_ports(struct h_fault_context handle, const struct h_port_range *ports,
                size_t count)
{
        struct model_context *context = model_context(handle);
        refusals set = 0;

        if (!context)
                set |= REFUSE(H_BAD_HANDLE);
        if (count > H_PORT_RANGES)
                return set | REFUSE(H_CAPACITY);
        for (size_t i = 0; i < count; i++) {
                if (ports[i].first > ports[i].last)
                        set |= REFUSE(H_PORT);
                for (uint32_t port = ports[i].first; port <= ports[i].last;
                     port++)
                        if (!is_programs(port))
                                set |= REFUSE(H_PORT);
        }
        if (set != 0)
                return set;
        memcpy(context->ports, ports, count * sizeof(ports[0]));
        context->port_count = count;
        return 0;
}

refusals
model_bind(struct h_fault_context handle, struct h_pagemap pagemap,
           struct h_kernel_mapping buffer, uint32_t offset)
{
        struct model_context *context = model_context(handle);
        const struct model_mapping *mapping = model_mapping(buffer);
        bool none = buffer.slot == 0 && buffer.generation == 0;
        refusals set = 0;

        if (!context || !model_pagemap(pagemap) || (!mapping && !none))
                set |= REFUSE(H_BAD_HANDLE);
        if (mapping && offset >= mapping->pages * H_PAGE_WORDS)
                set |= REFUSE(H_OFFSET);
        if (mapping && !(mapping->rights & H_W))
                set |= REFUSE(H_READ_ONLY);
        if (mapping && !(mapping->rights & (H_R | H_W)))
                set |= REFUSE(H_UNREADABLE);
        if (set != 0)
                return set;
        context->bound = true;
        context->space = pagemap;
        context->buffer = buffer;
        context->offset = offset;
        context->words = none ? 0 : mapping->pages * H_PAGE_WORDS - offset;
        return 0;
}

refusals
model_unbind(struct h_fault_context handle)
{
        struct model_context *context = model_context(handle);

        if (!context)
                return REFUSE(H_BAD_HANDLE);
        if (!context->bound)
                return REFUSE(H_NOT_BOUND);
        context->bound = false;
        context->words = 0;
        return 0;
}

// Ring 3 gets these registers, whatever else the context has said.
void
model_enter(struct model_context *context, struct h_pagemap space)
{
        uint32_t *registers = context->registers;

        model_run(model_pagemap(space)->directory);
        model.running = context;
        context->in_call = false;
        registers[H_CS] = 3 * 8 + 3;
        registers[H_SS] = 4 * 8 + 3;
        registers[H_EFLAGS] = (registers[H_EFLAGS] & H_USER_FLAGS) | 0x202;
}

static refusals
check_bound(const struct model_context *context)
{
        refusals set = 0;

        if (!context)
                return REFUSE(H_BAD_HANDLE);
        if (!context->bound)
                set |= REFUSE(H_NOT_BOUND);
        else if (!model_pagemap(context->space))
                set |= REFUSE(H_BAD_HANDLE);
        return set;
}

// A step that is due is told in place of running: the call is over all the same.
static void
run_or_step(struct model_context *context)
{
        if (!context->step_due) {
                model_enter(context, context->space);
                return;
        }
        context->step_due = false;
        context->in_call = false;
        context->registers[H_HANDLER] = 1;
        context->registers[H_CODE] = 0;
        model.running = context;
}

refusals
model_run_bound(struct h_fault_context handle)
{
        struct model_context *context = model_context(handle);
        refusals set = check_bound(context);

        if (set == 0)
                run_or_step(context);
        return set;
}

refusals
model_handoff(struct h_fault_context to, uint32_t count, uint32_t from,
              uint32_t tag)
{
        struct model_context *receiver = model_context(to);
        struct model_context *sender = model.running;
        refusals set = check_bound(receiver);

        if (!sender || !sender->in_call || (receiver && !receiver->in_call))
                set |= REFUSE(H_NO_CALL);
        if (sender && !sender->bound)
                set |= REFUSE(H_NOT_BOUND);
        if (set != 0)
                return set;
        if (count > sender->words || count > receiver->words)
                set |= REFUSE(H_OFFSET);
        if (count > 0 && (!model_mapping(sender->buffer) ||
                          !model_mapping(receiver->buffer)))
                set |= REFUSE(H_BAD_HANDLE);
        if (set != 0)
                return set;

        if (count > 0)
                model_copy_forward(
                        model_mapping(receiver->buffer), receiver->offset,
                        model_mapping(sender->buffer), sender->offset, count);
        receiver->registers[H_EAX] = from;
        receiver->registers[H_ESI] = tag;
        run_or_step(receiver);
        return 0;
}

refusals
model_enable_irq(uint32_t line)
{
        if (line > 15 || line == 2)
                return REFUSE(H_BAD_IRQ);
        model.masks &= (uint16_t) ~(1u << line);
        return 0;
}

refusals
model_disable_irq(uint32_t line)
{
        if (line > 15 || line == 2 || line == 0)
                return REFUSE(H_BAD_IRQ);
        model.masks |= (uint16_t)(1u << line);
        return 0;
}

refusals
model_mask_ack_irq(uint32_t line)
{
        return model_disable_irq(line);
}

refusals
model_set_period(uint32_t microseconds)
{
        if (microseconds < 100 || microseconds > 50000)
                return REFUSE(H_BAD_PERIOD);
        model.period = microseconds;
        return 0;
}
