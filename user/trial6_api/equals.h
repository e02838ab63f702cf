// SPDX-License-Identifier: MIT
// Threads of one priority that call each other and wait without an end. That is what
// most programs do most of the time, so a kernel may have a way of its own for it:
// whatever is not so simple has to be seen by it.
//
//   equals.c           whom a message is for
//   equals_special.c   what is not so simple
//   equals_run.c       who runs then
#ifndef TRIAL6_EQUALS_H
#define TRIAL6_EQUALS_H

#include <h4/act.h>

// As servers answer: nobody waits for one who does not.
#define ANSWER L4_Timeouts(L4_ZeroTime, L4_Never)

static inline struct act *
call(L4_Word_t n, L4_ThreadId_t whom, L4_Word_t tag)
{
        struct act *it = act(n, whom, whom, NEVER);

        it->tag = tag;
        return it;
}

static inline struct act *
answer(L4_Word_t n, L4_ThreadId_t whom, L4_Word_t tag)
{
        struct act *it = act(n, whom, L4_anythread, ANSWER);

        it->tag = tag;
        return it;
}

#endif
