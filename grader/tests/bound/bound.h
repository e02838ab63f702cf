// SPDX-License-Identifier: MIT
// What the tests of the bound form share: programs that call, a client that
// hears of it, and buffers for messages. The machine is that of <h4/users.h>.
//
//   bound_begin();
//   give_program(SPACE_1, USER_A, &calls_sysenter);
//   bind(USER_A, SPACE_1, 0, 0);
//   run_bound(USER_A, next);               calls next() for each event, until
//   ... over() ...                         one of them calls over()
//   users_check...                         goes on here
//
// Whenever H calls the client, the fixture looks whether the stack is empty,
// that is: at the same place as all other times, and whether segments and flags
// are what C code counts on. What next() returns to is H.
#ifndef BOUND_H
#define BOUND_H

#include <h/bound.h>
#include <h/internal/run.h>
#include <h/internal/state.h>
#include <h4/kept_stack.h>
#include <h4/spaces.h>
#include <h4/test.h>
#include <h4/users.h>
#include <kernel/cpu.h>

// --- Programs ----------------------------------------------------------------

// Each makes system calls without an end. Before each one it counts EDI.
extern const struct user_code calls_int;
extern const struct user_code calls_sysenter; // uses EBX and EBP
// By SYSENTER and by INT in turns.
extern const struct user_code calls_both;
// Loads all registers from USERS_LOADED, then SYSENTER or INT.
extern const struct user_code loads_sysenter;
extern const struct user_code loads_int;
// By SYSENTER, then stores what it has in EAX, ECX, EDX, ESI, EFLAGS, DS, ES,
// FS, GS and ESP to USERS_SAID, in the order of enum said; then by INT.
extern const struct user_code says_after_sysenter;
// Reads the word at GS:0 into EDI, then SYSENTER; without an end.
extern const struct user_code reads_gs;
// Reads a port in DX into AL once more each time it is asked, then SYSENTER.
extern const struct user_code reads_port;
// Loads the unit with the word at USERS_FREE, calls by SYSENTER, stores what
// the unit has to USERS_FREE + 4, adds one to the first word; without an end.
extern const struct user_code uses_unit;
// Stores the unit's status word to USERS_FREE, then INT.
extern const struct user_code says_unit;

void bound_begin(void);

// The code of a space, and a context at its beginning with nothing but what a
// program needs.
void give_program(enum user_space space, enum user who,
                  const struct user_code *code);

// As it is bound: to words of mapping number `buffer` from `offset` on, or to
// no buffer.
#define NO_BUFFER 0u
void bind(enum user who, enum user_space space, unsigned buffer,
          uint32_t offset);

// --- Buffers -----------------------------------------------------------------

// Kernel mappings 1 to 4: BUFFER_WORDS words each. The last two may only be
// read, or only be executed.
#define BUFFERS 4u
#define BUFFER_WORDS 1024u
#define BUFFER_READ_ONLY 3u
#define BUFFER_UNREADABLE 4u

struct h_kernel_mapping buffer_handle(unsigned buffer);
uint32_t *buffer_words(unsigned buffer);

// Other words in all of them.
void fill_buffers(void);

// Somebody else has this slot now, or nobody has; and back. Neither H nor any
// handle has changed.
void lose_buffer(unsigned buffer);
void find_buffer_again(unsigned buffer);
void lose_space(enum user_space space);
void find_space_again(enum user_space space);

// --- Events ------------------------------------------------------------------

// What the client has been told.
struct told {
        bool call;
        bool gate; // it came to gate_call
        struct h_fault_context context;
        enum user who;
        uint32_t vector, code;                      // of an event
        uint32_t eax, edx, ecx, esi, edi, ebx, ebp; // of a system call
};

extern struct told told;
extern uint32_t told_times; // since run_bound

// Does run_bound give H a gate_call too? Until the test ends.
extern bool with_gate_call;

// Runs `who` first, and calls `next` whenever H calls the client.
void run_bound(enum user who, void (*next)(void));

// While this says what, H has to refuse and must not run anything.
extern const char *refusing;

// Back to whoever has called run_bound.
_Noreturn void over(void);

// Expects a call of a handler: a system call, or an event.
void expect_call(enum user who, const char *when);
void expect_event(enum user who, uint32_t vector, uint32_t code,
                  const char *when);

static inline uint32_t
reg(enum user who, enum h_register number)
{
        return users_slot(who)->registers[number];
}

// Every word of a context, whatever it means.
static inline bool
same_slot(const struct context_slot *one, const struct context_slot *other)
{
        const uint32_t *a = (const uint32_t *)one;
        const uint32_t *b = (const uint32_t *)other;

        for (size_t i = 0; i < sizeof(*one) / 4; i++)
                if (a[i] != b[i])
                        return false;
        return true;
}

// Both do not return, or the test fails.
_Noreturn void run(enum user who);
_Noreturn void handoff(enum user to, uint32_t count, uint32_t from,
                       uint32_t tag);

#endif
