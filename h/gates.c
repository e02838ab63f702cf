// SPDX-License-Identifier: MIT
// The gates through which ring 3 is left.
//
//   vector  0..31   32..47     48..127       0x80    above
//          +-------+----------+-------------+-------+- - - -
//          | excep-| interrupt| nothing     | calls | not in the table
//          | tions | lines    |             |       |
//          +-------+----------+-------------+-------+- - - -
//   INT n   3 and 4            no, vector 13  yes     no, vector 13
//
// The processor looks at a gate's level (DPL) only where a program asks for the
// gate by INT n, INT3 or INTO: such a program gets vector 13 with an error code
// that names the gate. Faults and interrupts do not look at it.
//
// Source: Intel SDM volume 3, 6.11, 6.12.1, 6.12.2 (task gates), 7.2.1 (TSS),
// 5.8.7 (SYSENTER). The contract is in <h/internal/entry.h>.
#include <h/internal/entry.h>
#include <kernel/cpu.h>
#include <kernel/fault.h>
#include <kernel/todo.h>

// H4-BEGIN 4.1
static struct descriptor gates[GATES] __attribute__((aligned(8)));

// An interrupt gate to the vector's own entry. It keeps interrupts off: there
// is one kernel stack, and nobody would save what lies on it.
static struct descriptor
interrupt_gate(uint32_t vector)
{
        uint32_t type = TYPE_INTERRUPT_GATE;

        if (gate_entries[vector] == 0)
                return (struct descriptor){ 0, 0 };
        if (vector == TRAP_BREAKPOINT || vector == TRAP_OVERFLOW ||
            vector == SYSTEM_CALL_GATE)
                type |= TYPE_RING_3;
        return gate_descriptor(KERNEL_CODE, gate_entries[vector], type);
}

static void
set_task_gate(uint32_t vector, uint32_t task)
{
        gates[vector] = gate_descriptor(task, 0, TYPE_TASK_GATE);
}
// H4-STUB 4.1
// H4-END 4.1

void
gates_init(void)
{
        // H4-BEGIN 4.1
        const struct table_register table = { sizeof(gates) - 1,
                                              (uint32_t)gates };

        for (uint32_t vector = 0; vector < GATES; vector++)
                gates[vector] = interrupt_gate(vector);
        set_task_gate(TRAP_NMI, NMI_TSS);
        set_task_gate(TRAP_DOUBLE_FAULT, DOUBLE_FAULT_TSS);
        set_task_gate(TRAP_MACHINE_CHECK, MACHINE_CHECK_TSS);
        lidt(&table);

        kernel_tss.ss0 = KERNEL_DATA;
        kernel_tss.io_map = NO_IO_MAP;
        wrmsr(MSR_SYSENTER_CS, KERNEL_CODE);
        wrmsr(MSR_SYSENTER_ESP, (uint32_t)&kernel_tss.esp0);
        wrmsr(MSR_SYSENTER_EIP, (uint32_t)sysenter_entry);
        // H4-STUB 4.1
        //| H4_TODO("4.1");
        // H4-END 4.1
}
