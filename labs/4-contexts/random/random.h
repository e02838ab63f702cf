// SPDX-License-Identifier: MIT
// Random programs in user space, on a small machine: of random bytes, of random
// instructions, of instructions that only the kernel may use. Whatever they do, the
// client has control again, the machine is well-formed, and the kernel's memory is
// what it was.
//
// A run has a number. With the seed it says all that the run does, so that it can be
// made alone; only the mappings are those of its batch of BATCH runs.
//
//     batch    spaces, pages, what programs find in them; its form
//       run    a program, contexts, their ports and GS segments, registers
//         leg  once into user space and back
//
// In the plain form a run has one context, and h_execute returns. Every third batch
// is in the bound form, where nothing returns: bound.h.
//
// This stage is built for tests of the course alone, and is part of no other.
#ifndef RANDOM_H
#define RANDOM_H

#include <h/h.h>
#include <h/internal/context.h>
#include <h4/test.h>
#include <kernel/cpu.h>
#include <kernel/descriptors.h>

#include "bound.h"

#define BATCH 500u
#define LEGS 8                // of a run in the plain form, at most
#define PERIOD H_PERIOD_LEAST // 1,000 instructions in Bochs

// Something is not as it has to be: reports it with the number of the run, and stops
// the machine.
_Noreturn void broken(const char *format, ...)
        __attribute__((format(printf, 1, 2)));

// It has to be H_OK.
void done(enum h_error error, const char *operation);

// --- Random numbers ------------------------------------------------------------

// Those of <h4/test.h>, begun anew for each run.
void random_from(uint32_t seed, uint32_t number);

// Words for what is not looked at one by one.
void random_fill(uint32_t *words, uint32_t count);

// --- Memory and spaces (machine.c) -------------------------------------------

// Pages that programs see, and where.
enum user_page {
        PAGE_CODE,  // the program; in some batches writable
        PAGE_DATA,  // two in a row
        PAGE_MORE,  //
        PAGE_CONST, // read-only
        PAGE_TOP,   // the last one of user space; in some batches only
        PAGE_SHARED, // in kernel space, and open to user code; in some batches only
        PAGES,
};

#define CODE_AT 0x00400000u
#define DATA_AT 0x00500000u
#define CONST_AT 0x00600000u
#define TOP_AT (H_KERNEL_SPACE - H_PAGE_SIZE)

struct page_state {
        struct h_region region;
        uint32_t *words;                 // as the kernel sees it
        uint32_t template[H_PAGE_WORDS]; // what it holds before a run
        bool mapped, writable;           // for programs of this batch
};

// --- Programs (program.c, sequences.c, operands.c) ----------------------------

#define CODE_MOST 2048u // bytes that are looked after; behind them filling
#define STARTS 160u
#define CALLS 16u

struct program {
        uint8_t *bytes;
        uint32_t length;
        uint32_t starts[STARTS]; // where instructions begin
        uint32_t count;
        uint32_t calls[CALLS]; // those of emit_call, or some of them
        uint32_t call_count;
};

// --- Everything that this stage changes ---------------------------------------

#define VECTORS_KNOWN 0x82u
#define PAGES_MOST 4096u
#define EXCEPTIONS_MOST 24u

struct exception {
        uint32_t first, end; // physical addresses of words
        const char *name;
        const char *reason;
};

struct processor {
        uint32_t cr0, cr3, cr4, dr7;
        struct table_register gdt, idt;
        uint32_t ldt, task, code, stack, data, extra;
        uint32_t sysenter[3];
};

struct own {
        struct processor processor;
        uint32_t seed, number, tell;
        uint32_t first, runs, each; // as the command line says
        uint32_t inside;            // runs since memory was looked at
        uint32_t digest;            // of how the program was left so far
        struct h_region memory;
        uint32_t page, address; // the next ones to be given away
        uint32_t addresses;
        struct page_state pages[PAGES];
        struct h_kernel_mapping shared;
        struct h_pagemap spaces[SPACES], other;
        unsigned space_count; // in this batch
        struct h_region freed[16];
        struct program program;
        uint32_t seen[VECTORS_KNOWN]; // how often each vector came
        struct h_fault_context calm[2];
        struct bound bound;
        uint32_t hashes[PAGES_MOST];
        struct exception exceptions[EXCEPTIONS_MOST];
        uint32_t exception_count;
        char list[800];  // of exceptions, as it was given
        uint32_t tables; // digest of what is looked at after each run
        struct h_region regions[64];
};

extern struct own own;

// Finds memory and addresses, makes the pages; once.
void machine_begin(void);

// Is this run in the bound form?
static inline bool
is_bound(uint32_t number)
{
        return number / BATCH % 3 == 2;
}

// Mappings for a batch, and their end.
void batch_begin(void);
void batch_end(void);

// Makes one of the spaces as this batch wants it, always of the same pages.
void space_begin(unsigned number);
void space_end(unsigned number);

// The same for the buffers of the bound form.
void buffer_begin(unsigned number);
void buffer_end(unsigned number);

// The pages hold their templates again.
void pages_reset(void);

// Is a page that programs may not write what its template says?
bool page_unchanged(enum user_page page);

struct h_region new_page(void);
struct h_vaddr new_address(void);

// --- Programs ------------------------------------------------------------------

// Puts a random program into the template of the page of code.
void program_random(void);

void emit(uint32_t value, unsigned bytes);
void instruction_begins(void);

// A random instruction by the tables of opcodes, with all that belongs to it.
void emit_instruction(void);

// A few that go together.
void emit_sequence(void);

// A system call by SYSENTER, from which the program can go on; and where there is
// one, if there are any.
void emit_call(void);
uint32_t some_call(void);

// Values that may do harm: selectors, flags, addresses.
uint32_t some_value(void);
uint32_t some_selector(void);
uint32_t some_flags(void);
uint32_t some_address(void);
uint32_t some_code(void); // where an instruction begins

// --- What must stay (memory.c, processor.c) -----------------------------------

// Notes what the kernel's memory holds, and looks whether it still does. Both are
// called from one place, after `calm`.
void memory_note(void);
void memory_check(void);

// Runs two small programs, always the same, after which everything that says what
// has run last says that; nor does it depend on the runs any more which contexts
// were freed last.
void calm(void);
void calm_begin(void);

// Words that do not count, by their addresses in the kernel's image: 1a2b-1a2f.c0-c4
void exceptions_from(const char *list);
void exceptions_begin(void);

// The processor's registers and tables; after each leg, and after each run. `space`
// is where the program ran, `data` what the kernel has in DS and ES.
void processor_note(void);
void processor_check(struct h_pagemap space, uint32_t data);
void tables_note(void);
void tables_check(void);

// The registers of a context. Not by h_read_registers: each 64th operation looks at
// all of H, which takes longer than everything else here.
const uint32_t *registers_of(struct h_fault_context context);

// What the context says after user code was left.
void registers_check(struct h_fault_context context,
                     const struct h_interrupt *event);

// --- Runs (stage.c, plain.c, bound.c) ------------------------------------------

_Noreturn void plain_run(void);
_Noreturn void bound_run(void);

// Tells H whom to call: for calls by INT the handler for them, or the other one.
void set_handlers(bool gate_call);

// Ends a run, and begins the next one on an empty stack.
_Noreturn void run_over(void);

// A context for a program, perhaps with ports: how many ranges.
struct h_fault_context new_context(unsigned *ports);

// All registers anew; another GS segment, or none; other ports, or none.
void change_registers(struct h_fault_context context);
void change_segment(struct h_fault_context context);
unsigned change_ports(struct h_fault_context context);

// The timer leaves the next program a whole period; or it is due already.
void timer_begins(void);

// Lets the program go on, or begin elsewhere. False: this was enough.
bool go_on(struct h_fault_context context, const struct h_interrupt *event);

#endif
