// SPDX-License-Identifier: MIT
// Unmap: what has been mapped is taken away again (dissertation 7.3, restrictMapping).
#ifndef L4_UNMAP_H
#define L4_UNMAP_H

#include "calls.h"

// It is the turn of a thread with WORK_UNMAP: its call goes on. Returns who is to run
// next, as schedule() wants it. (call_unmap itself: calls.h)
struct thread *unmap_go_on(struct thread *thread);

// The thread goes on otherwise: what is not done of the call is left out.
void unmap_break(struct thread *thread);

#endif
