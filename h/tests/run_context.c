// SPDX-License-Identifier: MIT
// Doing calls on contexts, interrupt lines and the timer; comparing contexts. See
// run.h and compare.h.
#include "compare.h"
#include "controllers.h"
#include "ring3.h"
#include "run.h"

#include <string.h>

static struct h_fault_context contexts[CALLS_MAX + 1];
static uint16_t calls[MODEL_CONTEXTS];

void
run_start_contexts(const struct start *start)
{
        execution.context_count = start->context_slots;
        contexts_init();
        for (uint32_t i = 0; i < start->context_slots; i++)
                execution.contexts[i].last = start->last;
        memset(model.contexts, 0, sizeof(model.contexts));
        memset(contexts, 0, sizeof(contexts));
        model.context_slots = start->context_slots;
        model.running = NULL;
        model.masks = 0xFFFA;
        model.period = H_PERIOD_DEFAULT;
        model.fault_address = 0;
}

struct h_fault_context
run_context_handle(uint16_t number)
{
        return contexts[number];
}

uint16_t
run_context_call(unsigned index)
{
        return calls[index];
}

struct h_fault_context
run_context_of(struct handle handle)
{
        struct h_fault_context named = contexts[handle.from];

        return (struct h_fault_context){ named.slot ^ handle.slot,
                                         named.generation + handle.generation };
}

static void
run_slots(const struct call *call, struct h_fault_context handle)
{
        struct h_fault_context *in_model = NULL;

        if (call->kind == FREE_CONTEXT) {
                refusals set = model_free_context(handle);
                if (run_agree(h_free_fault_context(handle), set) &&
                    handle.generation == UINT32_MAX)
                        model.context_slots--;
                return;
        }
        handle = (struct h_fault_context){ UNTOUCHED, UNTOUCHED };
        refusals set = model_alloc_context(&in_model);
        if (!run_agree(h_alloc_fault_context(&handle), set)) {
                run_same("the handle", handle.slot, UNTOUCHED);
                return;
        }
        run_note_issued(handle.slot, handle.generation, OF_CONTEXT);
        *in_model = handle;
        contexts[call->number] = handle;
        calls[model_context(handle) - model.contexts] = call->number;
}

static void
run_register(const struct call *call, struct h_fault_context handle)
{
        enum h_register reg = (enum h_register)call->count;
        uint32_t value = UNTOUCHED, *place = NULL;
        refusals set = model_register(handle, call->count, &place);

        if (call->kind == READ_REGISTER) {
                run_agree(h_read_register(handle, reg, &value), set);
                run_same("the register", value, place ? *place : UNTOUCHED);
                return;
        }
        if (run_agree(h_write_register(handle, reg, call->word), set))
                *place = call->word;
}

static void
run_registers(const struct call *call, struct h_fault_context handle)
{
        uint32_t values[H_REGISTERS];
        struct model_context *context = model_context(handle);
        refusals set = context ? 0 : REFUSE(H_BAD_HANDLE);

        for (uint32_t i = 0; i < H_REGISTERS; i++)
                values[i] = call->word * (2 * i + 1);
        if (call->kind == WRITE_REGISTERS) {
                if (run_agree(h_write_registers(handle, values), set))
                        memcpy(context->registers, values, sizeof(values));
                return;
        }
        if (run_agree(h_read_registers(handle, values), set))
                for (unsigned i = 0; i < H_REGISTERS; i++)
                        run_same("a register", values[i],
                                 context->registers[i]);
}

static void
run_ports(const struct call *call, struct h_fault_context handle)
{
        struct h_port_range ports[H_PORT_RANGES];
        uint32_t first = call->address[0], length = call->address[1];

        for (uint32_t i = 0; i < H_PORT_RANGES; i++)
                ports[i] = (struct h_port_range){
                        (uint16_t)(first + i * (call->word & 7)),
                        (uint16_t)(first + i * (call->word & 7) + length),
                };
        refusals set = model_set_ports(handle, ports, call->count);
        run_agree(h_set_ports(handle, ports, call->count), set);
}

void
run_contexts(const struct call *call)
{
        struct h_fault_context handle = run_context_of(call->context);

        switch (call->kind) {
        case ALLOC_CONTEXT:
        case FREE_CONTEXT:
                run_slots(call, handle);
                return;
        case READ_REGISTER:
        case WRITE_REGISTER:
                run_register(call, handle);
                return;
        case READ_REGISTERS:
        case WRITE_REGISTERS:
                run_registers(call, handle);
                return;
        case SET_GS: {
                struct h_vaddr base = { call->address[0] };
                refusals set = model_set_gs(handle, base, call->count);
                run_agree(h_set_gs(handle, base, call->count), set);
                return;
        }
        case SET_PORTS:
                run_ports(call, handle);
                return;
        case BIND: {
                struct h_pagemap space = run_pagemap_of(call->handle[0]);
                struct h_kernel_mapping words = run_mapping_of(call->handle[1]);
                uint32_t offset = call->address[0];
                refusals set = model_bind(handle, space, words, offset);
                run_agree(h_bind(handle, space, words, offset), set);
                return;
        }
        default: {
                refusals set = model_unbind(handle);
                run_agree(h_unbind(handle), set);
                return;
        }
        }
}

void
run_lines(const struct call *call)
{
        uint32_t count = call->count;

        switch (call->kind) {
        case ENABLE_IRQ:
                run_agree(h_enable_irq(count), model_enable_irq(count));
                break;
        case DISABLE_IRQ:
                run_agree(h_disable_irq(count), model_disable_irq(count));
                break;
        case MASK_ACK_IRQ:
                run_agree(h_mask_ack_irq(count), model_mask_ack_irq(count));
                break;
        default:
                run_agree(h_set_period(count), model_set_period(count));
                break;
        }
}

// The addresses that the descriptor of a slot shows.
static void
compare_gs(const struct context_slot *slot, const struct model_context *context)
{
        struct descriptor due = { 0, 0 };
        uint32_t limit = context->gs_last - context->gs_first;

        if (context->gs && limit < 0x100000)
                due = segment_descriptor(context->gs_first, limit, 0x71, 4);
        else if (context->gs)
                due = segment_descriptor(context->gs_first, limit >> 12, 0x71,
                                         0xC);
        run_same("the low half of GS's segment", slot->gs_low, due.low);
        run_same("the high half of GS's segment", slot->gs_high, due.high);
}

void
compare_contexts(void)
{
        uint32_t live = 0;

        for (uint32_t i = 0; i < execution.context_count; i++) {
                const struct context_slot *slot = &execution.contexts[i];
                const struct model_context *context = model_context(
                        (struct h_fault_context){ i, slot->generation });
                if (slot->generation == 0)
                        continue;
                if (!context)
                        machine_stop("the slot %u of a context is in use", i);
                for (unsigned reg = 0; reg < H_REGISTERS; reg++)
                        if (slot->registers[reg] != context->registers[reg])
                                machine_stop("register %u of context %u is "
                                             "0x%08x, not 0x%08x",
                                             reg, i, slot->registers[reg],
                                             context->registers[reg]);
                compare_gs(slot, context);
                run_same("the number of ports", slot->port_count,
                         (uint32_t)context->port_count);
                if (memcmp(slot->ports, context->ports,
                           context->port_count * sizeof(slot->ports[0])) != 0)
                        machine_stop("the ports of context %u differ", i);
                live++;
        }
        for (unsigned i = 0; i < MODEL_CONTEXTS; i++)
                live -= model.contexts[i].live;
        run_same("contexts with a slot, and too few of them", live, 0);
        run_same("the masked lines",
                 controllers.pic[0].mask | controllers.pic[1].mask << 8u,
                 model.masks);
        run_same("the timer's count", controllers.count,
                 (uint32_t)(UINT64_C(1193182) * model.period / 1000000));
        run_same("the last fault's address", h_last_fault_address().value,
                 model.fault_address);
}
