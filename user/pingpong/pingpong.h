// SPDX-License-Identifier: MIT
// Two threads that send each other messages, and how long that takes.
#ifndef PINGPONG_H
#define PINGPONG_H

#include <l4/syscalls.h>

// Threads of the program.
#define PAGER 1
#define PING 2
#define PONG 3

// Messages have 0, 4, ... untyped words.
#define SIZE_STEP 4
#define SIZES 16

// What both sides do. Ping sends the first thread what it has found: for each size
// the ticks of the time stamp counter, for one way.
void ping(void);
void pong(void);

// Calls `partner` so many times, with this tag; `ipc` is where the code of Ipc is.
// Returns the tag of the last message that came. (exchange.S)
L4_Word_t exchange(L4_ThreadId_t partner, L4_MsgTag_t tag, L4_Word_t times,
                   L4_Word_t ipc);

#endif
