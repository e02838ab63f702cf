// SPDX-License-Identifier: MIT
// Figures: contexts, and what is lent to them.
#include "measure.h"

// The ranges of ports with the most ports in them, of those that programs may
// use.
static const struct h_port_range many_ports[H_PORT_RANGES] = {
        { 0x03B0, 0x03DF }, { 0x0300, 0x031F }, { 0x0170, 0x0177 },
        { 0x01F0, 0x01F7 }, { 0x0278, 0x027F }, { 0x02E8, 0x02EF },
        { 0x0378, 0x037F }, { 0x03E8, 0x03EF },
};

static void
run_once(const struct program *program)
{
        uint8_t vector;

        done(h_execute_vector(program->space, program->context, &vector));
}

static void
measure_registers(struct h_fault_context context)
{
        uint32_t value, values[H_REGISTERS];

        MEASURE("read_register", "common",
                h_read_register(context, H_EAX, &value));
        MEASURE("write_register", "common",
                h_write_register(context, H_EAX, value));
        MEASURE("read_registers", "common", h_read_registers(context, values));
        MEASURE("write_registers", "common",
                h_write_registers(context, values));
}

static void
measure_lending(const struct program *program)
{
        const struct h_fault_context context = program->context;
        const struct h_vaddr data = { DATA_AT };

        MEASURE("set_gs", "common", h_set_gs(context, data, 4));
        MEASURE("set_gs", "none", h_set_gs(context, data, 0));
        MEASURE("set_gs", "pages", h_set_gs(context, data, 1u << 24));

        MEASURE("set_ports", "common", h_set_ports(context, many_ports, 1));
        MEASURE("set_ports", "none", h_set_ports(context, NULL, 0));
        MEASURE("set_ports", "8_ranges",
                h_set_ports(context, many_ports, H_PORT_RANGES));
        // The processor has the ports now, and has to lose them.
        run_once(program);
        MEASURE("set_ports", "8_ranges_in_use",
                h_set_ports(context, many_ports, H_PORT_RANGES));
}

void
measure_contexts(void)
{
        const struct program program = new_program(&code_ready);
        struct h_fault_context context;

        MEASURE("alloc_fault_context", "common",
                h_alloc_fault_context(&context));
        MEASURE("free_fault_context", "common", h_free_fault_context(context));

        measure_registers(program.context);
        measure_lending(&program);
        run_once(&program);
        MEASURE("free_fault_context", "8_ranges_in_use",
                h_free_fault_context(program.context));
}
