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
#include "call.h"
#include "compare.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// After how many calls everything is looked at.
#define CHECK_EVERY 64

static struct sequence sequence, shorter;
static uint32_t seed;

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

static void
report(void)
{
        printf("not ok 1 - H does what the model does\n"
               "# SEED=%u LENGTH=%zu: call %zu: %s\n",
               seed, sequence.length, sequence.length, machine_message);
        fflush(stdout);
        shrink();
        fails(&sequence); // for its message
        printf("# the same in short: %zu calls, memory filled with 0x%08x, "
               "%u and %u slots:\n",
               sequence.length, sequence.start.filling,
               sequence.start.pagemap_slots, sequence.start.mapping_slots);
        for (size_t i = 0; i < sequence.length; i++)
                print_call(&sequence.calls[i]);
        printf("# the last one: %s\n", machine_message);
}

static void
on_signal(int number)
{
        machine_stop("signal %d: an access outside of all memory", number);
}

// Called by the sanitizers before the end.
void __sanitizer_set_death_callback(void (*callback)(void))
        __attribute__((weak));

static void
on_death(void)
{
        printf("# SEED=%u, call %zu\n", seed, sequence.length);
        fflush(stdout);
}

static void
watch_for_death(void)
{
        struct sigaction action = { .sa_handler = on_signal,
                                    .sa_flags = SA_NODEFER };

        if (__sanitizer_set_death_callback) {
                __sanitizer_set_death_callback(on_death);
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

// The answers that each operation can give, by its contract.
static const uint32_t answers[CALL_KINDS] = {
#define E(error) REFUSE(H_##error)
#define TABLE                                                                  \
        (E(BAD_REGION) | E(BAD_SIZE) | E(BAD_ADDRESS) | E(NOT_FREE) |          \
         E(ADDRESS_USED))
        [DERIVE_REGION] = E(BAD_REGION) | E(BAD_FLEXPAGE) | E(BAD_SIZE),
        [CREATE_PAGEMAP_PAGE] = E(BAD_REGION) | E(BAD_SIZE) | E(BAD_ADDRESS),
        [ALLOC_PAGEMAP] = TABLE | E(HANDLES_USED),
        [FREE_PAGEMAP] = E(BAD_HANDLE) | E(CAPACITY),
        [ADD_MAPPING] = TABLE | E(BAD_HANDLE) | E(BAD_FLEXPAGE) | E(NO_RIGHTS) |
                        E(NOT_NORMAL) | E(MAPPED) | E(SUPERPAGE) |
                        E(TABLE_NEEDED) | E(TABLE_INSIDE) | E(COUNT_FULL),
        [MODIFY_MAPPING] = E(BAD_HANDLE) | E(BAD_FLEXPAGE) | E(BAD_ADDRESS) |
                           E(NO_RIGHTS) | E(SUPERPAGE) | E(NOT_MAPPED),
        [REMOVE_MAPPING] = E(BAD_HANDLE) | E(BAD_FLEXPAGE) | E(BAD_ADDRESS) |
                           E(SUPERPAGE) | E(CAPACITY),
        [READ_MAPPING] = E(BAD_HANDLE) | E(BAD_ADDRESS) | E(NOT_MAPPED),
        [TAKE_REFERENCE_BITS] =
                E(BAD_HANDLE) | E(BAD_FLEXPAGE) | E(BAD_ADDRESS) | E(SUPERPAGE),
        [SPLIT_SUPERPAGE] = TABLE | E(BAD_HANDLE) | E(NOT_SUPERPAGE),
        [ADD_KERNEL_MAPPING] = E(BAD_FLEXPAGE) | E(BAD_REGION) | E(BAD_SIZE) |
                               E(BAD_ADDRESS) | E(NO_RIGHTS) | E(NOT_NORMAL) |
                               E(ADDRESS_USED) | E(COUNT_FULL) |
                               E(HANDLES_USED),
        [REMOVE_KERNEL_MAPPING] = E(BAD_HANDLE),
        [KERNEL_MAPPING_PARTS] = E(BAD_HANDLE),
        [READ_KERNEL_MAPPING] = E(BAD_HANDLE) | E(UNREADABLE),
        [WRITE_KERNEL_MAPPING] = E(BAD_HANDLE) | E(READ_ONLY),
        [READ_WORD_AT_OFFSET] = E(BAD_HANDLE) | E(OFFSET) | E(UNREADABLE),
        [WRITE_WORD_AT_OFFSET] = E(BAD_HANDLE) | E(OFFSET) | E(READ_ONLY),
        [COPY_WORDS] = E(BAD_HANDLE) | E(UNREADABLE) | E(READ_ONLY) | E(OFFSET),
        [COPY_USER] =
                E(BAD_HANDLE) | E(BAD_ADDRESS) | E(UNREADABLE) | E(READ_ONLY),
        [READ_USER_WORD] = E(BAD_HANDLE) | E(BAD_ADDRESS) | E(UNREADABLE),
        [CONFIGURATION] = E(CAPACITY),
        [USER_READ] = E(NOT_MAPPED),
        [USER_WRITE] = E(NOT_MAPPED),
#undef TABLE
#undef E
};

// Random calls prove nothing of an answer that they never get. Prints the answers
// that never came, or how often each one came.
static bool
all_answers_came(bool print)
{
        bool all = true;

        for (unsigned kind = 0; kind < CALL_KINDS; kind++)
                for (unsigned i = 0; i < H_ERRORS; i++) {
                        bool due = ((answers[kind] | REFUSE(H_OK)) >> i) & 1;
                        uint32_t times = run_answers[kind][i];
                        if (due && print)
                                printf("# %-24s %-16s %u\n", call_name(kind),
                                       h_strerror(i), times);
                        if (!due || times > 0)
                                continue;
                        printf("# %s has never answered %s\n", call_name(kind),
                               h_strerror(i));
                        all = false;
                }
        return all;
}

int
main(void)
{
        uint32_t operations = option("OPERATIONS", 1000000);
        uint32_t length = option("LENGTH", 1024);
        uint32_t done = 0;
        double begin_time = seconds();

        if (length == 0 || length > CALLS_MAX)
                length = CALLS_MAX;
        watch_for_death();
        printf("1..1\n");
        for (seed = option("SEED", 1); done < operations; seed++) {
                if (!generate(seed, length)) {
                        report();
                        return 1;
                }
                done += length;
        }
        double time = seconds() - begin_time;
        bool all = all_answers_came(option("ANSWERS", 0) != 0);
        if (!all && operations >= 100000) {
                printf("not ok 1 - every answer comes\n");
                return 1;
        }
        printf("ok 1 - H does what the model does\n"
               "# %u operations in %.1f seconds, %.0f a second\n",
               done, time, done / time);
        return 0;
}
