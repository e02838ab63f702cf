// SPDX-License-Identifier: MIT
// Tasks that do what the trial's thread says, each in a space of its own: read, write, send
// and receive memory, take it away. Task 0 is the trial itself.
//
//     task_begin(1);
//     expect_that(map(0, 1, pages(store_at(0), 12, 7), 0, at(AREA)), "...");
//     expect_word(5, peek(1, AREA), "...");
//
// Their variables are the program's, the same in all spaces. A page fault elsewhere is told
// to a pager, which lets the task break off what it does.
#ifndef TRIAL7_TASK_H
#define TRIAL7_TASK_H

#include <h4/answers.h>
#include <h4/trial.h>
#include <l4/arch.h>
#include <l4/ipc.h>
#include <l4/message.h>
#include <l4/thread.h>
#include <user/threads.h>

#define TASKS 10u      // numbers from 1 to 9
#define TASK_PAGER 12u // of all of them

// Where tasks want to have memory, and what is told of a word that a task cannot read.
#define PLACE 0x20000000u
#define BYTES 0x1000u
#define NOTHING 0xFA017FA0u

// The trial's pages.
#define STORE_LOG2 15u
#define STORE_PAGES 8u
L4_Word_t store_at(L4_Word_t page);
volatile L4_Word_t *store_word(L4_Word_t page);

// Flexpages as words.
#define READING 4u
#define WRITING 2u
#define EXECUTING 1u
#define ALL 7u
#define WHOLE (1u << 4)

static inline L4_Word_t
pages(L4_Word_t first, L4_Word_t log2, L4_Word_t rights)
{
        return fpage(first, log2) | rights;
}

static inline L4_Word_t
page_at(L4_Word_t first)
{
        return fpage(first, 12);
}

static inline L4_Word_t
ports_at(L4_Word_t first, L4_Word_t log2)
{
        return L4_IoFpageLog2(first, (int)log2).raw;
}

// --- Tasks -----------------------------------------------------------------------------

// In a space of its own; in that of another one; in that of sigma0.
void task_begin(L4_Word_t n);
void task_beside(L4_Word_t n, L4_Word_t other);
void task_at_sigma0(L4_Word_t n);
void task_here(L4_Word_t n); // in the trial's space
void task_end(L4_Word_t n);
void tasks_end(void);

enum task_does {
        TASK_READS,
        TASK_WRITES,
        TASK_SENDS,
        TASK_UNMAPS,
        TASK_CALLS,
        TASK_CONTROLS,
};

// What a task is to do, and what has come of it.
struct order {
        enum task_does what;
        L4_Word_t a, b;
        L4_Word_t (*use)(L4_Word_t a);
        L4_ThreadId_t to, from;
        L4_Word_t timeouts, window;
        L4_Word_t mr[64];

        bool faulted;
        L4_Word_t result, error;
};

extern struct order orders[TASKS];

// Lets it begin, and waits until it is over. Both at once.
void task_starts(L4_Word_t n);
void task_is_over(L4_Word_t n);
void task_does(L4_Word_t n);

// It calls a function with this argument: what that returns, or NOTHING.
L4_Word_t ask(L4_Word_t n, L4_Word_t (*use)(L4_Word_t a), L4_Word_t a);

// Afterwards all of the program is there, for those whose page faults nobody answers. Returns
// what it is given.
L4_Word_t touch_program(L4_Word_t a);

// --- Memory ----------------------------------------------------------------------------

// What a task reads there, or NOTHING; can it write this there?
L4_Word_t peek(L4_Word_t n, L4_Word_t address);
bool poke(L4_Word_t n, L4_Word_t address, L4_Word_t word);

// One task sends an item to the other one, which has this window: flexpages, as words.
// Whether both say that all went well: what went wrong stands in orders[..].error.
bool map(L4_Word_t from, L4_Word_t to, L4_Word_t sent, L4_Word_t base,
         L4_Word_t window);
bool grant(L4_Word_t from, L4_Word_t to, L4_Word_t sent, L4_Word_t base,
           L4_Word_t window);

// Words in the trial's pages that tell them apart: 100, 101 ..
void fill_store(void);

// One of them goes to a task, at PLACE, with all rights.
void lend_page(L4_Word_t page, L4_Word_t n);

// All of the trial's pages go to a task, at PLACE; from there to another one, at PLACE too.
void lend_store(L4_Word_t n);
void hand_on_store(L4_Word_t from, L4_Word_t to);

// The same with any typed words.
bool send_words(L4_Word_t from, L4_Word_t to, const L4_Word_t *words,
                L4_Word_t count, L4_Word_t window);

// Unmap of one flexpage: its rights are taken away, with `flush` from the task too. What
// comes back.
L4_Word_t unmap(L4_Word_t n, L4_Word_t taken);
L4_Word_t flush(L4_Word_t n, L4_Word_t taken);

// A request of a task to sigma0: what it answers.
L4_Word_t request(L4_Word_t n, L4_Word_t wanted, L4_Word_t attribute,
                  L4_Word_t window);

// Can the task read from this port?
bool has_port(L4_Word_t n, L4_Word_t port);

// --- Faults -----------------------------------------------------------------------------

// The last one that the pager was told of, out of the program; and how many there were.
struct last_fault {
        L4_ThreadId_t from;
        L4_Word_t tag, first, ip;
};

extern volatile struct last_fault last_fault;
extern volatile L4_Word_t fault_count;

// The pager answers so many faults out of the program with this item, before it lets tasks
// break off.
extern L4_Word_t fault_answer[2];
extern volatile L4_Word_t answers_left;

#endif
