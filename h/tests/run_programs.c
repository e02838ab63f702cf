// SPDX-License-Identifier: MIT
// Contexts run. What a program does, the call's word says:
//
//    31     24 23     16 15    8 7        3  2    1    0
//   +---------+---------+-------+-----------+----+----+----+
//   | line    | port    | value | why       |regs|port|unit|
//   +---------+---------+-------+-----------+----+----+----+
//
//   unit   put the value into the floating-point unit; it has to hold what this
//          program put there last, whoever ran since
//   port   try a port: it has to be open if the context has it
//   regs   change the registers
//   why    how the program is left
//
// See run.h, ring3.h.
#include "controllers.h"
#include "ring3.h"
#include "run.h"

#include <kernel/cpu.h>

enum why {
        BY_INT,
        BY_SYSENTER,
        BY_STEPPED_SYSENTER,
        BY_PAGE_FAULT,
        BY_EXCEPTION,
        BY_TIMER,
        BY_LINE,     // if it is not masked; otherwise BY_INT
        BY_SPURIOUS, // not told; BY_INT after that
        REASONS,
};

static struct {
        uint32_t word;
        bool again; // it has been in ring 3, and nobody was told
} program;

// The vector by which the program is left; what the model has to know of that.
static uint32_t
leave_by(struct model_context *context, uint32_t *code)
{
        unsigned line = program.word >> 24 & 15;
        uint32_t vector = 0x80;
        bool again = program.again;

        *code = 0;
        switch (program.word >> 3 & 31) {
        case BY_SYSENTER:
                vector = 0x81;
                break;
        case BY_PAGE_FAULT:
                vector = 14;
                *code = program.word >> 16 & 7;
                ring3.cr2 = model.fault_address = program.word;
                break;
        case BY_EXCEPTION:
                vector = 13;
                *code = program.word >> 16;
                break;
        case BY_TIMER:
                controllers_raise(0);
                vector = controllers_take();
                break;
        case BY_LINE:
                if (line == 2 || (model.masks >> line & 1))
                        break;
                controllers_raise(line);
                vector = controllers_take();
                if (line != 0)
                        model.masks |= (uint16_t)(1u << line);
                break;
        case BY_SPURIOUS:
                program.again = true;
                if (!again)
                        return line & 1 ? 32 + 7 : 32 + 15;
                break;
        case BY_STEPPED_SYSENTER:
                vector = 0x81;
                context->step_due = true;
                context->registers[H_EFLAGS] |= EFLAGS_TF;
                break;
        default:
                break;
        }
        context->in_call = vector >= 0x80;
        context->registers[H_HANDLER] = vector;
        context->registers[H_CODE] = *code;
        return vector;
}

static bool
has_port(const struct model_context *context, uint32_t port)
{
        for (size_t i = 0; i < context->port_count; i++)
                if (context->ports[i].first <= port &&
                    port <= context->ports[i].last)
                        return true;
        return false;
}

// What the program does. False: it has trapped with vector 7.
static bool
act(struct context_slot *slot, struct model_context *context)
{
        unsigned char value = (unsigned char)(program.word >> 8), before;
        uint32_t port = 0x2F0 + (program.word >> 16 & 0xFF);

        if (program.again)
                return true;
        if (program.word & 1) {
                if (!ring3_use_unit(value, &before))
                        return false;
                run_same("the floating-point unit", before, context->unit);
                context->unit = value;
        }
        if (program.word & 2)
                run_same("whether a port is open", ring3_use_port(port),
                         has_port(context, port));
        for (unsigned i = H_EDI; program.word & 4 && i <= H_EAX; i++)
                slot->registers[i] = context->registers[i] =
                        program.word * (i + 3);
        return true;
}

static uint32_t
run_program(struct context_slot *slot)
{
        struct model_context *context = model.running;
        uint32_t code;

        if (!act(slot, context))
                return 7;
        uint32_t vector = leave_by(context, &code);
        slot->registers[H_CODE] = code;
        if ((program.word >> 3 & 31) == BY_STEPPED_SYSENTER) {
                slot->flags |= CONTEXT_DEBUG;
                slot->registers[H_EFLAGS] |= EFLAGS_TF;
        }
        return vector;
}

static void
execute(const struct call *call)
{
        struct h_fault_context handle = run_context_of(call->context);
        struct h_pagemap space = run_pagemap_of(call->handle[0]);
        struct model_context *context = model_context(handle);
        struct h_interrupt out = { .vector = 0xEE };
        uint8_t vector = 0xEE;
        refusals set = 0;

        if (!context || !model_pagemap(space))
                set = REFUSE(H_BAD_HANDLE);
        bool step = set == 0 && context->step_due;
        if (step) {
                context->step_due = false;
                context->in_call = false;
                context->registers[H_HANDLER] = 1;
                context->registers[H_CODE] = 0;
        } else if (set == 0) {
                model_enter(context, space);
        }
        ring3_program = run_program;
        bool done;
        if (call->flag) {
                done = run_agree(h_execute(space, handle, &out), set);
                vector = out.vector;
        } else {
                done = run_agree(h_execute_vector(space, handle, &vector), set);
        }
        run_same("the vector", vector,
                 done ? context->registers[H_HANDLER] : 0xEE);
        if (done && call->flag)
                run_same("the code", out.code, context->registers[H_CODE]);
}

static void
expect_told(struct model_context *context)
{
        const uint32_t *registers = context->registers;
        bool call = registers[H_HANDLER] >= 0x80;

        run_same("who is told", ring3_seen.way,
                 call ? RING3_CALL : RING3_EVENT);
        run_same("of whom", ring3_seen.context.slot, context->handle.slot);
        run_same("of which", ring3_seen.context.generation,
                 context->handle.generation);
        if (call) {
                run_same("EAX", ring3_seen.arguments[0], registers[H_EAX]);
                run_same("EBP", ring3_seen.arguments[6], registers[H_EBP]);
        } else {
                run_same("the vector", ring3_seen.vector, registers[H_HANDLER]);
                run_same("the code", ring3_seen.code, registers[H_CODE]);
        }
}

// A context has been entered by h_run or h_handoff, or a step was told.
static void
run_on(void)
{
        struct model_context *context = model.running;
        uint32_t code;

        if (ring3_seen.way == RING3_EVENT) {
                expect_told(context);
                return;
        }
        while (!act(ring3_seen.slot, context))
                ring3_leave(7, 0, false);
        for (;;) {
                uint32_t vector = leave_by(context, &code);
                bool stepped = (program.word >> 3 & 31) == BY_STEPPED_SYSENTER;
                ring3_leave(vector, code, stepped);
                if (vector == 0x80 || !program.again)
                        break;
        }
        expect_told(context);
}

void
run_programs(const struct call *call)
{
        struct h_fault_context handle = run_context_of(call->context);
        refusals set;

        program.word = call->word;
        program.again = false;
        switch (call->kind) {
        case EXECUTE:
                execute(call);
                return;
        case RUN_BOUND:
                set = model_run_bound(handle);
                if (run_agree(ring3_run(handle), set))
                        run_on();
                return;
        default: {
                uint32_t from = call->address[0], tag = call->address[1];
                set = model_handoff(handle, call->count, from, tag);
                if (run_agree(ring3_handoff(handle, call->count, from, tag),
                              set))
                        run_on();
                return;
        }
        }
}
