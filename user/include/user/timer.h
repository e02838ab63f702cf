// SPDX-License-Identifier: MIT
// A server that wakes its clients.
//
// A client sends it a message with one word: in how many microseconds. The answer comes
// then; its word says by how many microseconds it is late.
#ifndef USER_TIMER_H
#define USER_TIMER_H

#include <l4/types.h>

// The server; it never returns.
void serve_time(void);

// For clients: sleeps so many microseconds. Returns by how many it was too long, or
// TIMER_SILENT: the server does not answer, L4_ErrorCode() says why.
L4_Word_t timer_sleep(L4_ThreadId_t server, L4_Word_t microseconds);

#define TIMER_SILENT 0xFFFFFFFFu

#endif
