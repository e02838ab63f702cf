// SPDX-License-Identifier: MIT
// The library of the programs of lab 4.
#ifndef USER_SYSTEM_H
#define USER_SYSTEM_H

#include <stdint.h>
#include <user/calls.h>

// What every program defines. `instance` tells several of one program apart; what
// it returns is handed to exit.
uint32_t main(uint32_t instance);

// A system call by INT 0x80, and the same by SYSENTER.
uint32_t call(uint32_t number, uint32_t argument);
uint32_t call_fast(uint32_t number, uint32_t argument);

_Noreturn void exit(uint32_t status);
void yield(void);

// Microseconds since boot; begins anew every 71 minutes.
uint32_t time_now(void);

// Prints characters, which appear line by line.
void print(const char *text);
void print_number(uint32_t number); // in decimal
void print_hex(uint32_t number);    // 0x and eight digits

// Calls `action`, and comes back where that ends in an exception. Not to be used
// within an action.
//
// detail   out: the address of a page fault, the error code of another exception
// Returns the vector, or ATTEMPT_FINE.
uint32_t attempt(void (*action)(void), uint32_t *detail);

#define ATTEMPT_FINE 0xFFFFFFFFu

#endif
