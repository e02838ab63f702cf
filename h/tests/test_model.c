// SPDX-License-Identifier: MIT
// H against its specification: sequences of calls at random, done in the model
// and in the machine, and compared after each call.
//
//     SEED=n         the first sequence; each further one has the next number
//     OPERATIONS=n   how many calls, all sequences together
//     LENGTH=n       calls of a sequence
//     ANSWERS=1      print how often each operation gave each answer
//
// A sequence that fails is made as short as it can be, and printed.
#define _POSIX_C_SOURCE 200809L // sigaction, clock_gettime
#include "answers.h"
#include "call.h"
#include "compare.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// After how many calls everything is looked at.
#define CHECK_EVERY 64

// Do sanitizers watch? Then they end the program with SIGABRT, so that it can
// say which sequence it was.
#ifdef __SANITIZE_ADDRESS__
#define WATCHED true
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *
__asan_default_options(void)
{
        return "abort_on_error=1";
}

const char *
__ubsan_default_options(void)
{
        return "abort_on_error=1:print_stacktrace=1";
}
#else
#define WATCHED false
#endif

static struct sequence sequence, shorter;
static uint32_t seed;
static size_t sequence_length; // of each sequence that is made

// Does one more call of the sequence; false where something differs.
static bool
do_call(const struct call *call, bool check)
{
        jmp_buf back;

        machine_catch = &back;
        if (setjmp(back) != 0) {
                machine_catch = NULL;
                return false;
        }
        run_call(call);
        if (check)
                compare_all();
        machine_catch = NULL;
        return true;
}

static bool
begin(const struct start *start)
{
        jmp_buf back;

        machine_catch = &back;
        if (setjmp(back) != 0) {
                machine_catch = NULL;
                return false;
        }
        run_start(start);
        compare_all();
        machine_catch = NULL;
        return true;
}

// Makes a sequence and does it. False where a call differs: the last one.
static bool
generate(uint64_t number, size_t length)
{
        struct source source = { .state = number * 0x9E3779B97F4A7C15u + 1 };

        for (unsigned i = 0; i < 8; i++)
                source_below(&source, 2);
        generate_start(&source, &sequence.start);
        sequence.start.moving_window = number % 64 == 15;
        sequence.length = 0;
        if (!begin(&sequence.start))
                return false;
        while (sequence.length < length) {
                size_t at = sequence.length++;
                struct call *call = &sequence.calls[at];
                generate_call(&source, (uint16_t)(at + 1), call);
                if (!do_call(call,
                             (at + 1) % CHECK_EVERY == 0 || at + 1 == length))
                        return false;
        }
        return true;
}

// Does the sequence fail? It is cut behind the call that does.
static bool
fails(struct sequence *calls)
{
        if (!begin(&calls->start)) {
                calls->length = 0;
                return true;
        }
        for (size_t i = 0; i < calls->length; i++)
                if (!do_call(&calls->calls[i], true)) {
                        calls->length = i + 1;
                        return true;
                }
        return false;
}

// Leaves out `count` calls from `at` on, if it fails without them too.
static bool
leave_out(size_t at, size_t count)
{
        shorter = sequence;
        if (count > shorter.length - at)
                count = shorter.length - at;
        memmove(&shorter.calls[at], &shorter.calls[at + count],
                (shorter.length - at - count) * sizeof(shorter.calls[0]));
        shorter.length -= count;
        if (!fails(&shorter))
                return false;
        sequence = shorter;
        return true;
}

static void
shrink(void)
{
        if (!fails(&sequence))
                return;
        for (size_t part = sequence.length / 2; part > 0; part /= 2)
                for (size_t end = sequence.length; end > 0;) {
                        size_t at = end > part ? end - part : 0;
                        leave_out(at, end - at);
                        end = at < sequence.length ? at : sequence.length;
                }
        size_t before;
        do {
                before = sequence.length;
                for (size_t at = sequence.length; at-- > 0;)
                        if (at < sequence.length)
                                leave_out(at, 1);
        } while (sequence.length < before);
}

// The command that does this sequence again, and no other.
static void
print_command(void)
{
        printf("# again: make -C h/tests model SEED=%u OPERATIONS=1 LENGTH=%zu"
               "%s\n",
               seed, sequence_length, WATCHED ? " WATCHED=1" : "");
}

static void
report(void)
{
        printf("not ok 1 - H does what the model does\n"
               "# SEED=%u: call %zu: %s\n",
               seed, sequence.length, machine_message);
        print_command();
        fflush(stdout);
        shrink();
        fails(&sequence); // for its message
        printf("# the same in short: %zu calls, memory filled with 0x%08x, "
               "%u, %u and %u slots:\n",
               sequence.length, sequence.start.filling,
               sequence.start.pagemap_slots, sequence.start.mapping_slots,
               sequence.start.context_slots);
        for (size_t i = 0; i < sequence.length; i++)
                print_call(&sequence.calls[i]);
        printf("# the last one: %s\n", machine_message);
}

static void
on_signal(int number)
{
        if (number != SIGABRT)
                machine_stop("signal %d: an access outside of all memory",
                             number);
        printf("not ok 1 - H does what the model does\n"
               "# SEED=%u: call %zu: see what the sanitizer says\n",
               seed, sequence.length);
        print_command();
        fflush(stdout);
}

static void
watch_for_signals(void)
{
        struct sigaction action = { .sa_handler = on_signal,
                                    .sa_flags = SA_NODEFER };

        if (WATCHED) {
                sigaction(SIGABRT, &action, NULL);
                return;
        }
        sigaction(SIGSEGV, &action, NULL);
        sigaction(SIGBUS, &action, NULL);
        sigaction(SIGFPE, &action, NULL);
}

static uint32_t
option(const char *name, uint32_t otherwise)
{
        const char *text = getenv(name);

        return text && *text ? (uint32_t)strtoul(text, NULL, 0) : otherwise;
}

static double
seconds(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int
main(void)
{
        uint32_t operations = option("OPERATIONS", 1000000);
        uint32_t length = option("LENGTH", 1024);
        uint32_t first = option("SEED", 1);
        uint32_t done = 0;
        double begin_time = seconds();

        if (length == 0 || length > CALLS_MAX)
                length = CALLS_MAX;
        sequence_length = length;
        watch_for_signals();
        printf("1..1\n");
        for (seed = first; done < operations; seed++) {
                if (!generate(seed, length)) {
                        report();
                        return 1;
                }
                done += length;
        }
        double time = seconds() - begin_time;
        bool all = all_answers_came(option("ANSWERS", 0) != 0);
        if (!all && operations >= 100000) {
                printf("not ok 1 - every answer comes\n"
                       "# again: make -C h/tests model SEED=%u OPERATIONS=%u "
                       "LENGTH=%u%s\n",
                       first, operations, length, WATCHED ? " WATCHED=1" : "");
                return 1;
        }
        printf("ok 1 - H does what the model does\n"
               "# %u operations in %.1f seconds, %.0f a second\n",
               done, time, done / time);
        return 0;
}
