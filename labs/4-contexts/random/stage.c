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
//     # did handoff 1234       how often that was done in the bound form
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

void next_run(void);

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

// --- One run after the other -----------------------------------------------------

// All memory is looked at on a stack of the same depth each time: a word of H's
// says where it was.
static __attribute__((noinline)) void
look(void (*at_memory)(void))
{
        calm();
        at_memory();
}

static _Noreturn void
report(void)
{
        paranoid_check("random programs");
        for (uint32_t i = 0; i < VECTORS_KNOWN; i++)
                if (own.seen[i])
                        protocol_line("# vector %u %u", i, own.seen[i]);
        for (enum deed deed = 0; deed < DEEDS; deed++)
                if (own.bound.did[deed])
                        protocol_line("# did %s %u", deed_names[deed],
                                      own.bound.did[deed]);
        protocol_line("# programs %u %u %u done", own.seed, own.first,
                      own.runs);
        protocol_drain();
        power_off(POWER_OFF_DONE);
}

// Between two runs: what the one before leaves, and what the next one needs.
static void
between_runs(void)
{
        const bool begins = own.number == own.first;
        const bool ends = own.number == own.first + own.runs;
        const bool batch = begins || ends || own.number % BATCH == 0;

        if (!begins && (batch || own.inside == own.each)) {
                look(memory_check);
                own.inside = 0;
        }
        if (!begins && batch)
                batch_end();
        if (ends)
                report();
        if (batch) {
                random_from(own.seed, ~(own.number / BATCH));
                batch_begin();
        }
        if (own.inside++ == 0) {
                look(memory_note);
                processor_note();
                tables_note();
        }
}

void
next_run(void)
{
        between_runs();
        own.digest = 0;
        random_from(own.seed, own.number);
        program_random();
        pages_reset();
        if (is_bound(own.number))
                bound_run();
        plain_run();
}

// The bound form leaves nothing on the stack, so there is nothing for a run to
// return to.
static _Noreturn void
begin_run(void)
{
        __asm__ volatile("mov $boot_stack_top, %esp\n\t"
                         "xor %ebp, %ebp\n\t" // here every backtrace ends
                         "call next_run");
        __builtin_unreachable();
}

void
run_over(void)
{
        if (own.tell)
                protocol_line("# run %u %08x", own.number, own.digest);
        for (enum user_page page = 0; page < PAGES; page++)
                if (!own.pages[page].writable && !page_unchanged(page))
                        broken("page %u has changed, and is not mapped "
                               "writable",
                               page);
        tables_check();
        own.number++;
        begin_run();
}

void
stage_main(void)
{
        const char *line = bootinfo_command_line();

        harness_main(line);
        console_init();
        memory_init();
        h_init();
        execution_init();

        own.seed = own.runs = 1;
        own.each = BATCH;
        cmdline_number(line, "seed", &own.seed);
        cmdline_number(line, "first", &own.first);
        cmdline_number(line, "runs", &own.runs);
        cmdline_number(line, "each", &own.each);
        cmdline_number(line, "tell", &own.tell);
        cmdline_value(line, "except", own.list, sizeof(own.list));
        machine_begin();
        calm_begin();
        exceptions_begin();
        exceptions_from(own.list);
        own.number = own.first;
        begin_run();
}
