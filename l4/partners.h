// SPDX-License-Identifier: MIT
// Those who wait for a thread that is not found any more by the ID that they know: it has
// ended, or has another one. All are told, one after the other, and between two of them
// interrupts are looked at. If there is one the rest waits as work (work.h) of whoever has
// called ThreadControl, who goes on when all have been told.
//
// There is one such thread at most: whoever calls ThreadControl meanwhile does the rest
// himself first, and then calls again. So nobody can end, in the middle of it, who does it.
#ifndef L4_PARTNERS_H
#define L4_PARTNERS_H

#include "thread.h"

// Nobody is to be told.
void partners_init(void);

// The thread has just got another ID. Or it is no more: it has none then, is INACTIVE, in no
// ring and without a timeout; and is given back under its `former` ID, by thread_give, when
// all have been told. `former` is ID_NIL in the first case.
//
// The rest is work of the current thread's. Is there no current one, there is no rest.
void partners_tell(struct thread *thread, uint32_t former);

// Is there a rest?
bool partners_left(void);

// It is the turn of a thread with WORK_TELL. Returns who is to run next, as schedule() wants
// it. Afterwards it has what other work there may be, WORK_LEAVE.
struct thread *partners_go_on(struct thread *thread);

// The thread is about to leave a ring in which it is SENDING to somebody.
void partners_sender_leaves(const struct thread *sender);

#endif
