// SPDX-License-Identifier: MIT
// Formatted printing.
//
// Conversions: %d %i %u %x %X %c %s %p %%, with the flags '0' and '-', a width,
// a precision for %s (the most characters), either of them as '*', and the
// lengths l, ll and z. %p is 0x and all digits. A null %s is "(null)". What is
// not understood is printed as it stands, and takes no argument.
#ifndef KERNEL_FORMAT_H
#define KERNEL_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

// Writes the text to `out`, cut off to `size` bytes with the terminating zero.
// Returns the length that the complete text has; where that is `size` or more,
// the text was cut. `out` may be null where `size` is 0.
size_t format(char *out, size_t size, const char *text, ...)
        __attribute__((format(printf, 3, 4)));
size_t vformat(char *out, size_t size, const char *text, va_list arguments)
        __attribute__((format(printf, 3, 0)));

// Hands the text to `put`, a character at a time, with `context`.
typedef void format_sink(void *context, char character);
size_t vformat_to(format_sink *put, void *context, const char *text,
                  va_list arguments) __attribute__((format(printf, 3, 0)));

#endif
