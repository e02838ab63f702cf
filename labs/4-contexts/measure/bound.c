// SPDX-License-Identifier: MIT
// Figures: the bound form. Whatever runs in it ends in a handler, on a stack of
// which nothing is left; so the figures are taken one behind the other, each by
// handlers of its own, and the last handler of one begins the next.
#include "measure.h"

#include <kernel/panic.h>

#define NO_BUFFER ((struct h_kernel_mapping){ 0, 0 })
#define MOST_WORDS 60u

// What it costs to store the counter and to read it.
#define STORED_AND_READ 2u

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
set_handlers(void (*system_call)(struct h_fault_context context, uint32_t eax,
                                 uint32_t edx, uint32_t ecx, uint32_t esi,
                                 uint32_t edi, uint32_t ebx, uint32_t ebp),
             void (*event)(struct h_fault_context context, uint8_t vector,
                           uint32_t code))
{
        const struct h_handlers handlers = { system_call, event };

        MEASURE_VOID("set_handlers", "common", h_set_handlers(&handlers));
}

static void
handlers_are(void (*system_call)(struct h_fault_context context, uint32_t eax,
                                 uint32_t edx, uint32_t ecx, uint32_t esi,
                                 uint32_t edi, uint32_t ebx, uint32_t ebp))
{
        const struct h_handlers handlers = { system_call, stop };

        h_set_handlers(&handlers);
}

static void
bind(const struct program *one)
{
        done(h_bind(one->context, one->space, one->data, 4));
}

static struct program
bound_program(const struct code *code)
{
        const struct program made = new_program(code);

        bind(&made);
        return made;
}

static bool
same(struct h_fault_context one, struct h_fault_context other)
{
        return one.slot == other.slot && one.generation == other.generation;
}

// --- Messages --------------------------------------------------------------------

static struct {
        const char *prefix; // of the titles
        uint32_t words;     // of the message that is on its way
        bool begun;
} messages;

static _Noreturn void begin_messages_int(void);

// Reports what the message that has arrived has cost; false: it was the last.
static bool
arrived(const struct program *receiver)
{
        static char title[] = "int_00";
        char *const digits = title + 4;

        digits[0] = (char)('0' + messages.words / 10);
        digits[1] = (char)('0' + messages.words % 10);
        measured_exactly("handoff",
                         messages.prefix ? title :
                         digits[0] == '0' ? digits + 1 :
                                            digits,
                         *receiver->ticks - called - STORED_AND_READ);
        messages.words += 4;
        return messages.words <= MOST_WORDS;
}

// Both programs have made a system call; whose is told takes what the other sends.
static void
pass_message(struct h_fault_context context, uint32_t eax, uint32_t edx,
             uint32_t ecx, uint32_t esi, uint32_t edi, uint32_t ebx,
             uint32_t ebp)
{
        const bool first = same(context, program.context);
        const struct program *sender = first ? &program : &partner;
        const struct program *receiver = first ? &partner : &program;

        (void)eax, (void)edx, (void)ecx, (void)esi, (void)edi, (void)ebx;
        (void)ebp;
        if (first && !messages.begun)
                refused(h_run(partner.context));
        if (messages.begun && !arrived(sender)) {
                if (messages.prefix)
                        measured_all();
                begin_messages_int();
        }
        messages.begun = true;
        called = (uint32_t)rdtsc();
        refused(h_handoff(receiver->context, messages.words, 1, 2));
}

static _Noreturn void
begin_messages(const struct code *code, const char *prefix)
{
        program = bound_program(code);
        partner = bound_program(code);
        messages.prefix = prefix;
        messages.words = 0;
        messages.begun = false;
        let_timer_tick();
        handlers_are(pass_message);
        refused(h_run(program.context));
}

static void
begin_messages_int(void)
{
        begin_messages(&code_messages_int, "int_");
}

// --- h_run -----------------------------------------------------------------------

// Each time but the first the program has stored when it went on.
static unsigned calls;

static void
run_again(struct h_fault_context context, uint32_t eax, uint32_t edx,
          uint32_t ecx, uint32_t esi, uint32_t edi, uint32_t ebx, uint32_t ebp)
{
        static const char *const titles[] = { "common", "same_space_int",
                                              "other_space_int" };

        (void)edx, (void)ecx, (void)esi, (void)edi, (void)ebx, (void)ebp;
        (void)eax;
        const struct program *one =
                same(context, program.context) ? &program : &partner;
        if (calls > 0 && calls != 2)
                measured_exactly("run", titles[calls / 2],
                                 *one->ticks - called - STORED_AND_READ);
        if (calls == 4)
                begin_messages(&code_messages_sysenter, NULL);

        // The first program comes by SYSENTER, the other one by INT; at last the
        // first one once more, with a register written: the long way.
        calls++;
        if (calls == 2)
                one = &partner;
        if (calls == 4) {
                one = &program;
                done(h_write_register(one->context, H_ECX, 0));
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

// --- The round trip --------------------------------------------------------------

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
        if (vector != 6)
                stop(context, vector, code);
        measured_round_trip("null_round_trip_sysenter", *program.ticks);
        begin_runs();
}

void
measure_bound(void)
{
        program = new_program(&code_round_trip_sysenter);
        MEASURE("bind", "common",
                h_bind(program.context, program.space, program.data, 0));
        MEASURE("unbind", "common", h_unbind(program.context));
        MEASURE("bind", "no_buffer",
                h_bind(program.context, program.space, NO_BUFFER, 0));
        set_handlers(serve_nothing, end_trip);

        let_timer_tick();
        round_trip_begins();
        refused(h_run(program.context));
}
