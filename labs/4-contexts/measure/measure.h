// SPDX-License-Identifier: MIT
// What running programs costs, in ticks of the time-stamp counter; in Bochs
// these are instructions, and the same in each run. This stage is built for
// `make bench` alone, and is a part of no other. What lab 3's operations cost
// is measured by lab 3's stage.
//
// Its code stands where a client kernel's would, but is compiled as the kernel
// is: the figures are those of H, without the traps of a client's code.
#ifndef MEASURE_H
#define MEASURE_H

#include <h/h.h>

#include <kernel/cpu.h>

// Reports what one call of an operation cost; arguments that cost something are
// computed before.
//
// operation   its name without h_
// title       of the case: letters, digits and _
#define MEASURE(operation, title, call)                                        \
        do {                                                                   \
                const uint64_t begin_ = rdtsc();                               \
                const enum h_error error_ = (call);                            \
                const uint64_t end_ = rdtsc();                                 \
                measured(operation, title, end_ - begin_, error_);             \
        } while (0)

// The same of a call that cannot refuse.
#define MEASURE_VOID(operation, title, call)                                   \
        do {                                                                   \
                const uint64_t begin_ = rdtsc();                               \
                (call);                                                        \
                const uint64_t end_ = rdtsc();                                 \
                measured(operation, title, end_ - begin_, H_OK);               \
        } while (0)

// Reports a figure, less what measuring nothing costs. An error stops the
// machine: this stage makes only calls that are good.
void measured(const char *operation, const char *title, uint64_t ticks,
              enum h_error error);

// The same of ticks from which nothing is to be taken.
void measured_exactly(const char *operation, const char *title, uint32_t ticks);

// Reports a round trip, measured by the program. What it costs in parts is
// found out by following it instruction by instruction, from round_trip_begins
// to round_trip_ends: h4/round_trip.py.
void measured_round_trip(const char *name, uint32_t ticks);
void round_trip_begins(void);
void round_trip_ends(void);

// Stops the machine unless `error` is H_OK: for calls that are not measured.
void done(enum h_error error);

// --- Programs ----------------------------------------------------------------

// Where a program finds its code, its data and its stack, in an address space
// of its own.
#define CODE_AT 0x40000000u
#define DATA_AT 0x40001000u
#define NOTHING_AT 0x40002000u
#define STACK_TOP (DATA_AT + 0x1000u)
#define TICKS_AT 0x40001000u // what it has measured: the first word of its data

struct program {
        struct h_pagemap space;
        struct h_fault_context context;
        struct h_kernel_mapping data; // its data, as the client sees them
        volatile uint32_t *ticks;     // the first word of them
};

// Instructions that do not depend on where they lie.
struct code {
        const uint8_t *begin;
        uint32_t size;
};

// What each is for is said in code.c.
extern const struct code code_round_trip_int;
extern const struct code code_round_trip_sysenter;
extern const struct code code_int;
extern const struct code code_sysenter;
extern const struct code code_messages_sysenter;
extern const struct code code_messages_int;
extern const struct code code_fault;
extern const struct code code_float;
extern const struct code code_ready;

void supply_init(void);

// A program at the beginning of `code`.
struct program new_program(const struct code *code);

// Lets it begin there once more.
void program_again(const struct program *program);

// Takes the next tick of the timer: the one behind it is a period away.
void let_timer_tick(void);

// --- The groups of figures ---------------------------------------------------

void measure_contexts(void);
void measure_interrupts(void);
void measure_running(void);

// The stack is gone when something runs in this form; so this is the last
// group, and goes on to measured_all.
_Noreturn void measure_bound(void);
_Noreturn void measured_all(void);

#endif
