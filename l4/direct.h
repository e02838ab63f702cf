// SPDX-License-Identifier: MIT
// The message that most programs send most of the time, on a way of its own.
#ifndef L4_DIRECT_H
#define L4_DIRECT_H

#include "thread.h"

// Ipc of the current thread, with arguments as in call_ipc, where everything is as it
// mostly is: words without more, for another thread that waits for them and is no less
// urgent than this one, which then waits for an answer, or for whoever sends next,
// without an end. It is done, and that one runs.
//
// Returns where something is not so, and has done nothing.
void ipc_direct(uint32_t to, uint32_t from, uint32_t timeouts, uint32_t tag);

#endif
