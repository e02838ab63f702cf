// SPDX-License-Identifier: MIT
// The bound form of execution: which context runs next, and how it is entered.
//
//   system call, by SYSENTER ----> run_sysenter ---+
//   anything else --> leave_user --> run_event ----+--> the client's handler
//                                                             |
//   ring 3 <-- SYSEXIT <-- short way? <-- h_run, h_handoff <--+
//     ^                       | no
//     +------- enter_user <---+
//
// The short way does nothing but what every switch needs. Whether it is open is
// known beforehand: execution.short_way says it of the processor, the flags of a
// context say it of the context. A number of instructions between system call and
// return counts here: it is paid for each message that programs send.
//
// The contracts are in <h/bound.h> and <h/internal/run.h>.
#include <h/error.h>
#include <h/internal/entry.h>
#include <h/internal/handles.h>
#include <h/internal/interrupts.h>
#include <h/internal/machine.h>
#include <h/internal/paranoid.h>
#include <h/internal/run.h>
#include <kernel/cpu.h>
#include <kernel/fault.h>
#include <kernel/panic.h>

#ifndef H_ON_HOST
_Static_assert(offsetof(struct execution, running) == EXECUTION_RUNNING &&
                       offsetof(struct h_handlers, system_call) ==
                               HANDLERS_SYSTEM_CALL,
               "the assembler is told where things are");
#endif

// A function of the short way: to call it would take longer than most of them do.
#define SHORT static inline __attribute__((always_inline))

// The flags of a context that has come by SYSENTER, with nothing to be told or to
// be lost, and uses no ports.
#define SHORT_WAY (CONTEXT_BOUND | CONTEXT_CALL | CONTEXT_SYSENTER)

// What SYSEXIT does not give back of EFLAGS: all but the arithmetic flags.
#define LOST_BY_SYSEXIT (EFLAGS_TF | EFLAGS_DF | EFLAGS_AC | EFLAGS_ID)

// Is there still the address space that a context is bound to?
SHORT bool
has_its_space(const struct context_slot *slot)
{
        return slot->space->generation == slot->space_generation;
}

// Can a context be entered by the short way? A free slot has no flags.
SHORT bool
can_go_short(const struct context_slot *slot)
{
        return execution.short_way && slot->flags == SHORT_WAY &&
               (slot->registers[H_EFLAGS] & LOST_BY_SYSEXIT) == 0 &&
               has_its_space(slot);
}

// Has the slot at this index the handle's generation? The index is one of a slot.
// Of a free one the answer is worth nothing.
SHORT bool
may_be(struct h_fault_context handle)
{
        return execution.contexts[handle.slot].generation == handle.generation;
}

SHORT void
make_running(struct context_slot *slot)
{
        machine_load(slot->space->directory);
        kernel_tss.esp0 = context_stack(slot);
        execution.running = slot;
}

SHORT _Noreturn void
go_short(struct context_slot *slot)
{
        make_running(slot);
        slot->flags = CONTEXT_BOUND;
        descriptors_set_gs((struct descriptor){ slot->gs_low, slot->gs_high });
        run_sysexit(slot);
}

// A single step over SYSENTER was due before the system call was told (see the flag
// in <h/internal/context.h>): that is told now.
static _Noreturn void
tell_step(struct context_slot *slot)
{
        slot->flags &=
                ~(uint32_t)(CONTEXT_DEBUG | CONTEXT_CALL | CONTEXT_SYSENTER);
        slot->registers[H_HANDLER] = H_VECTOR_DEBUG;
        slot->registers[H_CODE] = 0;
        execution.running = slot;
        run_left();
}

// Runs a context whose binding has been looked at.
static _Noreturn void
go(struct context_slot *slot)
{
        if (can_go_short(slot))
                go_short(slot);
        if (!run_handlers.event)
                panic("h_run has begun before h_set_handlers");
        if ((slot->flags & CONTEXT_DEBUG) != 0)
                tell_step(slot);

        context_force(slot);
        make_running(slot);
        context_enter(slot);

        // Now no port is open and the floating-point unit traps, unless they are
        // this context's. Its owner would not have to be trapped by the short
        // way, but loses nothing: fpu_take gives it what it has.
        execution.short_way = (slot->flags & CONTEXT_PORTS) == 0 &&
                              execution.fpu_owner != slot;
        sysenter_left = run_sysenter;
        run_enter(slot);
}

// Can it be run at all?
static enum h_error
check_bound(const struct context_slot *slot)
{
        if (!slot)
                return H_BAD_HANDLE;
        if ((slot->flags & CONTEXT_BOUND) == 0)
                return H_NOT_BOUND;
        return has_its_space(slot) ? H_OK : H_BAD_HANDLE;
}

static __attribute__((noinline)) enum h_error
run_any(struct h_fault_context context)
{
        struct context_slot *slot = context_slot(context);
        enum h_error error = check_bound(slot);
        if (error != H_OK)
                return error;

        go(slot);
}

enum h_error
h_run(struct h_fault_context context)
{
        if (context.slot < execution.context_count && may_be(context)) {
                struct context_slot *slot = &execution.contexts[context.slot];
                if (can_go_short(slot))
                        go_short(slot);
        }
        return run_any(context);
}

// Has a context a buffer of so many words? Without any, it has no mapping either.
SHORT enum h_error
check_buffer(const struct context_slot *slot, uint32_t count)
{
        if (count > slot->buffer_words)
                return H_OFFSET;
        if (slot->mapping->generation != slot->mapping_generation)
                return H_BAD_HANDLE;
        return H_OK;
}

// From the one's buffer to the other's, if they have so many words.
SHORT enum h_error
copy_buffer(const struct context_slot *receiver,
            const struct context_slot *sender, uint32_t count)
{
        if (count == 0)
                return H_OK;
        enum h_error error = check_buffer(sender, count);
        if (error == H_OK)
                error = check_buffer(receiver, count);
        if (error == H_OK)
                machine_copy(receiver->buffer, sender->buffer, count);
        return error;
}

SHORT void
give(struct context_slot *receiver, uint32_t from, uint32_t tag)
{
        receiver->registers[H_EAX] = from;
        receiver->registers[H_ESI] = tag;
}

static __attribute__((noinline)) enum h_error
handoff_any(struct h_fault_context to, uint32_t count, uint32_t from,
            uint32_t tag)
{
        struct context_slot *sender = execution.running;
        struct context_slot *receiver = context_slot(to);
        if (!receiver)
                return H_BAD_HANDLE;
        if (!sender || (sender->flags & receiver->flags & CONTEXT_CALL) == 0)
                return H_NO_CALL;
        if ((sender->flags & CONTEXT_BOUND) == 0)
                return H_NOT_BOUND;
        enum h_error error = check_bound(receiver);
        if (error == H_OK)
                error = copy_buffer(receiver, sender, count);
        if (error != H_OK)
                return error;

        give(receiver, from, tag);
        go(receiver);
}

// The short way leads from a context that came by SYSENTER to another one. Where
// it is open, there is one that runs.
enum h_error
h_handoff(struct h_fault_context to, uint32_t count, uint32_t from,
          uint32_t tag)
{
        if (to.slot >= execution.context_count || !may_be(to))
                return handoff_any(to, count, from, tag);
        struct context_slot *receiver = &execution.contexts[to.slot];
        if (!can_go_short(receiver) || execution.running->flags != SHORT_WAY)
                return handoff_any(to, count, from, tag);
        enum h_error error = copy_buffer(receiver, execution.running, count);
        if (error != H_OK)
                return error;

        give(receiver, from, tag);
        go_short(receiver);
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

static void
tell(struct h_fault_context context, const uint32_t *registers)
{
        uint8_t vector = (uint8_t)registers[H_HANDLER];

        // By SYSENTER it would have come to run_sysenter.
        if (vector < SYSTEM_CALL_GATE)
                run_handlers.event(context, vector, registers[H_CODE]);
        else
                (run_handlers.gate_call ? run_handlers.gate_call
                                        : run_handlers.system_call)(
                        context, registers[H_EAX], registers[H_EDX],
                        registers[H_ECX], registers[H_ESI], registers[H_EDI],
                        registers[H_EBX], registers[H_EBP]);
}

// An operation that does not return is looked after when ring 3 is left.
static void
look_after(void)
{
        H_OPERATION();
}

void
run_event(void)
{
        look_after();
        struct context_slot *slot = execution.running;
        struct h_fault_context context = context_handle(slot);
        uint8_t vector = (uint8_t)slot->registers[H_HANDLER];

        if (vector == H_VECTOR_PAGE_FAULT)
                execution.fault_address = vaddr(read_cr2());
        if (is_clients(vector))
                tell(context, slot->registers);
        run_returned(context);
}

void
run_returned(struct h_fault_context context)
{
        enum h_error error = h_run(context);

        panic("a handler of the client's has returned, and h_run answers %s "
              "for the context that was left",
              h_strerror(error));
}
