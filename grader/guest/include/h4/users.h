// SPDX-License-Identifier: MIT
// User code, and a small machine for it to run on: two address spaces, a few fault
// contexts, and what is expected of both afterwards. All of it is the harness's
// own; no exercise of lab 4 has a part in it.
//
//   users_begin();
//   uint32_t at = users_put(SPACE_1, &user_int80);
//   users_random(USER_A);                  registers, all of them different
//   users_watch();                         all this is what is expected
//
//   users_enter(SPACE_1, USER_A);          calls enter_user
//   due_left(USER_A, at + 2, SYSTEM_CALL_GATE, 0);
//   users_check("after INT 0x80");         nothing else has changed
//
// An address space. Both have the same addresses, and other pages there.
//
//   USERS_CODE       read        one piece of code behind the other, then HLT
//   USERS_DATA       read, write
//   USERS_NOTHING    not mapped
//   USERS_STACK      read, write; where the stack begins is USERS_STACK_TOP
//   USERS_GUARD      not mapped
//   USERS_CONSTANT   read
//
// users_begin() makes the machine what lab 4's execution_init would: gates from
// gate_entries, TSS, SYSENTER's registers, CR0 and CR4, no LDT, no hardware
// breakpoints, a floating-point unit that is nobody's. All interrupt lines are
// masked, nothing is requested, and the timer is silent. After the test all of
// it is again as it was.
#ifndef H4_USERS_H
#define H4_USERS_H

#include <h/internal/context.h>
#include <h/internal/entry.h>
#include <h4/arena.h>

#define USERS_CODE 0x40000000u
#define USERS_DATA 0x40001000u
#define USERS_NOTHING 0x40002000u
#define USERS_STACK 0x40003000u
#define USERS_STACK_TOP 0x40004000u
#define USERS_GUARD 0x40004000u
#define USERS_CONSTANT 0x40005000u

// By the slots of their handles. Slots 0 and 3 are free.
enum user_space {
        SPACE_1 = 1,
        SPACE_2 = 2,
};

#define USERS_SPACES 4u

// By the slots of their handles. The other slots are free, and full of garbage.
enum user {
        USER_A = 1,
        USER_B = 3,
        USER_C = 6,
};

#define USERS_CONTEXTS 8u

void users_begin(void);

// Behind users_begin: programs are stopped by the timer only where the test says so, not
// by a schedule either (JITTER=seed). For programs with registers that stay theirs only
// until H enters them again: DS, ES, FS, GS, NT.
void users_undisturbed(void);

struct h_pagemap users_pagemap(enum user_space space);
struct h_fault_context users_context(enum user who);
struct context_slot *users_slot(enum user who);

// --- Code ----------------------------------------------------------------------

// Instructions that do not depend on where they lie.
struct user_code {
        const uint8_t *begin;
        uint32_t size;
};

// Puts code to USERS_CODE, or behind what has been put there; behind it are
// HLTs. Returns its address.
uint32_t users_put(enum user_space space, const struct user_code *code);
uint32_t users_add(enum user_space space, const struct user_code *code);

// The same for bytes of the test's own.
uint32_t users_put_bytes(enum user_space space, const uint8_t *bytes,
                         uint32_t count);
uint32_t users_add_bytes(enum user_space space, const uint8_t *bytes,
                         uint32_t count);

// Stores all registers to USERS_SAID, and changes none of them.
extern const struct user_code user_say;

// Loads registers from USERS_LOADED; EFLAGS before ESP and the segments, with
// POPF.
extern const struct user_code user_load;

// Ways out of ring 3, each a single instruction.
extern const struct user_code user_int80;    // system call
extern const struct user_code user_sysenter; // the other one: EBX, EBP
extern const struct user_code user_hlt;      // vector 13, code 0
extern const struct user_code user_ud2;      // vector 6, no code
extern const struct user_code user_int3;     // vector 3: a trap
extern const struct user_code user_divide;   // vector 0: by the word 0
extern const struct user_code user_bad_ss;   // vector 13, code 0x10
extern const struct user_code user_fault;    // vector 14: reads USERS_NOTHING
extern const struct user_code user_loop;     // never

// What user_say stores at USERS_SAID, which is in USERS_DATA.
#define USERS_SAID (USERS_DATA + 0x000u)

enum said {
        SAID_EAX,
        SAID_ECX,
        SAID_EDX,
        SAID_EBX,
        SAID_ESP,
        SAID_EBP,
        SAID_ESI,
        SAID_EDI,
        SAID_CS,
        SAID_DS,
        SAID_ES,
        SAID_SS,
        SAID_FS,
        SAID_GS,
        SAID_EFLAGS,
        SAID_WORDS,
};

// What user_load loads, from USERS_LOADED on.
#define USERS_LOADED (USERS_DATA + 0x100u)

enum loaded {
        LOADED_EDI,
        LOADED_ESI,
        LOADED_EBP,
        LOADED_NOT,
        LOADED_EBX,
        LOADED_EDX,
        LOADED_ECX,
        LOADED_EAX,
        LOADED_EFLAGS,
        LOADED_ESP,
        LOADED_FS,
        LOADED_GS,
        LOADED_ES,
        LOADED_DS,
        LOADED_WORDS,
};

// From here on USERS_DATA is the test's.
#define USERS_FREE (USERS_DATA + 0x200u)

// Where the harness sees the word at a user address.
uint32_t *users_word(enum user_space space, uint32_t address);

// --- Registers -----------------------------------------------------------------

// All registers of a context: EIP is USERS_CODE, ESP is USERS_STACK_TOP, CS, SS
// are user code's, EFLAGS has bit 1, IF and random arithmetic flags; every other
// register has a value of its own, DS to GS too.
void users_random(enum user who);

// One of them, and what is expected in it.
void users_set(enum user who, enum h_register reg, uint32_t value);

// Random values at USERS_LOADED: flags are arithmetic ones, and DS to GS are
// user code's or null.
void users_random_loaded(enum user_space space);

// --- What is expected -----------------------------------------------------------

// From now on what contexts and user memory hold is expected of them.
void users_watch(void);

// A register of a context; a word of user memory.
void due_register(enum user who, enum h_register reg, uint32_t value);
void due_user_word(enum user_space space, uint32_t address, uint32_t word);

// The vector, the error code and EIP of a context.
void due_left(enum user who, uint32_t eip, uint32_t vector, uint32_t code);

// Registers that the program has loaded by user_load, as it is left. EFLAGS with
// IF and bit 1.
void due_loaded(enum user who, enum user_space space);

// What ring 3 has when it begins with the registers that are expected of the
// context: those in USERS_SAID. `gs` is a selector.
void due_said(enum user who, enum user_space space, uint32_t gs);

// Compares all contexts with what is expected, what lies around them, the kernel's
// TSS, CR0, CR4, and where the descriptor tables are; the message begins with `format`. H_BOGUS_ESP may be
// anything, as may the upper half of a selector be, RF in H_EFLAGS, and the flags
// of a context that has run.
// A register's name, for messages; "none" where there is no such.
const char *register_name(uint32_t reg);

void users_check(const char *format, ...) __attribute__((format(printf, 1, 2)));

// All of user memory and the page tables as well.
void users_check_all(const char *format, ...)
        __attribute__((format(printf, 1, 2)));

// --- Running --------------------------------------------------------------------

// What the code is called that runs next, or what it does: a report has it where the run
// does not come to its end. Without it there are registers only.
void users_about(const char *text);

// Calls enter_user as its contract says: in the address space, with ESP0 in the
// context, FS null and GS as users_gs has left it. Fails the test unless it
// returns as a C function does, with the kernel's segments, none of the
// program's flags, and the same page-directory.
void users_enter(enum user_space space, enum user who);

// The same; but when enter_user has returned, ring 3 is entered once more without
// it, and it returns a second time.
void users_enter_twice(enum user_space space, enum user who);

// Makes GS 16 bytes of user space: users_enter enters with USER_GS. Otherwise it
// enters with null.
void users_gs(uint32_t base);

// Calls h_execute, or h_execute_vector, and fails the test unless it returns as
// a C function does.
enum h_error users_execute(struct h_pagemap space, struct h_fault_context who,
                           struct h_interrupt *out);
enum h_error users_execute_vector(struct h_pagemap space,
                                  struct h_fault_context who, uint8_t *vector);

// Calls any function with up to three arguments, and fails the test unless it
// returns so. Returns what it returns.
uint32_t users_call(const char *name, const void *function, uint32_t first,
                    uint32_t second, uint32_t third);

// --- The machine ----------------------------------------------------------------

// Does the emulator do all that the processor's manual says of ring 3? QEMU does
// not: its IRET enters virtual-8086 mode at ring 3, it checks no limits of
// segments and no alignment, and knows no vector 19.
bool users_strict(void);

// Starts the timer's counter, which raises line 0 each time, and unmasks that.
void users_timer(uint32_t microseconds);

// User code may use this gate by INT n: 32 to 47 are interrupts that nobody has
// asked for, then.
void users_open_gate(uint32_t vector);

#endif
