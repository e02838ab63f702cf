// SPDX-License-Identifier: MIT
// Threads that send in other ones' names, for the tests of receiving that.
#ifndef LAB6_DEPUTIES_H
#define LAB6_DEPUTIES_H

#include "meeting.h"

// R receives; S sends in the name of O. W and C are of O's space, which is R's too; F,
// of another space, sends to R as itself.
static struct thread *r, *s, *o, *w, *c, *f;

static inline void
begin(void)
{
        meeting_begin();
        struct space *near = meeting_space(), *far = meeting_space();
        r = meeting_thread(near);
        o = meeting_thread(near);
        w = meeting_thread(near);
        c = meeting_thread(near);
        s = meeting_thread(far);
        f = meeting_thread(far);
        current = r;
}

#define DEPUTIES "how many send to R in another one's name"
#define TAG_2 (tag_make(0x22, 2, 0))
#define TAG_P (TAG_2 | TAG_PROPAGATED)

// The thread is SENDING to R as another one.
static inline void
sends_as(struct thread *thread, const struct thread *other, uint32_t first)
{
        meeting_deputy(thread, other);
        meeting_has_sent(thread, r, TAG_P, first, ID_NIL, TIME_NEVER);
}

#endif
