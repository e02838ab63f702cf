// SPDX-License-Identifier: MIT
// What a vector means. The contract is in <h/internal/interrupts.h>.
//
// Source: Intel SDM volume 3, 6.3.1 (vectors), 4.7 (the error code of a page
// fault).
#include <h/internal/entry.h>
#include <h/internal/interrupts.h>
#include <kernel/fault.h>
#include <kernel/todo.h>

// H4-BEGIN 4.5
static enum h_interrupt_kind
kind_of(uint8_t vector)
{
        if (vector >= SYSTEM_CALL_GATE)
                return H_SYSTEM_CALL;
        if (vector > H_VECTOR_IRQ)
                return H_IRQ;
        if (vector == H_VECTOR_IRQ)
                return H_TIMER;
        return vector == H_VECTOR_PAGE_FAULT ? H_PAGE_FAULT : H_EXCEPTION;
}
// H4-STUB 4.5
// H4-END 4.5

struct h_interrupt
interrupt_decode(uint8_t vector, uint32_t code, struct vaddr address)
{
        // H4-BEGIN 4.5
        struct h_interrupt found = {
                .kind = kind_of(vector),
                .vector = vector,
                .code = code,
        };

        if (found.kind == H_IRQ)
                found.line = vector - H_VECTOR_IRQ;
        if (found.kind == H_PAGE_FAULT) {
                found.present = (code & FAULT_PRESENT) != 0;
                found.write = (code & FAULT_WRITE) != 0;
                found.user = (code & FAULT_USER) != 0;
                found.address = (struct h_vaddr){ address.value };
        }
        return found;
        // H4-STUB 4.5
        //| H4_TODO("4.5", vector, code, address);
        // H4-END 4.5
}
