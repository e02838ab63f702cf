// SPDX-License-Identifier: MIT
// Within the library: what printf and the like have in common.
#ifndef USER_LIBL4_FORMAT_H
#define USER_LIBL4_FORMAT_H

#include <stdarg.h>

// Hands each character to `put`, with `to`; returns how many there were. The formats
// are those of <l4io.h>.
int __l4_format(void (*put)(void *to, char character), void *to,
                const char *format, va_list arguments)
        __attribute__((format(printf, 3, 0)));

#endif
