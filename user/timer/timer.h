// SPDX-License-Identifier: MIT
// A server that wakes its clients.
//
// A client sends it a message with one word: in how many microseconds. The answer comes
// then; its word says by how many microseconds it is late.
#ifndef TIMER_H
#define TIMER_H

// The server; it never returns.
void serve_time(void);

#endif
