// SPDX-License-Identifier: MIT
// A receiver, two threads of its space, and one of another space.
#ifndef LAB6_NEAR_AND_FAR_H
#define LAB6_NEAR_AND_FAR_H

#include "meeting.h"

static struct space *near, *far;
static struct thread *r, *a, *b; // of the near one
static struct thread *c;         // of the far one

static inline void
near_and_far_begin(void)
{
        meeting_begin();
        near = meeting_space();
        far = meeting_space();
        r = meeting_thread(near);
        a = meeting_thread(near);
        b = meeting_thread(near);
        c = meeting_thread(far);
        current = r;
}

#endif
