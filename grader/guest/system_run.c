// SPDX-License-Identifier: MIT
// Running the system of <h4/system.h>: handlers in front of L4's, and how it ends.
#include "jitter.h"
#include "outside.h"
#include "system_model.h"

#include <h/bound.h>
#include <h/error.h>
#include <h/internal/run.h>
#include <h4/kept_stack.h>
#include <h4/test.h>
#include <kernel/power.h>
#include <l4/l4.h>

#pragma weak h_set_handlers
#pragma weak h_run
#pragma weak run_handlers
#pragma weak execution
#pragma weak l4_run

#define BREAKPOINT 3u
#define INVALID 6u
#define LOCK_NOP 0x90F0u

// L4's own.
static struct h_handlers inner;

// --- Events ------------------------------------------------------------------------

static struct context_slot *
slot_of(struct h_fault_context context)
{
        return &execution.contexts[context.slot];
}

static _Noreturn void
end(enum system_ending ending)
{
        fixture.ending = ending;
        stack_again();
}

// Whatever a context has been left for.
static void
note_left(struct h_fault_context context, uint32_t vector)
{
        fixture.context = context;
        fixture.eip = slot_of(context)->registers[H_EIP];
        fixture.thread = system_l4_thread();
        system_trying(slot_of(context), vector);
        if (system_ticks_left <= 0)
                end(SYSTEM_LATE);
        if (fixture.events_left-- == 0)
                end(SYSTEM_BUSY);
}

// Is it an exception by which a program calls L4?
static bool
is_call(const struct context_slot *slot, uint8_t vector)
{
        uint32_t eip = slot->registers[H_EIP];
        uint32_t low, high;

        if (vector != INVALID)
                return vector == BREAKPOINT;
        if (!system_read_user(slot, eip & ~3u, &low) ||
            !system_read_user(slot, (eip + 1) & ~3u, &high))
                return false;
        return (low >> eip % 4 * 8 & 0xFF) == (LOCK_NOP & 0xFF) &&
               (high >> (eip + 1) % 4 * 8 & 0xFF) == LOCK_NOP >> 8;
}

static void
note_exception(const struct context_slot *slot, uint8_t vector, uint32_t code)
{
        if (vector >= H_VECTOR_EXCEPTIONS || is_call(slot, vector))
                return;
        fixture.exception = (struct system_exception){
                .there = true,
                .vector = vector,
                .code = code,
                .eip = fixture.eip,
                .address = vector == H_VECTOR_PAGE_FAULT
                                   ? execution.fault_address.value
                                   : 0,
                .thread = fixture.thread,
        };
        if (!fixture.exceptions_allowed)
                end(SYSTEM_EXCEPTION);
}

static void
on_event(struct h_fault_context context, uint8_t vector, uint32_t code)
{
        struct context_slot *slot = slot_of(context);

        note_left(context, vector);
        if (vector == INVALID && system_report(slot)) {
                if (fixture.ending != SYSTEM_RUNS)
                        stack_again();
                fixture.refused = h_run(context);
                end(SYSTEM_REFUSED);
        }
        if (vector == H_VECTOR_IRQ && fixture.turn_count < SYSTEM_TURNS)
                fixture.turns[fixture.turn_count++] = fixture.thread;
        note_exception(slot, vector, code);
        inner.event(context, vector, code);
}

static void
on_system_call(struct h_fault_context context, uint32_t eax, uint32_t edx,
               uint32_t ecx, uint32_t esi, uint32_t edi, uint32_t ebx,
               uint32_t ebp)
{
        note_left(context, H_VECTOR_SYSENTER);
        inner.system_call(context, eax, edx, ecx, esi, edi, ebx, ebp);
}

static void
on_gate_call(struct h_fault_context context, uint32_t eax, uint32_t edx,
             uint32_t ecx, uint32_t esi, uint32_t edi, uint32_t ebx,
             uint32_t ebp)
{
        note_left(context, H_VECTOR_SYSTEM_CALL);
        inner.gate_call(context, eax, edx, ecx, esi, edi, ebx, ebp);
}

void
system_take_handlers(void)
{
        inner = run_handlers;
        const struct h_handlers outer = {
                .system_call = on_system_call,
                .event = on_event,
                .gate_call = inner.gate_call ? on_gate_call : NULL,
        };

        if (!inner.system_call || !inner.event)
                fail("l4_begin has told H no handlers");
        h_set_handlers(&outer);
}

// --- Running -------------------------------------------------------------------

static void
switched_off(void)
{
        power_set_observer(report_switched_off);
        end(SYSTEM_OFF);
}

static void
begin(void)
{
        power_set_observer(switched_off);
        if (!fixture.started) {
                fixture.started = true;
                outside_machine.program = fixture.program;
                l4_run();
        }
        fixture.refused = h_run(fixture.context);
        end(SYSTEM_REFUSED);
}

void
system_start(const char *trial)
{
        if (!fixture.begun || !fixture.program || fixture.started)
                fail("a trial runs once, behind system_begin");
        fixture.trial = trial;
        fixture.events_left = fixture.events;
        system_ticks_left = (int32_t)fixture.ticks;
        system_was_idle = 0;
}

static void
go(void)
{
        if (!fixture.trial || fixture.ending == SYSTEM_DONE)
                fail("the trial has not been started, or has ended");
        fixture.ending = SYSTEM_RUNS;
        // How long it takes to divide memory depends on where the boot loader has
        // put the programs.
        if (!fixture.started)
                jitter_align();
        jitter_start();
        call_keeping_stack(begin);
        trying_over();
        power_set_observer(report_switched_off);
        tree_report("after");
        if (fixture.ending == SYSTEM_RUNS)
                fixture.ending = SYSTEM_LATE; // while nobody could run
        system_judge();
}

void
system_until_look(uint32_t number)
{
        go();
        if (fixture.ending != SYSTEM_LOOK)
                fail("the trial has ended, and was to say before that the test "
                     "should look (%u)",
                     number);
        expect_number(number, fixture.look,
                      "the trial says that the test should look: which look");
}

void
system_until_end(void)
{
        go();
        if (fixture.ending == SYSTEM_LOOK)
                fail("the trial says that the test should look (%u), and was to "
                     "end without that",
                     fixture.look);
}

void
system_run(const char *trial)
{
        system_start(trial);
        system_until_end();
}
