// SPDX-License-Identifier: MIT
// The stage that measures how long L4 does not look for interrupts. Interrupts are off in
// the kernel; it looks for them between two steps of what takes long, and they are on where
// a program runs, or nobody.
//
// l4/ is compiled to call the functions here in place of those of H whose names they
// have (grader/h4/latency.py), and they note the time-stamp counter:
//
//     program | handler ... looked_pending ... looked_pending ... looked_run | program
//             |<------- a gap ------>|<-------- a gap ------->|<-- a gap --->|
//
// Which case it is the program says, by INT3 with a number in EBX.
#include <grader/guest/harness.h>
#include <h/bound.h>
#include <h/h.h>
#include <h/internal/context.h>
#include <kernel/bootinfo.h>
#include <kernel/console.h>
#include <kernel/cpu.h>
#include <kernel/memory.h>
#include <kernel/panic.h>
#include <kernel/power.h>
#include <kernel/stage.h>
#include <l4/l4.h>

#define CASES 32u
#define BREAKPOINT 3u

// What l4/ calls; the contracts are those of h_run and so on.
enum h_error looked_run(struct h_fault_context context);
void looked_wait(struct h_interrupt *out);
bool looked_pending(void);
void looked_set_handlers(const struct h_handlers *handlers);

// The longest gap, and between which addresses in the kernel it was. Of one at whose end
// an interrupt was pending, the rest until it came is another figure.
static struct {
        uint32_t gap, from, to;
        uint32_t answer;
} longest[CASES];
static uint32_t now; // which case

static uint64_t begun, seen;
static uint32_t begun_at;
static struct h_handlers inner;

static void
begin(uintptr_t at)
{
        begun_at = (uint32_t)at;
        seen = 0;
        begun = rdtsc();
}

static void
end(uintptr_t at)
{
        uint64_t time = rdtsc();
        uint32_t gap = (uint32_t)((seen ? seen : time) - begun);

        if (begun && gap > longest[now].gap) {
                longest[now].gap = gap;
                longest[now].from = begun_at;
                longest[now].to = (uint32_t)at;
        }
        if (seen && (uint32_t)(time - seen) > longest[now].answer)
                longest[now].answer = (uint32_t)(time - seen);
}

#define CALLER ((uintptr_t)__builtin_return_address(0))

enum h_error
looked_run(struct h_fault_context context)
{
        end(CALLER);
        return h_run(context);
}

void
looked_wait(struct h_interrupt *out)
{
        end(CALLER);
        h_wait(out);
        begin(CALLER);
}

bool
looked_pending(void)
{
        bool pending = h_interrupt_pending();

        if (pending) {
                if (!seen)
                        seen = rdtsc();
        } else {
                end(CALLER);
                begin(CALLER);
        }
        return pending;
}

// --- Handlers in front of L4's ---------------------------------------------------------

static void
on_event(struct h_fault_context context, uint8_t vector, uint32_t code)
{
        uint32_t number = execution.contexts[context.slot].registers[H_EBX];

        begin((uintptr_t)inner.event);
        if (vector == BREAKPOINT && number < CASES)
                now = number;
        inner.event(context, vector, code);
}

static void
on_system_call(struct h_fault_context context, uint32_t eax, uint32_t edx,
               uint32_t ecx, uint32_t esi, uint32_t edi, uint32_t ebx,
               uint32_t ebp)
{
        begin((uintptr_t)inner.system_call);
        inner.system_call(context, eax, edx, ecx, esi, edi, ebx, ebp);
}

static void
on_gate_call(struct h_fault_context context, uint32_t eax, uint32_t edx,
             uint32_t ecx, uint32_t esi, uint32_t edi, uint32_t ebx,
             uint32_t ebp)
{
        begin((uintptr_t)inner.gate_call);
        inner.gate_call(context, eax, edx, ecx, esi, edi, ebx, ebp);
}

void
looked_set_handlers(const struct h_handlers *handlers)
{
        const struct h_handlers outer = {
                .system_call = on_system_call,
                .event = on_event,
                .gate_call = on_gate_call,
        };

        inner = *handlers;
        h_set_handlers(&outer);
}

// --- The stage ----------------------------------------------------------------------------

static void
report(void)
{
        power_set_observer(NULL);
        for (uint32_t i = 0; i < CASES; i++)
                if (longest[i].gap)
                        protocol_line("# gap %u %u 0x%08x 0x%08x %u", i,
                                      longest[i].gap, longest[i].from,
                                      longest[i].to, longest[i].answer);
        protocol_line("# measured all");
}

void
stage_main(void)
{
        harness_main(bootinfo_command_line());
        console_init();

        memory_init();
        h_init();
        execution_init();
        l4_begin();
        power_set_observer(report);
        l4_run();
}
