// SPDX-License-Identifier: MIT
// System calls: what a program can ask of this client.
//
//     EAX   which call; when it returns, the result
//     EDX   its argument
//
// The programs have the same numbers in user/include/user/calls.h.
#ifndef CLIENT_CALLS_H
#define CLIENT_CALLS_H

#include "program.h"

#define CALL_EXIT 0    // ends the program; EDX: 0 if all went well
#define CALL_PRINT 1   // EDX: a text, up to a zero byte; how much of it
#define CALL_PUTCH 2   // EDX: a character; a line appears with its end
#define CALL_YIELD 3   // lets the others run first
#define CALL_TIME 4    // microseconds since boot, the lower 32 bits of them
#define CALL_RECOVER 5 // EDX: where to go on after an exception, 0: nowhere

// The answer to any other number, and to arguments that make no sense.
#define CALL_REFUSED 0xFFFFFFFF

// Does what the program asks for. Answers whether it is to go on at once.
bool system_call(struct program *program);

#endif
