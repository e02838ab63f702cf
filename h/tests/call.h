// SPDX-License-Identifier: MIT
// One call of an operation of H, or one thing that user code does, as data: to be
// made at random, done, left out and printed.
#ifndef H_TESTS_CALL_H
#define H_TESTS_CALL_H

#include "model.h"

enum call_kind {
        DERIVE_REGION,
        CREATE_PAGEMAP_PAGE,
        ALLOC_PAGEMAP,
        FREE_PAGEMAP,
        ADD_MAPPING,
        MODIFY_MAPPING,
        REMOVE_MAPPING,
        READ_MAPPING,
        TAKE_REFERENCE_BITS,
        SPLIT_SUPERPAGE,
        ADD_KERNEL_MAPPING,
        REMOVE_KERNEL_MAPPING,
        KERNEL_MAPPING_PARTS,
        READ_KERNEL_MAPPING,
        WRITE_KERNEL_MAPPING,
        READ_WORD_AT_OFFSET,
        WRITE_WORD_AT_OFFSET,
        COPY_WORDS,
        COPY_USER,
        READ_USER_WORD,
        CONFIGURATION, // all lists of the machine
        RUN,           // CR3 becomes an address space
        USER_READ,
        USER_WRITE,
        ALLOC_CONTEXT,
        FREE_CONTEXT,
        READ_REGISTER,
        WRITE_REGISTER,
        READ_REGISTERS,
        WRITE_REGISTERS,
        SET_GS,
        SET_PORTS,
        BIND,
        UNBIND,
        EXECUTE, // and what the program does then
        RUN_BOUND,
        HANDOFF,
        ENABLE_IRQ,
        DISABLE_IRQ,
        MASK_ACK_IRQ,
        SET_PERIOD,
        CALL_KINDS,
};

// A handle: the one that an earlier call got, by that call's number, changed by
// what stands beside it; or, from 0, just that.
struct handle {
        uint16_t from;
        uint32_t slot;       // exclusive or
        uint32_t generation; // added
};

struct call {
        uint16_t number; // from 1, the same for ever
        uint8_t kind;
        bool flag; // ADD_MAPPING: a page is supplied; ADD_KERNEL_MAPPING: user
        struct handle handle[2]; // destination, source
        struct handle context;
        struct h_pagemap_page table;
        uint32_t region; // words of flexpages
        uint32_t pages;
        uint32_t rights;
        uint32_t address[2]; // destination, source; or offsets
        uint32_t count;      // of words or bytes, or the capacity for results
        uint32_t word; // written, or what a program does: see run_context.c
};

#define CALLS_MAX 4096

// How the machine is at the beginning of a sequence.
struct start {
        uint32_t filling; // of memory
        uint32_t pagemap_slots;
        uint32_t mapping_slots;
        uint32_t context_slots;
        uint32_t last; // generation that all slots have had
        bool moving_window;
};

struct sequence {
        struct start start;
        size_t length;
        struct call calls[CALLS_MAX];
};

// Makes the machine and the model as the sequence wants them.
void run_start(const struct start *start);

// Does a call, in the machine and in the model, and compares. A difference stops
// the machine (machine_stop). Of a call that was given a handle, run_pagemap,
// run_mapping and run_context_handle say which.
void run_call(const struct call *call);

struct h_pagemap run_pagemap(uint16_t number);
struct h_kernel_mapping run_mapping(uint16_t number);
struct h_fault_context run_context_handle(uint16_t number);

// The reverse: the call that was given the handle of one in the model.
uint16_t run_pagemap_call(unsigned index);
uint16_t run_mapping_call(unsigned index);
uint16_t run_context_call(unsigned index);

// How often each kind of call got each answer; user code's accesses count as
// H_OK, and a page fault as H_NOT_MAPPED.
extern uint32_t run_answers[CALL_KINDS][H_ERRORS];

// The name of an operation.
const char *call_name(enum call_kind kind);

// Writes the call as it would stand in a program.
void print_call(const struct call *call);

// Where choices come from: a seed, or, for a fuzzer, bytes.
struct source {
        uint64_t state;
        const unsigned char *bytes;
        size_t left;
};

uint32_t source_below(struct source *source, uint32_t limit);

void generate_start(struct source *source, struct start *out);

// A call that fits the state in which machine and model are.
void generate_call(struct source *source, uint16_t number, struct call *out);

#endif
