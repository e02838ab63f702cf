// SPDX-License-Identifier: MIT
// Spaces that are to be no more. Whoever has ended one empties it before his call returns,
// step by step: all that it has, and all that others have from it.
#ifndef L4_ENDS_H
#define L4_ENDS_H

#include "thread.h"

// There are none.
void ends_init(void);

// It is the turn of a thread with WORK_LEAVE. Returns who is to run next, as schedule()
// wants it. (typed_forget: typed.h)
struct thread *ends_go_on(struct thread *thread);

// The thread goes on otherwise, or is no more: what is left to do is somebody else's
// work, that of whoever has broken it off.
void ends_break(struct thread *thread);

// The same for ports that were being taken away, in whoever's name.
void ends_hand_on(void);

#endif
