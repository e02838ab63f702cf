// SPDX-License-Identifier: MIT
// The stage in which hostile programs run. It is the whole system, with two things
// besides: all that L4 is called for goes through here first, so that what L4 keeps is
// looked at now and then; and the root program, user/fuzz, can ask for what no program
// of L4's could be told, at a door of its own (INT 0x80 with DOOR in EAX).
//
//     seed=17,calls=100000,each=500
//
// calls    the system calls that hostile programs are to make
// each     after so many all that L4 keeps is looked at
//
// What is said on the line to the grader:
//
//     # round 3 12000          a round begins; calls up to now
//     # broken <in words>
//     # vector 14 12345        how often programs were left by it
//     # superpages 1234        mappings of 4 MB, as often as they were seen
//     # calls 100000           at the end, when all is well
#include "fuzz.h"

#include <grader/guest/harness.h>
#include <h/h.h>
#include <h/internal/context.h>
#include <h/internal/paranoid.h>
#include <h/internal/run.h>
#include <h/internal/state.h>
#include <h4/test.h>
#include <kernel/bootinfo.h>
#include <kernel/cmdline.h>
#include <kernel/console.h>
#include <kernel/format.h>
#include <kernel/memory.h>
#include <kernel/power.h>
#include <kernel/stage.h>
#include <l4/l4.h>

#define DOOR 0x46555A5Au

// What the root program asks for, in ECX; EDX is an argument.
enum question {
        ASK_SEED,
        ASK_WANTED,
        ASK_CALLS,
        ASK_EMPTY, // nothing is there but sigma0 and the root program: note it
        ASK_RETURNED, // so it is again: compare
        ASK_ROUND,
        ASK_BROKEN,
        ASK_END,
};

#define VECTORS 256u

static uint32_t seed = 1;
static uint32_t wanted = 10000;
static uint32_t each = 500;
static uint32_t calls;
static uint32_t round;
static uint32_t seen[VECTORS];
static uint32_t empty[BOOKS];
static struct h_handlers behind;

void
broken(const char *text, ...)
{
        char words[180];
        va_list arguments;

        va_start(arguments, text);
        vformat(words, sizeof(words), text, arguments);
        va_end(arguments);
        protocol_line("# broken %s; seed %u, round %u, call %u", words, seed,
                      round, calls);
        protocol_drain();
        power_off(POWER_OFF_FATAL);
}

static void
check_all(void)
{
        check_threads();
        check_waiting();
        check_spaces();
        check_mappings();
}

static void
compare(void)
{
        uint32_t now[BOOKS];

        books_count(now);
        for (enum book book = 0; book < BOOKS; book++)
                FUZZ_HOLDS(now[book] == empty[book],
                           "%s: %u, and %u before anybody came",
                           book_names[book], now[book], empty[book]);
}

static _Noreturn void
end(void)
{
        check_all();
        paranoid_check("hostile programs");
        for (uint32_t i = 0; i < VECTORS; i++)
                if (seen[i])
                        protocol_line("# vector %u %u", i, seen[i]);
        protocol_line("# superpages %u", superpages_seen);
        protocol_line("# calls %u", calls);
        protocol_drain();
        power_off(POWER_OFF_DONE);
}

static uint32_t
answer(enum question question, uint32_t argument)
{
        switch (question) {
        case ASK_SEED:
                return seed;
        case ASK_WANTED:
                return wanted;
        case ASK_CALLS:
                return calls;
        case ASK_EMPTY:
                books_count(empty);
                return 0;
        case ASK_RETURNED:
                check_all();
                compare();
                return 0;
        case ASK_ROUND:
                round = argument;
                protocol_line("# round %u %u", round, calls);
                return 0;
        case ASK_BROKEN:
                broken("the kernel does not serve any more: %u", argument);
        default:
                end();
        }
}

// --- Before L4 ---------------------------------------------------------------------------

static void
count_call(void)
{
        if (hostile_runs() && ++calls % each == 0)
                check_all();
}

static void
called(struct h_fault_context context, uint32_t eax, uint32_t edx, uint32_t ecx,
       uint32_t esi, uint32_t edi, uint32_t ebx, uint32_t ebp)
{
        count_call();
        behind.system_call(context, eax, edx, ecx, esi, edi, ebx, ebp);
}

static void
called_by_gate(struct h_fault_context context, uint32_t eax, uint32_t edx,
               uint32_t ecx, uint32_t esi, uint32_t edi, uint32_t ebx,
               uint32_t ebp)
{
        if (eax == DOOR && keeper_runs()) {
                h_write_register(context, H_EAX,
                                 answer((enum question)ecx, edx));
                return;
        }
        count_call();
        behind.gate_call(context, eax, edx, ecx, esi, edi, ebx, ebp);
}

static void
left(struct h_fault_context context, uint8_t vector, uint32_t code)
{
        if (hostile_runs())
                seen[vector]++;
        behind.event(context, vector, code);
}

void
stage_main(void)
{
        static const struct h_handlers own = {
                .system_call = called,
                .event = left,
                .gate_call = called_by_gate,
        };
        const char *line = bootinfo_command_line();

        harness_main(line);
        console_init();
        memory_init();
        h_init();
        execution_init();
        cmdline_number(line, "seed", &seed);
        cmdline_number(line, "calls", &wanted);
        cmdline_number(line, "each", &each);
        l4_begin();
        behind = run_handlers;
        h_set_handlers(&own);
        l4_run();
}
