// SPDX-License-Identifier: MIT
// The stage that runs random programs. The command line says which runs:
//
//     seed=17,first=0,runs=10000,each=500,tell=0,except=...
//
// each     after so many runs all memory is looked at
// tell     whether to say a digest of each run
// except   words of the kernel that may change: see memory.c
//
// What is said on the line to the grader:
//
//     # broken 17 4711 <seed, number, in words>
//     # run 4711 1a2b3c4d      how a program was left, but for the timer: the same
//                              whenever the run is made, unless it hangs on time
//     # vector 14 12345        how often user code was left by it
//     # programs 17 0 10000 done
#include "random.h"

#include <grader/guest/harness.h>
#include <h/internal/paranoid.h>
#include <h4/test.h>
#include <kernel/bootinfo.h>
#include <kernel/cmdline.h>
#include <kernel/console.h>
#include <kernel/format.h>
#include <kernel/power.h>
#include <kernel/stage.h>

#define LEGS 8
#define PERIOD H_PERIOD_LEAST // 1,000 instructions in Bochs

struct own own;

void
broken(const char *text, ...)
{
        char words[180];
        va_list arguments;

        va_start(arguments, text);
        vformat(words, sizeof(words), text, arguments);
        va_end(arguments);
        protocol_line("# broken %u %u %s", own.seed, own.number, words);
        protocol_drain();
        power_off(POWER_OFF_FATAL);
}

void
done(enum h_error error, const char *operation)
{
        if (error != H_OK)
                broken("%s answers %s", operation, h_strerror(error));
}

void
random_from(uint32_t seed, uint32_t number)
{
        random_begin(seed * 0x9E3779B9u ^ number * 0x85EBCA6Bu, "programs");
}

void
random_fill(uint32_t *words, uint32_t count)
{
        uint32_t word = random_word();

        for (uint32_t i = 0; i < count; i++) {
                word = word * 1664525u + 1013904223u;
                words[i] = word ^ word >> 16;
        }
}

static void
random_registers(uint32_t registers[H_REGISTERS])
{
        for (unsigned i = 0; i < H_REGISTERS; i++)
                registers[i] = some_value();
        registers[H_EFLAGS] = some_flags();
        registers[H_EIP] =
                random_below(8) ? some_code() : CODE_AT + random_below(4096);
        if (random_below(4) == 0)
                return;
        registers[H_ESP] = DATA_AT + 0x1000 + (random_word() & 0x7FC);
        registers[H_EBP] = DATA_AT + 0x800;
        registers[H_EBX] = some_code();
}

static struct h_fault_context
new_context(void)
{
        static const struct h_port_range ports[] = { { 0x378, 0x37A },
                                                     { 0x3FF, 0x3FF },
                                                     { 0x3B4, 0x3B5 } };
        struct h_fault_context context;
        uint32_t registers[H_REGISTERS];

        done(h_alloc_fault_context(&context), "h_alloc_fault_context");
        if (random_below(4) == 0)
                done(h_set_gs(context, (struct h_vaddr){ DATA_AT },
                              1 + random_below(0x3000)),
                     "h_set_gs");
        if (random_below(4) == 0)
                done(h_set_ports(context, ports, 1 + random_below(3)),
                     "h_set_ports");
        random_registers(registers);
        done(h_write_registers(context, registers), "h_write_registers");
        return context;
}

// Lets the program go on, or begin elsewhere. False: this was enough.
static bool
go_on(struct h_fault_context context, const struct h_interrupt *event)
{
        uint32_t registers[H_REGISTERS];

        if (event->kind == H_TIMER)
                return random_below(2);
        if (event->kind == H_SYSTEM_CALL)
                return h_write_register(context, H_EAX, some_value()) == H_OK;
        if (random_below(6) == 0)
                return false;
        if (random_below(6) == 0) {
                random_registers(registers);
                return h_write_registers(context, registers) == H_OK;
        }
        return h_write_register(context, H_EIP, some_code()) == H_OK;
}

// The timer begins anew. Where it ends the program before that begins, as it was due
// before, the program is let go on at once.
static void
execute(struct h_fault_context context, struct h_interrupt *event)
{
        for (unsigned i = 0; i < 2; i++) {
                done(h_set_period(PERIOD), "h_set_period");
                done(h_execute(own.space, context, event), "h_execute");
                if (event->kind != H_TIMER)
                        return;
        }
}

static void
run(void)
{
        struct h_interrupt event;

        own.digest = 0;
        random_from(own.seed, own.number);
        program_random();
        pages_reset();
        struct h_fault_context context = new_context();
        for (unsigned leg = 0; leg < LEGS; leg++) {
                execute(context, &event);
                processor_check();
                registers_check(context, &event);
                random_from(own.seed + leg + 1, own.number);
                if (!go_on(context, &event))
                        break;
        }
        done(h_free_fault_context(context), "h_free_fault_context");
        if (own.tell)
                protocol_line("# run %u %08x", own.number, own.digest);
        for (enum user_page page = 0; page < PAGES; page++)
                if (!own.pages[page].writable && !page_unchanged(page))
                        broken("page %u has changed, and is not mapped "
                               "writable",
                               page);
        tables_check();
}

static void
run_all(uint32_t first, uint32_t runs, uint32_t each)
{
        uint32_t inside = 0; // runs since memory was looked at

        for (own.number = first; own.number < first + runs; own.number++) {
                if (own.number == first || own.number % BATCH == 0) {
                        random_from(own.seed, ~(own.number / BATCH));
                        batch_begin();
                }
                if (inside++ == 0) {
                        calm();
                        memory_note();
                        processor_note();
                        tables_note();
                }
                run();
                bool last = own.number + 1 == first + runs ||
                            (own.number + 1) % BATCH == 0;
                if (inside == each || last) {
                        calm();
                        memory_check();
                        inside = 0;
                }
                if (last)
                        batch_end();
        }
}

void
stage_main(void)
{
        const char *line = bootinfo_command_line();
        uint32_t first = 0, runs = 1, each = BATCH;

        harness_main(line);
        console_init();
        memory_init();
        h_init();
        execution_init();

        own.seed = 1;
        cmdline_number(line, "seed", &own.seed);
        cmdline_number(line, "first", &first);
        cmdline_number(line, "runs", &runs);
        cmdline_number(line, "each", &each);
        cmdline_number(line, "tell", &own.tell);
        cmdline_value(line, "except", own.list, sizeof(own.list));
        machine_begin();
        calm_begin();
        exceptions_begin();
        exceptions_from(own.list);
        run_all(first, runs, each);

        paranoid_check("random programs");
        for (uint32_t i = 0; i < VECTORS_KNOWN; i++)
                if (own.seen[i])
                        protocol_line("# vector %u %u", i, own.seen[i]);
        protocol_line("# programs %u %u %u done", own.seed, first, runs);
        protocol_drain();
        power_off(POWER_OFF_DONE);
}
