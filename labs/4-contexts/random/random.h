// SPDX-License-Identifier: MIT
// Random programs in user space, on a small machine: of random bytes, of random
// instructions, of instructions that only the kernel may use. Whatever they do, the
// client has control again, the machine is well-formed, and the kernel's memory is
// what it was.
//
// A run has a number. With the seed it says all that the run does, so that it can be
// made alone; only the mappings are those of its batch of BATCH runs.
//
//     batch    spaces, pages, what programs find in them
//       run    a context, its ports and GS segment, a program, registers
//         leg  once into user space and back
//
// This stage is built for tests of the course alone, and is part of no other.
#ifndef RANDOM_H
#define RANDOM_H

#include <h/h.h>
#include <h/internal/context.h>
#include <h4/test.h>
#include <kernel/cpu.h>
#include <kernel/descriptors.h>

#define BATCH 500u

// Something is not as it has to be: reports it with the number of the run, and stops
// the machine.
_Noreturn void broken(const char *format, ...)
        __attribute__((format(printf, 1, 2)));

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

struct program {
        uint8_t *bytes;
        uint32_t length;
        uint32_t starts[STARTS]; // where instructions begin
        uint32_t count;
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
        uint32_t digest; // of how the program was left so far
        struct h_region memory;
        uint32_t page, address; // the next ones to be given away
        uint32_t addresses;
        struct page_state pages[PAGES];
        struct h_kernel_mapping shared;
        struct h_pagemap space, other;
        struct h_region freed[16];
        struct program program;
        uint32_t seen[VECTORS_KNOWN]; // how often each vector came
        struct h_fault_context calm[2];
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

// Mappings for a batch, and their end.
void batch_begin(void);
void batch_end(void);

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
// has run last says that.
void calm(void);
void calm_begin(void);

// Words that do not count, by their addresses in the kernel's image: 1a2b-1a2f.c0-c4
void exceptions_from(const char *list);
void exceptions_begin(void);

// The processor's registers and tables; after each leg, and after each run.
void processor_note(void);
void processor_check(void);
void tables_note(void);
void tables_check(void);

// What the context says after user code was left.
void registers_check(struct h_fault_context context,
                     const struct h_interrupt *event);

#endif
