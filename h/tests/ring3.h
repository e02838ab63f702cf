// SPDX-License-Identifier: MIT
// Ring 3 of the model: what the processor does between entering and leaving it, in
// both forms of execution. Programs are functions of the tests. On each way in is
// looked whether ring 3 gets what it must have and nothing else; if not, the
// machine stops.
//
//     h_execute --> enter_user --> ring3_program() --> h_execute
//
//     ring3_run() --> h_run --> run_enter or run_sysexit --> ring3_seen
//     ring3_leave() --> run_event, or a handler --> ring3_seen
#ifndef H_TESTS_RING3_H
#define H_TESTS_RING3_H

#include <h/bound.h>
#include <h/internal/context.h>
#include <kernel/descriptors.h>

struct ring3 {
        uint32_t cr0, cr2;
        uint16_t fs, gs;
        struct descriptor gs_shown; // what GS was loaded with
        unsigned char unit[512];    // the floating-point unit
};

extern struct ring3 ring3;

// As after the boot loader; and nothing has been entered yet.
void ring3_reset(void);

// What the program does that h_execute has entered: changes the registers, and
// answers the vector by which it is left. H_CODE is 0 unless it says otherwise.
extern uint32_t (*ring3_program)(struct context_slot *slot);

// For programs: an instruction of the floating-point unit. False: vector 7.
bool ring3_use_unit(unsigned char put, unsigned char *before);

// For programs: IN or OUT. False: vector 13.
bool ring3_use_port(uint32_t port);

// What h_run, h_handoff or leaving ring 3 has led to.
enum ring3_way {
        RING3_REFUSED,
        RING3_ENTERED, // the long way
        RING3_SYSEXIT, // the short way
        RING3_CALL,    // the client's handler for system calls
        RING3_EVENT,   // the other one
};

struct ring3_seen {
        enum ring3_way way;
        struct context_slot *slot;      // of ENTERED, SYSEXIT
        struct h_fault_context context; // of CALL, EVENT
        uint8_t vector;
        uint32_t code;
        uint32_t arguments[7]; // EAX, EDX, ECX, ESI, EDI, EBX, EBP
};

extern struct ring3_seen ring3_seen;

// The handlers return, so that the context that was left goes on.
extern bool ring3_handlers_return;

// h_run and h_handoff; where they have not refused, ring3_seen says more.
enum h_error ring3_run(struct h_fault_context context);
enum h_error ring3_handoff(struct h_fault_context to, uint32_t count,
                           uint32_t from, uint32_t tag);

// The context that h_run has entered is left. `stepped`: with a single step due
// that nobody has been told of, by SYSENTER only.
void ring3_leave(uint32_t vector, uint32_t code, bool stepped);

#endif
