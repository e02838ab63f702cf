// SPDX-License-Identifier: MIT
// A run in the bound form. Each handler begins on an empty stack: what it has to know
// stands in the books. The contracts are in bound.h.
#include "random.h"

#include <h/internal/interrupts.h>
#include <kernel/string.h>

static _Noreturn void
bound_over(void)
{
        find_lost();
        for (unsigned who = 0; who < CONTEXTS; who++)
                done(h_free_fault_context(own.bound.turns[who].context),
                     "h_free_fault_context");
        buffers_check();
        run_over();
}

// --- Who runs next -------------------------------------------------------------

// What is to be refused comes back; nothing else does.
static void
refused(enum h_error error)
{
        struct bound *bound = &own.bound;

        if ((bound->refusals & REFUSAL(error)) == 0)
                broken("h_run or h_handoff answers %s; reasons to refuse: 0x%x",
                       h_strerror(error), bound->refusals);
        bound->refusals = 0;
        bound->did[DID_REFUSE]++;
}

static void
try_run(unsigned who)
{
        const struct turn *turn = &own.bound.turns[who];

        own.bound.refusals = run_refusals(who);
        if (!own.bound.refusals)
                turn_begins(who, turn->space, DID_RUN);
        refused(h_run(turn->context));
}

static void
try_handoff(unsigned who)
{
        const struct turn *turn = &own.bound.turns[who];
        const uint32_t count = random_below(2) ? random_below(64)
                                               : random_below(H_PAGE_WORDS + 8);
        const uint32_t words = random_below(3) ? count : 0;

        own.bound.refusals = handoff_refusals(who, words);
        if (!own.bound.refusals) {
                copy_in_books(who, words);
                turn_begins(who, turn->space, DID_HANDOFF);
        }
        refused(h_handoff(turn->context, words, some_value(), some_value()));
}

// By the handle of the context that had the slot before, if there was one.
static void
try_stale(unsigned who)
{
        struct h_fault_context stale = own.bound.turns[who].context;

        stale.generation--;
        own.bound.refusals = REFUSAL(H_BAD_HANDLE);
        refused(h_run(stale));
        own.bound.refusals = REFUSAL(H_BAD_HANDLE) | REFUSAL(H_NO_CALL);
        refused(h_handoff(stale, 0, 0, 0));
}

// In most cases one that is inside a system call, if there are any.
static unsigned
somebody(void)
{
        unsigned who = random_below(CONTEXTS);

        for (unsigned i = random_below(CONTEXTS);
             i > 0 && !own.bound.turns[who].called; i--)
                who = (who + 1) % CONTEXTS;
        return who;
}

static _Noreturn void
run_somebody(void)
{
        for (;;) {
                unsigned who = somebody();
                if (random_below(8) == 0)
                        try_stale(who);
                if (random_below(4))
                        try_handoff(who);
                else
                        try_run(who);
                if (run_refusals(who))
                        turn_bind(who);
        }
}

// --- Handlers --------------------------------------------------------------------

// Otherwise most programs would be left by exceptions alone.
static void
send_to_call(struct h_fault_context context)
{
        uint32_t registers[H_REGISTERS];

        memcpy(registers, registers_of(context), sizeof(registers));
        registers[H_EIP] = some_call();
        registers[H_EFLAGS] = random_below(4) ? 0 : some_flags();
        done(h_write_registers(context, registers), "h_write_registers");
}

// Returns where the context goes on, as after each return of a handler.
static void
after(unsigned who, const struct h_interrupt *event)
{
        struct bound *bound = &own.bound;
        const struct h_fault_context context = bound->turns[who].context;

        turn_check(who, USER_DATA, event);
        bound->turns[who].called = event->kind == H_SYSTEM_CALL;
        if (++bound->legs == LEGS_BOUND)
                bound_over();
        random_from(own.seed + bound->legs, own.number);
        if (event->kind != H_SYSTEM_CALL && random_below(4))
                send_to_call(context);
        else
                go_on(context, event);
        bound_change();
        if (random_below(4) == 0 && turn_of(context) == who &&
            !run_refusals(who)) {
                turn_begins(who, bound->turns[who].space, DID_RETURN);
                return;
        }
        run_somebody();
}

static void
on_event(struct h_fault_context context, uint8_t vector, uint32_t code)
{
        const unsigned who = handler_check(context);
        const struct vaddr address = vaddr(h_last_fault_address().value);
        const struct h_interrupt event =
                interrupt_decode(vector, code, address);

        if (event.kind == H_SYSTEM_CALL)
                broken("a system call is told as vector %u", vector);
        after(who, &event);
}

// `by_gate`: it came by INT, and there is a handler for that.
static void
told_call(struct h_fault_context context, bool by_gate,
          const uint32_t arguments[7])
{
        static const enum h_register order[7] = {
                H_EAX, H_EDX, H_ECX, H_ESI, H_EDI, H_EBX, H_EBP,
        };
        const unsigned who = handler_check(context);
        const uint32_t *registers = registers_of(context);
        const struct h_interrupt event =
                interrupt_decode((uint8_t)registers[H_HANDLER], 0, vaddr(0));

        if (event.kind != H_SYSTEM_CALL ||
            by_gate != (own.bound.gate_call &&
                        event.vector == H_VECTOR_SYSTEM_CALL))
                broken("vector %u is told as a system call%s", event.vector,
                       by_gate ? " by INT" : "");
        for (unsigned i = 0; i < 7; i++)
                if (arguments[i] != registers[order[i]])
                        broken("the arguments of a system call are not its "
                               "registers");
        after(who, &event);
}

static void
on_system_call(struct h_fault_context context, uint32_t eax, uint32_t edx,
               uint32_t ecx, uint32_t esi, uint32_t edi, uint32_t ebx,
               uint32_t ebp)
{
        told_call(context, false,
                  (const uint32_t[]){ eax, edx, ecx, esi, edi, ebx, ebp });
}

static void
on_gate_call(struct h_fault_context context, uint32_t eax, uint32_t edx,
             uint32_t ecx, uint32_t esi, uint32_t edi, uint32_t ebx,
             uint32_t ebp)
{
        told_call(context, true,
                  (const uint32_t[]){ eax, edx, ecx, esi, edi, ebx, ebp });
}

void
set_handlers(bool gate_call)
{
        const struct h_handlers handlers = {
                .system_call = on_system_call,
                .event = on_event,
                .gate_call = gate_call ? on_gate_call : NULL,
        };

        own.bound.gate_call = gate_call;
        h_set_handlers(&handlers);
}

void
bound_run(void)
{
        struct bound *bound = &own.bound;

        bound->lost_space = SPACES;
        bound->lost_buffer = BUFFERS;
        bound->running = NOBODY;
        bound->legs = 0;
        set_handlers(random_below(2));
        buffers_fill();
        for (unsigned who = 0; who < CONTEXTS; who++)
                turn_alloc(who);
        turn_begins(0, bound->turns[0].space, DID_RUN);
        broken("h_run answers %s", h_strerror(h_run(bound->turns[0].context)));
}
