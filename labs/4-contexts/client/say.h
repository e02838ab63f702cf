// SPDX-License-Identifier: MIT
// What the demonstration says: all of it by h_putstr.
#ifndef CLIENT_SAY_H
#define CLIENT_SAY_H

#include <h/h.h>

void say(const char *text);
void say_line(const char *text); // and ends the line

// What others have written reaches the screen by these alone: what cannot be seen
// is a question mark.
void say_visible(const char *text);
char visible(char character);

void say_number(uint32_t number);
void say_hex(uint32_t number); // 0x and eight digits

// Answers whether an operation has worked; if not, says which, and what it
// answered.
bool worked(const char *operation, enum h_error error);

#endif
