// SPDX-License-Identifier: MIT
// Figures: the bound form. Whatever runs in it ends in a handler, on a stack of
// which nothing is left; so the figures are taken one behind the other, each by
// handlers of its own, and the last handler of one begins the next.
#include "measure.h"

#include <kernel/format.h>
#include <kernel/panic.h>

#define NO_BUFFER ((struct h_kernel_mapping){ 0, 0 })
#define UNDEFINED_INSTRUCTION 6
#define MOST_WORDS 60u

// What it costs to store the counter and to read it.
#define STORED_AND_READ 2u

static const char by_sysenter[] = "%u", by_int[] = "int_%u";

static struct program program, partner;

// The counter, as the client has called H. Its lower half will do.
static volatile uint32_t called;

static _Noreturn void
stop(struct h_fault_context context, uint8_t vector, uint32_t code)
{
        panic("the program of context %u is left by vector %u, error code 0x%x",
              context.slot, vector, code);
}

static _Noreturn void
refused(enum h_error error)
{
        panic("an operation that does not return answers %s",
              h_strerror(error));
}

static void
handlers_are(void (*system_call)(struct h_fault_context context, uint32_t eax,
                                 uint32_t edx, uint32_t ecx, uint32_t esi,
                                 uint32_t edi, uint32_t ebx, uint32_t ebp))
{
        const struct h_handlers handlers = { .system_call = system_call,
                                             .event = stop };

        h_set_handlers(&handlers);
}

static struct program
bound_program(const struct code *code)
{
        const struct program made = new_program(code);

        done(h_bind(made.context, made.space, made.data, 4));
        return made;
}

static bool
same(struct h_fault_context one, struct h_fault_context other)
{
        return one.slot == other.slot && one.generation == other.generation;
}

// --- Messages ----------------------------------------------------------------

// What each has cost: reported behind the last one, as a line takes so long
// that the timer would tick.
static struct {
        const char *title; // with the number of words
        uint32_t words;    // of the message that is on its way
        uint32_t ticks[MOST_WORDS / 4 + 1];
        bool begun;
} messages;

static _Noreturn void begin_messages(const struct code *code,
                                     const char *title);

static _Noreturn void
report_messages(void)
{
        for (uint32_t words = 0; words <= MOST_WORDS; words += 4) {
                char title[16];

                format(title, sizeof(title), messages.title, words);
                measured_exactly("handoff", title, messages.ticks[words / 4]);
        }
        if (messages.title == by_int)
                measured_all();
        begin_messages(&code_messages_int, by_int);
}

// Both programs have made a system call; whose is told takes what the other
// sends.
static void
pass_message(struct h_fault_context context, uint32_t eax, uint32_t edx,
             uint32_t ecx, uint32_t esi, uint32_t edi, uint32_t ebx,
             uint32_t ebp)
{
        const bool first = same(context, program.context);
        const struct program *one = first ? &program : &partner;
        const struct program *other = first ? &partner : &program;

        (void)eax, (void)edx, (void)ecx, (void)esi, (void)edi, (void)ebx;
        (void)ebp;
        if (first && !messages.begun)
                refused(h_run(partner.context));
        if (messages.begun) {
                messages.ticks[messages.words / 4] =
                        *one->ticks - called - STORED_AND_READ;
                messages.words += 4;
        }
        if (messages.words > MOST_WORDS)
                report_messages();
        messages.begun = true;
        called = (uint32_t)rdtsc();
        refused(h_handoff(other->context, messages.words, 1, 2));
}

static void
begin_messages(const struct code *code, const char *title)
{
        program = bound_program(code);
        partner = bound_program(code);
        messages.title = title;
        messages.words = 0;
        messages.begun = false;
        let_timer_tick();
        handlers_are(pass_message);
        refused(h_run(program.context));
}

// --- h_run -------------------------------------------------------------------

// From h_run to the program's next instruction. The one comes by SYSENTER and
// goes on by SYSEXIT; the other comes by INT; and at last the first one goes on
// as that does, for a register has been written.
static const char *const runs[] = { "common", "int", "other_space" };

static unsigned calls;

static void
run_again(struct h_fault_context context, uint32_t eax, uint32_t edx,
          uint32_t ecx, uint32_t esi, uint32_t edi, uint32_t ebx, uint32_t ebp)
{
        const struct program *one =
                same(context, program.context) ? &program : &partner;

        (void)eax, (void)edx, (void)ecx, (void)esi, (void)edi, (void)ebx;
        (void)ebp;
        // There and back, twice; then there.
        if (calls % 2 == 1 || calls == 4)
                measured_exactly("run", runs[calls / 2],
                                 *one->ticks - called - STORED_AND_READ);
        switch (++calls) {
        case 2:
                one = &partner;
                break;
        case 4:
                one = &program;
                done(h_write_register(one->context, H_ECX, 0));
                break;
        case 5:
                begin_messages(&code_messages_sysenter, by_sysenter);
        }
        called = (uint32_t)rdtsc();
        refused(h_run(one->context));
}

static _Noreturn void
begin_runs(void)
{
        program = bound_program(&code_messages_sysenter);
        partner = bound_program(&code_messages_int);
        let_timer_tick();
        handlers_are(run_again);
        refused(h_run(program.context));
}

// --- The round trip ----------------------------------------------------------

// A client that has nothing to do.
static void
serve_nothing(struct h_fault_context context, uint32_t eax, uint32_t edx,
              uint32_t ecx, uint32_t esi, uint32_t edi, uint32_t ebx,
              uint32_t ebp)
{
        (void)eax, (void)edx, (void)ecx, (void)esi, (void)edi, (void)ebx;
        (void)ebp;
        h_run(context);
}

static void
end_trip(struct h_fault_context context, uint8_t vector, uint32_t code)
{
        round_trip_ends();
        if (vector != UNDEFINED_INSTRUCTION)
                stop(context, vector, code);
        measured_round_trip("null_round_trip_sysenter", *program.ticks);
        begin_runs();
}

void
measure_bound(void)
{
        const struct h_handlers handlers = { .system_call = serve_nothing,
                                             .event = end_trip };

        program = new_program(&code_round_trip_sysenter);
        MEASURE("bind", "common",
                h_bind(program.context, program.space, program.data, 0));
        MEASURE("unbind", "common", h_unbind(program.context));
        MEASURE("bind", "no_buffer",
                h_bind(program.context, program.space, NO_BUFFER, 0));
        MEASURE_VOID("set_handlers", "common", h_set_handlers(&handlers));

        let_timer_tick();
        round_trip_begins();
        refused(h_run(program.context));
}
