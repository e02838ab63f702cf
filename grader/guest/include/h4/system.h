// SPDX-License-Identifier: MIT
// A whole system for one test: memory divided, H and L4 begun as after a boot, and a
// root program on top of them. Its memory is the same on every machine; after the
// test nothing of it is left.
//
//   system_begin("trial5");                out of this boot module
//   system_run("threads_begin");           calls TRIAL(threads_begin) in the program,
//                                          and comes back when that is over
//   expect_number(3, system_note(0, 0), "...");
//
// What the program says, <h4/trial.h> of user/include: that it has failed, which fails
// the test with its words; numbers, which are noted; that the test should look now. It
// says so by an instruction that raises an exception, which the harness sees before
// L4 does: no system call is needed. All else is L4's.
//
// A trial that does not come to its end, or has an exception that the test has not
// said to be due, fails the test, with the thread that ran last.
#ifndef H4_SYSTEM_H
#define H4_SYSTEM_H

#include <h/types.h>
#include <kernel/types.h>

// The system without L4: H is ready, and no operation of it has been called. For
// tests of functions that need nothing but h/h.h.
void system_begin_h(void);

// The same with so many superpages of memory for programs besides, at these physical
// addresses. Nobody writes to them. A test pays for each page of them.
#define SYSTEM_SUPERPAGES 0x00800000u
#define SYSTEM_SUPERPAGES_MOST 3u
void system_begin_h_large(uint32_t superpages);

// The whole of it. `program` is the name of a boot module, the only one there is in
// this system; but if there is one with the name sigma0, that comes before it.
void system_begin(const char *program);

// --- Running -------------------------------------------------------------------

// From the start of the root program to the end of the trial.
void system_run(const char *trial);

// The same in steps. Between two of them the machine stands still: the trial has said
// that the test should look, and which look it is. A number that is not due fails the
// test.
void system_start(const char *trial);
void system_until_look(uint32_t number);
void system_until_end(void);

// Before it runs: what trial_given(0), trial_given(1) and so on say to the trial, 8
// numbers at most.
void system_give(uint32_t value);

// Exceptions of the program are L4's affair from now on, and do not fail the test.
// System calls that are exceptions always are: LOCK NOP and INT3.
void system_allow_exceptions(void);

// How long it may take, in timer interrupts (milliseconds), and how many times the
// program may be left in all.
#define SYSTEM_TICKS 300u
#define SYSTEM_EVENTS 20000u
void system_limit(uint32_t ticks, uint32_t events);

// --- What the program has said ---------------------------------------------------

// How many notes it has made, and a word of one of them: of five, counted from 0. The
// test fails where there is no such note.
#define SYSTEM_NOTES 64u
#define SYSTEM_NOTE_WORDS 5u
uint32_t system_notes(void);
uint32_t system_note(uint32_t number, unsigned word);

// --- The system from outside -----------------------------------------------------

// The thread that ran last, by its ID as L4 has it: after a look the one that has
// asked for it.
uint32_t system_thread(void);

// The word at an address, as the program sees it that ran last.
uint32_t system_user_word(uint32_t address);

// A word is read as a program of this address space would, or is written, as it was before:
// the processor notes in the page-table what it has done. The page is there.
void system_touch(struct h_pagemap pagemap, uint32_t address, bool write);

// Bytes of a program's memory, read and written as it would itself; all of it is there.
void system_copy_out(struct h_pagemap pagemap, uint32_t address, void *to,
                     uint32_t bytes);
void system_copy_in(struct h_pagemap pagemap, uint32_t address,
                    const void *from, uint32_t bytes);

// Timer interrupts since the start.
uint32_t system_ticks(void);

// The threads that were left by the first timer interrupts, one behind the other.
// Those that came while nobody could run are not there.
#define SYSTEM_TURNS 200u
uint32_t system_turns(void);
uint32_t system_turn(uint32_t number);

// The last exception of the program that L4 was told of, or none: vector 0 to 31.
struct system_exception {
        bool there;
        uint8_t vector;
        uint32_t code;
        uint32_t eip;
        uint32_t address; // of a page fault
        uint32_t thread;
};

struct system_exception system_exception(void);

// Expects that L4 has as many pages left, and H as many slots of each kind in use, as
// when the trial began: when all that was made has been ended.
void system_expect_all_back(const char *format, ...)
        __attribute__((format(printf, 1, 2)));

// Expects that all of H's invariants hold.
void system_expect_sound(const char *format, ...)
        __attribute__((format(printf, 1, 2)));

#endif
