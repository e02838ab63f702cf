// SPDX-License-Identifier: MIT
// Waiting for an interrupt without user code, and asking for one. The contracts
// are in <h/execution.h>. Source: Intel 8259A data sheet (OCW3).
#include <h/internal/entry.h>
#include <h/internal/interrupts.h>
#include <kernel/cpu.h>
#include <kernel/pic.h>

void
h_wait(struct h_interrupt *out)
{
        uint32_t vector;

        do
                vector = wait_for_vector();
        while (!irq_arrived(vector - H_VECTOR_IRQ));
        *out = interrupt_decode((uint8_t)vector, 0, vaddr(0));
}

// The lines of a controller that are raised, not masked and not in service.
static uint8_t
requests(uint16_t pic)
{
        outb(pic, PIC_READ_REQUESTS);
        uint8_t raised = inb(pic);
        return raised & (uint8_t)~inb(pic + PIC_MASK);
}

bool
h_interrupt_pending(void)
{
        // The first controller's line 2 is raised where the second one has, or has
        // had, an interrupt to tell.
        const uint8_t cascade = 1u << PIC_CASCADE;
        uint8_t first = requests(PIC1);

        return (first & (uint8_t)~cascade) != 0 ||
               (first != 0 && requests(PIC2) != 0);
}
