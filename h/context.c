// SPDX-License-Identifier: MIT
// Fault contexts: slots and handles, as for address spaces, and the registers of a
// program while it does not run.
//
//        h_alloc_fault_context          h_write_register(s)
//   free ---------------------> all 0 <---------------------+
//    ^                            |                         |
//    |                            | h_execute               |
//    +----------------------------+-------> ring 3 ---------+
//         h_free_fault_context                 what the program had
//
// Whatever is written to a context can be read again. What of it may not reach
// ring 3 is kept from it when the context is entered: context_force.
//
// The contracts are in <h/execution.h> and <h/internal/context.h>. Source: the
// dissertation, 4.5 and 6.8; Intel SDM volume 1, 3.4.3 (EFLAGS).
#include <h/internal/context.h>
#include <h/internal/paranoid.h>
#include <kernel/cpu.h>
#include <kernel/descriptors.h>
#include <kernel/todo.h>

// H4-BEGIN 4.3
static bool
is_register(enum h_register reg)
{
        return (unsigned)reg < H_REGISTERS;
}
// H4-STUB 4.3
// H4-END 4.3

void
contexts_init(void)
{
        // H4-BEGIN 4.3
        execution.free_context = SLOT_NONE;
        for (uint32_t i = execution.context_count; i-- > 0;) {
                execution.contexts[i].next_free = execution.free_context;
                execution.free_context = i;
        }
        // H4-STUB 4.3
        //| H4_TODO("4.3");
        // H4-END 4.3
}

enum h_error
h_alloc_fault_context(struct h_fault_context *out)
{
        H_OPERATION();
        // H4-BEGIN 4.3
        uint32_t index = execution.free_context;
        if (index == SLOT_NONE)
                return H_HANDLES_USED;

        struct context_slot *slot = &execution.contexts[index];
        execution.free_context = slot->next_free;
        *slot = (struct context_slot){
                .generation = slot->last + 1,
                .last = slot->last,
                .next_free = SLOT_NONE,
        };
        fpu_reset(slot);
        *out = context_handle(slot);
        return H_OK;
        // H4-STUB 4.3
        //| H4_TODO("4.3", out);
        // H4-END 4.3
}

enum h_error
h_free_fault_context(struct h_fault_context context)
{
        H_OPERATION();
        // H4-BEGIN 4.3
        struct context_slot *slot = context_slot(context);
        if (!slot)
                return H_BAD_HANDLE;

        // First the processor, as it looks at what the slot says.
        context_leave(slot);
        *slot = (struct context_slot){
                .last = slot->generation,
                .next_free = SLOT_NONE,
        };

        // After the last generation the first would come again.
        if (slot->last == UINT32_MAX)
                return H_OK;
        slot->next_free = execution.free_context;
        execution.free_context = context.slot;
        return H_OK;
        // H4-STUB 4.3
        //| H4_TODO("4.3", context);
        // H4-END 4.3
}

enum h_error
h_read_register(struct h_fault_context context, enum h_register reg,
                uint32_t *value)
{
        H_OPERATION();
        // H4-BEGIN 4.3
        const struct context_slot *slot = context_slot(context);
        if (!slot)
                return H_BAD_HANDLE;
        if (!is_register(reg))
                return H_BAD_REGISTER;

        *value = slot->registers[reg];
        return H_OK;
        // H4-STUB 4.3
        //| H4_TODO("4.3", context, reg, value);
        // H4-END 4.3
}

enum h_error
h_write_register(struct h_fault_context context, enum h_register reg,
                 uint32_t value)
{
        H_OPERATION();
        // H4-BEGIN 4.3
        struct context_slot *slot = context_slot(context);
        if (!slot)
                return H_BAD_HANDLE;
        if (!is_register(reg))
                return H_BAD_REGISTER;

        slot->registers[reg] = value;
        if (reg != H_EAX && reg != H_ESI)
                slot->flags &= ~(uint32_t)CONTEXT_SYSENTER;
        return H_OK;
        // H4-STUB 4.3
        //| H4_TODO("4.3", context, reg, value);
        // H4-END 4.3
}

enum h_error
h_read_registers(struct h_fault_context context, uint32_t values[H_REGISTERS])
{
        H_OPERATION();
        // H4-BEGIN 4.3
        const struct context_slot *slot = context_slot(context);
        if (!slot)
                return H_BAD_HANDLE;

        for (unsigned i = 0; i < H_REGISTERS; i++)
                values[i] = slot->registers[i];
        return H_OK;
        // H4-STUB 4.3
        //| H4_TODO("4.3", context, values);
        // H4-END 4.3
}

enum h_error
h_write_registers(struct h_fault_context context,
                  const uint32_t values[H_REGISTERS])
{
        H_OPERATION();
        // H4-BEGIN 4.3
        struct context_slot *slot = context_slot(context);
        if (!slot)
                return H_BAD_HANDLE;

        for (unsigned i = 0; i < H_REGISTERS; i++)
                slot->registers[i] = values[i];
        slot->flags &= ~(uint32_t)CONTEXT_SYSENTER;
        return H_OK;
        // H4-STUB 4.3
        //| H4_TODO("4.3", context, values);
        // H4-END 4.3
}

void
context_force(struct context_slot *slot)
{
        // H4-BEGIN 4.3
        uint32_t flags = slot->registers[H_EFLAGS] & H_USER_FLAGS;

        slot->registers[H_CS] = USER_CODE;
        slot->registers[H_EFLAGS] = flags | EFLAGS_FIXED | EFLAGS_IF;
        slot->registers[H_SS] = USER_DATA;
        // H4-STUB 4.3
        //| H4_TODO("4.3", slot);
        // H4-END 4.3
}
