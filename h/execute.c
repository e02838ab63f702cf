// SPDX-License-Identifier: MIT
// Running user code: into ring 3 with a context's registers, and back with the
// reason. What concerns H alone does not come back: a floating-point unit that
// holds another context's state, an interrupt that was none.
//
//    h_execute --> what ring 3 must have --> enter_user --> ring 3
//        ^                                                    |
//        |   not told: once more                              | gate, SYSENTER
//        +------ interrupt_decode <-- vector, code <----------+
//
// The contracts are in <h/execution.h>. Source: the dissertation, 6.8 and
// 8.2.2.
#include <h/internal/entry.h>
#include <h/internal/handles.h>
#include <h/internal/interrupts.h>
#include <h/internal/machine.h>
#include <h/internal/paranoid.h>
#include <kernel/cpu.h>
#include <kernel/fault.h>
#include <kernel/todo.h>

// H4-BEGIN 4.4
// Ring 3 and back, once. Nothing between context_force and enter_user changes
// the context's registers.
static uint8_t
enter(const struct pagemap_slot *space, struct context_slot *slot)
{
        context_force(slot);
        machine_load(space->directory);
        kernel_tss.esp0 = context_stack(slot);
        execution.running = slot;
        context_enter(slot);
        enter_user(slot);

        uint8_t vector = (uint8_t)slot->registers[H_HANDLER];
        if (vector == H_VECTOR_PAGE_FAULT)
                execution.fault_address = vaddr(read_cr2());
        return vector;
}

// Is the client to hear of it?
static bool
is_clients(uint8_t vector)
{
        if (vector == TRAP_DEVICE_NOT_AVAILABLE)
                return !fpu_take();
        if (vector >= H_VECTOR_IRQ && vector < SYSTEM_CALL_GATE)
                return irq_arrived(vector - H_VECTOR_IRQ);
        return true;
}

// A single step over SYSENTER was due before the system call was told. It counts
// as one more entry into ring 3, without an instruction.
static uint8_t
tell_step(struct context_slot *slot)
{
        slot->flags &=
                ~(uint32_t)(CONTEXT_DEBUG | CONTEXT_CALL | CONTEXT_SYSENTER);
        slot->registers[H_HANDLER] = H_VECTOR_DEBUG;
        slot->registers[H_CODE] = 0;
        return H_VECTOR_DEBUG;
}

static uint8_t
run(const struct pagemap_slot *space, struct context_slot *slot)
{
        if ((slot->flags & CONTEXT_DEBUG) != 0)
                return tell_step(slot);

        uint8_t vector;
        do
                vector = enter(space, slot);
        while (!is_clients(vector));
        return vector;
}
// H4-STUB 4.4
// H4-END 4.4

enum h_error
h_execute_vector(struct h_pagemap pagemap, struct h_fault_context context,
                 uint8_t *vector)
{
        H_OPERATION();
        // H4-BEGIN 4.4
        const struct pagemap_slot *space = pagemap_slot(pagemap);
        struct context_slot *slot = context_slot(context);
        if (!space || !slot)
                return H_BAD_HANDLE;

        *vector = run(space, slot);
        return H_OK;
        // H4-STUB 4.4
        //| H4_TODO("4.4", pagemap, context, vector);
        // H4-END 4.4
}

enum h_error
h_execute(struct h_pagemap pagemap, struct h_fault_context context,
          struct h_interrupt *out)
{
        H_OPERATION();
        // H4-BEGIN 4.4
        uint8_t vector;
        enum h_error error = h_execute_vector(pagemap, context, &vector);
        if (error != H_OK)
                return error;

        uint32_t code = context_slot(context)->registers[H_CODE];
        *out = interrupt_decode(vector, code, execution.fault_address);
        return H_OK;
        // H4-STUB 4.4
        //| H4_TODO("4.4", pagemap, context, out);
        // H4-END 4.4
}

struct h_vaddr
h_last_fault_address(void)
{
        // H4-BEGIN 4.4
        return (struct h_vaddr){ execution.fault_address.value };
        // H4-STUB 4.4
        //| H4_TODO("4.4");
        // H4-END 4.4
}
