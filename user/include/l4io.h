// SPDX-License-Identifier: MIT
// Characters on the first serial line, by asking its ports. Threads that print at the
// same time print into each other's lines.
#ifndef USER_L4IO_H
#define USER_L4IO_H

#include <stdarg.h>
#include <stddef.h>

// Waits until the line takes a character, or has one.
void putc(int character);
int getc(void);

// As in C11 7.21.6, with %c %d %i %o %p %s %u %x %X %%, the lengths hh h l ll z, flags
// '-' and '0', and widths: no other flags, no precision but of %s, no floating point.
// Return how many characters that would be.
int printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
int snprintf(char *out, size_t size, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
int vsnprintf(char *out, size_t size, const char *format, va_list arguments)
        __attribute__((format(printf, 3, 0)));

#endif
