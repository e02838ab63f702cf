// SPDX-License-Identifier: MIT
// What the demonstration says: all of it by h_putstr.
#ifndef CLIENT_PRINT_H
#define CLIENT_PRINT_H

#include <h/h.h>

void print_text(const char *text);
void print_line(const char *text);

// In decimal, and as 0x and eight digits.
void print_number(uint32_t number);
void print_hex(uint32_t number);

// "rwx", with - for a right that is not there.
void print_rights(unsigned rights);

// What `name` did: a line with the error's name. Answers whether it was `due`;
// says so if it was not.
bool print_result(const char *name, enum h_error error, enum h_error due);

#endif
