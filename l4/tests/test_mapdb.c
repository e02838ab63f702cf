// SPDX-License-Identifier: MIT
// The mapping database against a simple model: sequences of operations at random, done in
// both, and compared after each operation.
//
//     SEED=n         the first sequence; each further one has the next number
//     OPERATIONS=n   how many operations, all sequences together
//     LENGTH=n       operations of a sequence
//
// A sequence that fails is made as short as it can be, and printed.
#define _POSIX_C_SOURCE 200809L // sigaction, clock_gettime
#include "run.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LONGEST 4096u

#ifdef __SANITIZE_ADDRESS__
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
#endif

struct sequence {
        uint32_t sizes;
        size_t length;
        struct operation operations[LONGEST];
};

static struct sequence sequence, shorter;
static uint32_t seed;
static size_t sequence_length;

// Does a sequence. False: it fails; it is cut behind the operation that does.
static bool
passes(struct sequence *tried)
{
        volatile size_t done = 0;
        jmp_buf back;

        machine_catch = &back;
        if (setjmp(back) != 0) {
                tried->length = done;
                return false;
        }
        run_begin(tried->sizes);
        while (done < tried->length) {
                done++;
                run_operation(&tried->operations[done - 1]);
        }
        return true;
}

// How often there is one of each kind.
static const uint8_t weights[KINDS] = {
        [GIVE] = 8,   [SHARE] = 40, [GRANT] = 14, [TAKE] = 14,
        [TOUCH] = 12, [KEEP] = 1,   [TABLES] = 2, [BEGIN] = 3,
        [STEP] = 9,   [END] = 1,    [LEAVE] = 1,  [ITEM] = 8,
};

static uint32_t
next(uint64_t *state)
{
        *state = *state * 6364136223846793005u + 1442695040888963407u;
        return (uint32_t)(*state >> 33) ^ (uint32_t)(*state >> 40);
}

static enum kind
choose_kind(uint64_t *state)
{
        unsigned all = 0;
        unsigned kind = 0;

        for (unsigned i = 0; i < KINDS; i++)
                all += weights[i];
        for (unsigned left = next(state) % all; left >= weights[kind]; kind++)
                left -= weights[kind];
        return kind;
}

static void
make(uint32_t number, size_t length)
{
        uint64_t state = number * 0x9E3779B97F4A7C15u + 1;

        sequence.sizes = next(&state);
        sequence.length = length;
        for (size_t i = 0; i < length; i++) {
                struct operation *operation = &sequence.operations[i];
                operation->kind = choose_kind(&state);
                for (unsigned j = 0; j < 8; j++)
                        operation->numbers[j] = next(&state);
        }
}

// Leaves out `count` operations from `at` on, if it fails without them too.
static void
leave_out(size_t at, size_t count)
{
        if (count > sequence.length - at)
                count = sequence.length - at;
        shorter = sequence;
        memmove(&shorter.operations[at], &shorter.operations[at + count],
                (shorter.length - at - count) * sizeof(shorter.operations[0]));
        shorter.length -= count;
        if (!passes(&shorter))
                sequence = shorter;
}

static void
shrink(void)
{
        size_t before;

        for (size_t part = sequence.length / 2; part > 0; part /= 2)
                for (size_t at = 0; at < sequence.length; at += part)
                        leave_out(at, part);
        do {
                before = sequence.length;
                for (size_t at = sequence.length; at-- > 0;)
                        if (at < sequence.length)
                                leave_out(at, 1);
        } while (sequence.length < before);
}

static void
print_command(void)
{
        printf("# again: make -C l4/tests model SEED=%u OPERATIONS=1 "
               "LENGTH=%zu\n",
               seed, sequence_length);
}

static void
report(void)
{
        printf("not ok 1 - the mapping database does what the model does\n"
               "# SEED=%u: operation %zu: %s\n",
               seed, sequence.length, machine_message);
        print_command();
        fflush(stdout);
        shrink();
        printf("# the same in short:\n");
        run_aloud = true;
        passes(&sequence);
        printf("# %s\n", machine_message);
}

static void
on_abort(int number)
{
        (void)number;
        printf("not ok 1 - the mapping database does what the model does\n"
               "# SEED=%u: see what the sanitizer says\n",
               seed);
        print_command();
        fflush(stdout);
        _Exit(1);
}

static unsigned long
option(const char *name, unsigned long otherwise)
{
        const char *value = getenv(name);

        return value && *value ? strtoul(value, NULL, 0) : otherwise;
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
        struct sigaction action = { .sa_handler = on_abort };
        unsigned long wanted = option("OPERATIONS", 100000);
        unsigned long done = 0;
        double begun = seconds();

        setvbuf(stdout, NULL, _IOLBF, 0);
        sigaction(SIGABRT, &action, NULL);
        sigaction(SIGSEGV, &action, NULL);
        sequence_length = option("LENGTH", 300);
        if (sequence_length > LONGEST)
                sequence_length = LONGEST;
        printf("1..1\n");
        for (seed = (uint32_t)option("SEED", 1); done < wanted; seed++) {
                make(seed, sequence_length);
                if (!passes(&sequence)) {
                        report();
                        return 1;
                }
                done += sequence_length;
        }
        printf("ok 1 - the mapping database does what the model does\n"
               "# %lu operations in %.1f s, seeds up to %u\n",
               done, seconds() - begun, seed - 1);
        return 0;
}
