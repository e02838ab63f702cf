// SPDX-License-Identifier: MIT
// What the parts of <h4/users.h> share.
#ifndef USERS_MODEL_H
#define USERS_MODEL_H

#include "harness.h"

#include <h/internal/state.h>
#include <h4/users.h>
#include <kernel/cpu.h>
#include <kernel/descriptors.h>

// Each page of an address space.
enum user_page {
        PAGE_DIRECTORY,
        PAGE_TABLE,
        PAGE_CODE,
        PAGE_DATA,
        PAGE_STACK,
        PAGE_CONSTANT,
        USER_PAGES,
};

struct user_machine {
        struct pagemap_page pages[USER_PAGES];
        uint32_t used; // bytes of the code page
};

// So many words are below the contexts. What the processor pushes there when
// something is wrong in ring 0 must not ruin what is needed to report it; and the
// last of them are looked at.
#define BELOW_WORDS 2048u
#define GUARD_WORDS 64u

struct user_contexts {
        uint32_t below[BELOW_WORDS];
        struct context_slot slots[USERS_CONTEXTS];
        uint32_t above[GUARD_WORDS];
};

// What user code must not be able to change: CR0
// without TS, which comes and goes.
struct processor {
        uint32_t cr0, cr4;
        uint16_t ldt, task; // selectors
        struct table_register gdt, idt;
};

struct users {
        bool begun;
        bool undisturbed; // by a schedule
        struct user_machine spaces[USERS_SPACES];
        uint16_t gs; // what users_enter enters with

        // What is expected.
        struct context_slot due[USERS_CONTEXTS];
        uint32_t guard; // fills the words around them
        struct tss tss;
        struct processor processor;
};

extern struct users users;
extern struct user_contexts user_contexts;

// users_machine.c: the processor and the devices as ring 3 wants them. What they
// were is kept for machine_restore.
void machine_prepare(void);
struct processor machine_processor(void);

// Counter 0 of the timer stands still, with its output high.
void machine_silence_timer(void);

// users_jitter.c: a program is about to run. How many times it is stopped at most; 0:
// not at all. If it may be, it is over with users_stops_end.
uint32_t users_stops_begin(void);
void users_stops_end(void);
bool users_timer_in_service(void);

// What a function has left behind, by users_entry.S.
struct users_left {
        uint32_t eax, ebx, esi, edi, ebp, esp, eflags;
        uint32_t cs, ds, es, ss;
        uint32_t ebp_due, esp_due;
        uint32_t words[16];
};

extern struct users_left users_left;

// The context that users_call_noting enters by itself when the function has
// returned, once; null for none.
extern struct context_slot *users_again;

#define ARGUMENTS 5

void users_call_noting(const void *function,
                       const uint32_t arguments[ARGUMENTS]);

#endif
