// SPDX-License-Identifier: MIT
// Doing calls: first in the model, then in the machine; what all kinds of calls
// need. See call.h.
#ifndef H_TESTS_RUN_H
#define H_TESTS_RUN_H

#include "call.h"

// What results hold before a call that may not write to them.
#define UNTOUCHED 0xDEADBEEFu

// The kind of the call that is being done.
extern enum call_kind run_kind;

// Is the answer one of those that it may be? True where the operation is to have
// been done.
bool run_agree(enum h_error answer, refusals set);

// Stops the machine where two values differ.
void run_same(const char *what, uint32_t is, uint32_t expected);

// Notes a handle that has been given out; no handle ever is twice.
enum handle_kind {
        OF_PAGEMAP,
        OF_MAPPING,
        OF_CONTEXT,
};

void run_note_issued(uint32_t slot, uint32_t generation, enum handle_kind kind);

// Keeps the handle that a call was given. The model has it already.
void run_keep_pagemap(uint16_t number, struct h_pagemap handle);
void run_keep_mapping(uint16_t number, struct h_kernel_mapping handle);

struct h_pagemap run_pagemap_of(struct handle handle);
struct h_kernel_mapping run_mapping_of(struct handle handle);

// The calls, by what they are about.
void run_spaces(const struct call *call);
void run_user_memory(const struct call *call);
void run_kernel_memory(const struct call *call);
void run_words(const struct call *call);
void run_user_words(const struct call *call);
void run_contexts(const struct call *call);
void run_programs(const struct call *call);
void run_lines(const struct call *call);

// The handle of a context that a call names.
struct h_fault_context run_context_of(struct handle handle);

// Forgets all contexts; makes as many slots as the sequence wants.
void run_start_contexts(const struct start *start);

#endif
