// SPDX-License-Identifier: MIT
// What it costs to lend memory and to take it back.
#ifndef MAPPINGS_H
#define MAPPINGS_H

#include <l4/ipc.h>
#include <l4/space.h>
#include <l4/thread.h>
#include <user/threads.h>

#include <stdbool.h>

#define PAGE_LOG2 12
#define PAGE_BYTES 4096u

#define TRIES                                                                  \
        12 // the least of so many is taken: now and then the timer interrupts

// Where memory is that has been mapped, in the space of whoever has it. Of 1, 4, .. 4,096
// of them none begins a page-table: a page below them is always there.
#define WINDOWS 0x40010000u

// A page of the program's that nobody else uses, as a flexpage with all rights; from 0 up.
#define STORE_PAGES TRIES
L4_Fpage_t store(L4_Word_t page);

// The page of a window, from 0 up, in the same form.
L4_Fpage_t window(L4_Word_t n);

L4_Word_t ticks(void);
void keep_least(L4_Word_t *least, L4_Word_t ticks_taken);

// --- The other ones (others.c) -------------------------------------------------------------

// They take whatever is mapped to them, and answer: one in the space of the first thread,
// one in a space of its own.
extern const L4_Word_t beside, apart;

// Makes them. Whether that could be done.
bool others_begin(void);

// A message to one of them without items, or with one, and its answer.
void call_empty(L4_Word_t other);
void call_map(L4_Word_t other, L4_Fpage_t page, L4_Word_t base);
void call_grant(L4_Word_t other, L4_Fpage_t page, L4_Word_t base);

// The one apart reads the first word of a window, which its pager maps to it.
// Returns the ticks of that instruction.
L4_Word_t call_fault(L4_Word_t n);

// --- What is measured (growth.c) -------------------------------------------------------------

// By how many mappings there are: each made out of the same page (wide), or each out of
// the one before (deep).
enum growth {
        MAP, // one more, which is the last; a message and an answer with that
        ONE, // Unmap of the last one
        ALL, // Unmap of all of them
        GROWTHS,
};

void measure_growth(bool deep, L4_Word_t n, L4_Word_t costs[GROWTHS]);

#endif
