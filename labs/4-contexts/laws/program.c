// SPDX-License-Identifier: MIT
// Programs for user space: put together, and run. The contracts are in laws.h.
#include "laws.h"

#include <kernel/panic.h>
#include <kernel/string.h>

// Enough for each operation to fault, with the timer in between.
#define EXECUTIONS_MOST 2000

#define INT3 0xCC

void
program_begin(struct program *program)
{
        program->length = program->count = 0;
        memset(program->registers, 0, sizeof(program->registers));
        program->registers[H_EIP] = CODE;
}

void
emit(struct program *program, const void *bytes, uint32_t count)
{
        if (program->length + count > PROGRAM_SIZE)
                panic("a program has more than %u bytes", PROGRAM_SIZE);
        memcpy(program->bytes + program->length, bytes, count);
        program->length += count;
}

void
emit_word(struct program *program, uint32_t word)
{
        emit(program, &word, sizeof(word));
}

void
emit_next(struct program *program)
{
        if (program->count > OPERATIONS)
                panic("a program has more than %u operations", OPERATIONS);
        program->starts[program->count++] = program->length;
}

void
program_end(struct program *program)
{
        static const uint8_t system_call[] = { 0xCD, 0x80 };

        emit_next(program);
        emit(program, system_call, sizeof(system_call));
}

void
program_random(struct program *program, const struct space *space)
{
        uint32_t *registers = program->registers;

        program_begin(program);
        for (unsigned i = 0; i < H_CS; i++)
                registers[i] = random_word();
        registers[H_EIP] = CODE;
        registers[H_ESP] = place_address(random_below(PLACES)) + 0x800;
        unsigned count = 10 + random_below(OPERATIONS - 10);
        for (unsigned i = 0; i < count; i++)
                emit_random(program, space);
        program_end(program);
}

// Where to go on after a fault: at the next operation. Is there one?
static bool
step_over(const struct program *program, uint32_t *eip)
{
        for (unsigned i = 0; i < program->count; i++)
                if (CODE + program->starts[i] > *eip) {
                        *eip = CODE + program->starts[i];
                        return true;
                }
        return false;
}

static void
load(const struct program *program)
{
        uint8_t *code = code_bytes();

        memcpy(code, program->bytes, program->length);
        memset(code + program->length, INT3, H_PAGE_SIZE - program->length);
}

static uint32_t
hash_event(uint32_t hash, const struct h_interrupt *event, uint32_t eip)
{
        hash = hash_word(hash, event->vector);
        hash = hash_word(hash, event->code);
        hash = hash_word(hash, event->address.value);
        return hash_word(hash, eip);
}

// Of what a program had when it was left, all that is its own.
static uint32_t
hash_registers(uint32_t hash, const uint32_t *registers)
{
        for (unsigned i = 0; i < H_REGISTERS; i++)
                if (i == H_EFLAGS)
                        hash = hash_word(hash, registers[i] & H_USER_FLAGS);
                else if (i != H_BOGUS_ESP)
                        hash = hash_word(hash, registers[i]);
        return hash;
}

// Until it calls the system, or has nothing to go on with.
static void
run(const struct program *program, struct h_pagemap map,
    struct h_fault_context context, struct outcome *out)
{
        struct h_interrupt event;
        uint32_t eip;

        for (unsigned i = 0; i < EXECUTIONS_MOST; i++) {
                done(h_execute(map, context, &event), "h_execute");
                if (event.kind == H_TIMER)
                        continue;
                done(h_read_register(context, H_EIP, &eip), "h_read_register");
                out->digest = hash_event(out->digest, &event, eip);
                if (event.kind == H_SYSTEM_CALL)
                        return;
                if (out->faults++ == 0)
                        out->first = event;
                if (!step_over(program, &eip))
                        return;
                done(h_write_register(context, H_EIP, eip), "h_write_register");
        }
        broken("a program does not end");
}

struct outcome
program_run(const struct program *program, struct h_pagemap map,
            const struct h_port_range *ports, size_t count)
{
        struct h_fault_context context;
        struct outcome outcome = { 0 };
        uint32_t registers[H_REGISTERS];

        load(program);
        done(h_alloc_fault_context(&context), "h_alloc_fault_context");
        done(h_set_ports(context, ports, count), "h_set_ports");
        done(h_write_registers(context, program->registers),
             "h_write_registers");
        run(program, map, context, &outcome);
        done(h_read_registers(context, registers), "h_read_registers");
        done(h_free_fault_context(context), "h_free_fault_context");
        outcome.digest = hash_registers(outcome.digest, registers);
        outcome.eax = registers[H_EAX];
        return outcome;
}
