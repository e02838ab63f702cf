// SPDX-License-Identifier: MIT
// What a program can ask of the client that runs it. The client of lab 4 has the
// same numbers in labs/4-contexts/client/calls.h.
//
//     EAX   which call; when it returns, the result
//     EDX   its argument
//
// By INT 0x80 all other registers stay as they are. By SYSENTER EBX says where to
// go on and EBP with which stack, and ECX and EDX are lost.
#ifndef USER_CALLS_H
#define USER_CALLS_H

#define CALL_EXIT 0    // ends the program; EDX: 0 if all went well
#define CALL_PRINT 1   // EDX: a text, up to a zero byte; how much of it
#define CALL_PUTCH 2   // EDX: a character; a line appears with its end
#define CALL_YIELD 3   // lets the others run first
#define CALL_TIME 4    // microseconds since boot, the lower 32 bits of them
#define CALL_RECOVER 5 // EDX: where to go on after an exception, 0: nowhere

// The answer to any other number, and to arguments that make no sense.
#define CALL_REFUSED 0xFFFFFFFF

// After an exception a program goes on where it has asked for, with the vector in
// EAX, and in EDX the address of a page fault or else the error code.

#endif
