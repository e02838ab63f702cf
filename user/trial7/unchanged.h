// SPDX-License-Identifier: MIT
// All that a program can see of threads and memory, before and after a call that is refused:
// nothing of it has changed, but the error word of who has called; nor has anything begun.
//
//     unchanged_begin();
//     expect_refused(5, schedule(...), "why");              the trial's thread calls
//     expect_refused_by(THERE, 5, ask(THERE, ...), "why");  a task does
//     unchanged_end();
#ifndef TRIAL7_UNCHANGED_H
#define TRIAL7_UNCHANGED_H

#include "task.h"

// Tasks (task.h), which have waited for the trial's thread and do so again afterwards.
#define THERE 1u  // has all of the trial's pages, at PLACE, and COM1's ports
#define THIRD 2u  // its pager is the one above
#define BESIDE 7u // in the trial's space, of this priority
#define BESIDES_PRIORITY 100u

#define LAST 6u // there too: it runs when nobody else does

#define NEW 8u     // nobody yet
#define NOBODY 60u // nobody at all

// What the last of the trial's pages holds.
#define KEPT_PAGE (STORE_PAGES - 1)
#define KEPT_WORD 33u

#define COM1 0x3F8u
#define COM1_PORTS ports_at(COM1, 3)

void unchanged_begin(void);

// All that was made is ended, and the test looks at the machine.
void unchanged_end(void);

// The message registers of the trial's thread are as they are to be for its call.
void before_call(void);

// The call has said `found`. Of `caller` the error word does not matter: 0 is the trial's
// thread.
void refused(L4_Word_t caller, L4_Word_t expected, L4_Word_t found,
             const char *text, const char *file, uint32_t line);

#define expect_refused_by(caller, error, call, text)                           \
        (trying(text), before_call(),                                          \
         refused((caller), (error), (call), (text), __FILE__, __LINE__))

#define expect_refused(error, call, text)                                      \
        expect_refused_by(0, (error), (call), (text))

#endif
