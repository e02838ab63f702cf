// SPDX-License-Identifier: MIT
// Figures: running a program by the plain form, there and back.
#include "measure.h"

#define UNDEFINED_INSTRUCTION 6

// A client that has nothing to do. It is seen from outside by its name.
static __attribute__((noinline)) void
serve(const struct program *program)
{
        enum h_error error;
        uint8_t vector;

        do
                error = h_execute_vector(program->space, program->context,
                                         &vector);
        while (error == H_OK && vector == H_VECTOR_SYSTEM_CALL);
        done(error);
        if (vector != UNDEFINED_INSTRUCTION)
                done(H_BAD_HANDLE);
}

static void
measure_trip(void)
{
        const struct program program = new_program(&code_round_trip_int);

        let_timer_tick();
        round_trip_begins();
        serve(&program);
        round_trip_ends();
        measured_round_trip("null_round_trip", *program.ticks);
}

static void
execute_vector(const char *title, const struct program *program)
{
        uint8_t vector;

        MEASURE("execute_vector", title,
                h_execute_vector(program->space, program->context, &vector));
}

// The call, one instruction in ring 3, and the return.
static void
measure_execute(void)
{
        static const struct h_port_range ports = { 0x03B0, 0x03DF };
        const struct program first = new_program(&code_int);
        const struct program second = new_program(&code_fault);
        const struct program third = new_program(&code_int);
        struct h_interrupt interrupt;

        done(h_set_ports(third.context, &ports, 1));
        let_timer_tick();
        execute_vector("other_space", &first);
        program_again(&first);
        execute_vector("common", &first);
        program_again(&first);
        MEASURE("execute", "common",
                h_execute(first.space, first.context, &interrupt));
        MEASURE("execute", "page_fault",
                h_execute(second.space, second.context, &interrupt));
        MEASURE_VOID("last_fault_address", "common", h_last_fault_address());
        execute_vector("other_ports", &third);
}

// A program's first use of the floating-point unit: what it costs more than
// without a trap.
static void
use_unit(const char *title, const struct program *program)
{
        uint8_t vector;

        done(h_execute_vector(program->space, program->context, &vector));
        measured_exactly("unit_switch", title, *program->ticks - 1);
}

static void
measure_unit(void)
{
        const struct program first = new_program(&code_float);
        const struct program second = new_program(&code_float);

        let_timer_tick();
        use_unit("nobodys", &first);
        use_unit("own", &first);
        use_unit("common", &second);
}

void
measure_running(void)
{
        measure_trip();
        measure_execute();
        measure_unit();
}
