// SPDX-License-Identifier: MIT
// What the parts of <h4/system.h> share.
#ifndef SYSTEM_MODEL_H
#define SYSTEM_MODEL_H

#include "harness.h"

#include <h/internal/context.h>
#include <h4/system.h>

// Why running has come to an end.
enum system_ending {
        SYSTEM_RUNS,
        SYSTEM_DONE,
        SYSTEM_LOOK,
        SYSTEM_FAILED,
        SYSTEM_NO_TRIAL,
        SYSTEM_EXCEPTION,
        SYSTEM_LATE,
        SYSTEM_BUSY, // left too many times
        SYSTEM_REFUSED,
        SYSTEM_OFF,
};

#define SYSTEM_GIVEN 8u
#define TEXT_SIZE 120u

// Where programs are linked to that have trials (user/trial5/trial5.ld), and the end of what
// they may have. It is below IMAGE_LIMIT, so the kernel sees it where it lies.
#define ROOM_FIRST 0x00280000u
#define ROOM_END 0x003A8000u

// How far a trial has come: as in user/include/h4/trial.h.
struct trial_place {
        uint32_t checks, text, line, tries;
};

// What is in use.
struct system_counts {
        uint32_t pages_left;
        uint32_t spaces, mappings, contexts;
        uint32_t memory; // mappings of L4's, from lab 7 on
};

struct system {
        bool begun;
        const char *program; // null: there is no L4
        const char *trial;   // that is to run, or runs
        bool started;        // the root program
        uint32_t place;      // its struct trial_place, or 0

        uint32_t given[SYSTEM_GIVEN];
        uint32_t given_count;
        bool exceptions_allowed;
        uint32_t ticks, events; // at most

        // The last context that was left, where, and its thread.
        struct h_fault_context context;
        uint32_t eip;
        uint32_t thread;
        uint32_t events_left;
        struct system_exception exception;
        struct system_counts counts; // when the trial began

        uint32_t turns[SYSTEM_TURNS];
        uint32_t turn_count;

        uint32_t notes[SYSTEM_NOTES][SYSTEM_NOTE_WORDS];
        uint32_t note_count;

        enum system_ending ending;
        uint32_t look;
        enum h_error refused;

        // Of what has failed.
        char text[TEXT_SIZE];
        char file[TEXT_SIZE];
        uint32_t line;
        uint32_t expected, found;
};

extern struct system fixture;

// system_entry.S: how many timer interrupts are left, and whether the last one has
// come while nobody could run.
extern int32_t system_ticks_left;
extern uint32_t system_was_idle;
extern uint32_t system_tick_inner; // where the timer's own gate leads
void system_tick(void);

// system_l4.c: the ID of the thread that runs, or was left last; 0: nobody. How many
// mappings of programs' memory L4 has, from lab 7 on.
uint32_t system_l4_thread(void);
uint32_t system_l4_mappings(void);

// There is no L4 any more, or not yet, and nobody looks for its threads.
void system_l4_none(void);

// system_run.c: the harness's handlers stand in front of L4's.
void system_take_handlers(void);

// system_report.c: has the context stopped at a report? Then it has been dealt with,
// and fixture.ending says whether it is to go on, behind it.
bool system_report(struct context_slot *slot);

// The same address space's memory, as text: cut where it is not mapped, or too long.
void system_user_text(const struct context_slot *slot, uint32_t address,
                      char *text, uint32_t size);

// False where nothing is mapped at a word's address.
bool system_read_user(const struct context_slot *slot, uint32_t address,
                      uint32_t *word);

struct system_counts system_count(void);

// system_judge.c: for the report of what happens before the context runs on.
void system_trying(const struct context_slot *slot, uint32_t vector);

// How it has ended, if not as it should: fails the test.
void system_judge(void);

#endif
