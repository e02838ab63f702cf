// SPDX-License-Identifier: MIT
// Memory and strings, as in the C standard (7.24). A compiler may call the
// first four by itself.
#ifndef KERNEL_STRING_H
#define KERNEL_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);

size_t strlen(const char *string);
int strcmp(const char *a, const char *b);

#endif
