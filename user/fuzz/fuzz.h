// SPDX-License-Identifier: MIT
// The fuzzer of L4: who takes part, and where what is in the spaces of the hostile ones.
//
//     sigma0 ----> keeper, the root program       priority 255, wakes up by time alone
//                    | pagers, in its space       answer as they should, or do not
//                    v
//                  crew: threads in some spaces   system calls, faults and messages of all
//                                                 kinds; they page and start each other too
//
// The crew runs the keeper's code, but none of its variables are in their spaces: all that a
// thread of the crew knows is on its stack and in its UTCB.
#ifndef USER_FUZZ_FUZZ_H
#define USER_FUZZ_FUZZ_H

#include "chance.h"

#include <l4/types.h>

#define CREW 48u       // threads of the crew, at most
#define SPACES 8u      // of them, at most
#define FIRST_CREW 64u // thread number
#define FIRST_VERSION 2u
#define PAGERS 2u    // thread_id(1) and the next ones
#define PARTNER CREW // of the crew, but for it alone: it answers as it should

#define PAGE_LOG2 12
#define SUPERPAGE_LOG2 22
#define PAGE 0x1000u

// In the crew's spaces.
#define STACKS 0x10000000u // a page for each
#define YARD 0x20000000u   // where memory comes and goes
#define YARD_PAGES 64u
#define CREW_KIP 0x00C00000u
#define CREW_UTCBS 0x00800000u
#define CREW_UTCBS_LOG2 15
#define WINDOW 0x30000000u // of a pager, for what the crew maps to it
#define WINDOW_LOG2 18

// What a round is most about.
enum theme {
        THEME_ALL,
        THEME_MAPPINGS,
        THEME_STRINGS,
        THEME_ACCIDENTS,
        THEME_THREADS,
        THEME_CONTROL,
        THEMES,
};

// --- The door to the stage (door.c) -----------------------------------------------------

enum question {
        ASK_SEED,
        ASK_WANTED,
        ASK_CALLS,
        ASK_EMPTY,
        ASK_RETURNED,
        ASK_ROUND,
        ASK_BROKEN,
        ASK_END,
};

L4_Word_t ask(enum question question, L4_Word_t argument);

// --- The crew, as the keeper sees it (crew.c) ----------------------------------------------

L4_ThreadId_t crew_id(L4_Word_t n);

// Makes and starts thread n, in a space that has others or in a new one. It may be refused.
void crew_make(struct chance *chance, L4_Word_t n, enum theme theme);

// Lets it begin anew, if the keeper may.
void crew_reset(struct chance *chance, L4_Word_t n, enum theme theme);

void crew_end(L4_Word_t n);

// Another version of its ID.
void crew_rename(struct chance *chance, L4_Word_t n);

// --- Memory that the crew is given (arena.c) --------------------------------------------------

// Gets it from sigma0.
bool arena_take(void);

// Takes it away from all others, and gets anew what was granted away.
void arena_recover(void);

// The same of the piece of 4 MB alone, if the machine is large enough for one: whatever
// single pages of it became of, it is one piece again.
void arena_recover_large(void);
bool arena_is_large(L4_Fpage_t pages);

// A flexpage of it, of a page or more; the page that thread n has as its stack.
L4_Fpage_t arena_any(struct chance *chance);
L4_Fpage_t arena_stack(L4_Word_t n);
volatile L4_Word_t *arena_word(L4_Word_t page);

// --- Pagers (pager.c) -------------------------------------------------------------------------

extern volatile bool pagers_are_good;
void pager_run(void);

// --- What the keeper does besides (control.c) ----------------------------------------------------

// One call with any arguments that cannot hurt the keeper.
void control_any(struct chance *chance);

// --- What one of the crew does (worker.c and others) ----------------------------------------------

void worker_run(void);
void partner_run(void);

typedef void (*action)(struct chance *chance);

// messages.c
void act_message(struct chance *chance);
void act_map(struct chance *chance);
void act_string(struct chance *chance);
void act_receive(struct chance *chance);
void act_start(struct chance *chance);

// calls.c
void act_unmap(struct chance *chance);
void act_exchange(struct chance *chance);
void act_schedule(struct chance *chance);
void act_switch(struct chance *chance);
void act_control(struct chance *chance);
void act_any_call(struct chance *chance);
void act_utcb(struct chance *chance);

// accidents.c
void act_touch(struct chance *chance);
void act_accident(struct chance *chance);
void act_wild(struct chance *chance);

#endif
