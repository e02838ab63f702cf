// SPDX-License-Identifier: MIT
// A run in the bound form: some contexts run by turns, in two spaces, with buffers
// for messages. Whatever H tells of one of them, a handler looks at what must be
// true, changes something, and lets the context go on or runs another one.
//
//      bound_run --> h_run ---> ring 3 --> on_system_call, on_event
//                      ^                          |
//                      |   bound_note: what must be true (bound_check.c)
//                      |   bound_change: anything (bound_changes.c)
//                      +-- return, h_run, h_handoff, until LEGS_BOUND are over
//
// This stage has books of its own (bound_books.c), which say of each operation that
// runs something whether it has to be refused, and why. Part of random.h.
#ifndef BOUND_H
#define BOUND_H

#include <h/bound.h>
#include <h/h.h>

#define CONTEXTS 4u // that take turns
#define SPACES 2u
#define BUFFERS 3u // of a page each
#define LEGS_BOUND 10u
#define NOBODY CONTEXTS

// Contexts that there are at once, at most: while one is made anew, it may get
// another slot than it had.
#define SLOTS (CONTEXTS + 2)

// What the books say of a context.
struct turn {
        struct h_fault_context context;
        bool called; // it is inside a system call
        bool bound;
        unsigned ports;                  // ranges of them
        struct h_pagemap space;          // as h_bind was told
        unsigned buffer;                 // a number
        struct h_kernel_mapping mapping; // its handle then; {0, 0}: none
        uint32_t offset, words;
};

struct buffer {
        struct h_region region;
        struct h_vaddr at;
        struct h_kernel_mapping mapping;
        uint32_t words[H_PAGE_WORDS]; // what it holds by the books
};

// What has been done, for the report; the names are in bound_books.c.
enum deed {
        DID_RUN,     // h_run, accepted
        DID_HANDOFF, // h_handoff, accepted
        DID_RETURN,  // a handler returned
        DID_SHORT,   // of all these: entered by SYSEXIT, as far as one can see
        DID_REFUSE,  // H refused, and had to
        DID_STEP,    // a single step that was still due was told
        DID_EXECUTE, // h_execute, by a handler
        DID_WAIT,
        DID_REPLACE, // a context was freed, and another one allocated
        DID_REBIND,
        DID_UNBIND,
        DID_BUFFER, // a buffer was removed, or added again
        DID_SPACE,  // a space was freed, or allocated again
        DEEDS,
};

extern const char *const deed_names[DEEDS];

struct bound {
        struct turn turns[CONTEXTS];
        struct buffer buffers[BUFFERS];
        unsigned lost_space, lost_buffer; // SPACES, BUFFERS: none
        unsigned running;                 // who was in ring 3 last, or NOBODY
        unsigned started;                 // whom H is to tell about
        struct h_pagemap space;           // where it runs
        bool stepped;   // it does not: a single step is still to be told
        bool gate_call; // there is a handler for calls by INT
        uint32_t legs;
        uint32_t refusals; // why what is under way has to be refused: REFUSAL()
        uint32_t did[DEEDS];
};

#define REFUSAL(error) (1u << (error))

// --- The books (bound_books.c) -------------------------------------------------

// Why h_run of a context, or h_handoff to it, has to be refused: each of the errors
// may be the answer. None: it must not be.
uint32_t run_refusals(unsigned who);
uint32_t handoff_refusals(unsigned who, uint32_t count);

// A context is about to run in a space, by this deed.
void turn_begins(unsigned who, struct h_pagemap space, enum deed deed);

// The words of a message, as it has to be done.
void copy_in_books(unsigned to, uint32_t count);

// The buffers hold something, nothing, what the books say.
void buffers_fill(void);
void buffers_empty(void);
void buffers_check(void);

// Whose context this is; NOBODY if it is nobody's.
unsigned turn_of(struct h_fault_context context);

// --- What must be true (bound_check.c) -----------------------------------------

// Of the machine, after ring 3 was left by `who`; with `data` in DS and ES.
void turn_check(unsigned who, uint32_t data, const struct h_interrupt *event);

// Of the call of a handler: that it is the one that is due. Returns for whom.
unsigned handler_check(struct h_fault_context context);

// --- What handlers do (bound_changes.c) ----------------------------------------

// A context for `who`, bound to something.
void turn_alloc(unsigned who);
void turn_bind(unsigned who);

// Changes something, in most cases; what was lost is found again.
void bound_change(void);
void find_lost(void);

#endif
