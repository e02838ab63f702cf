// SPDX-License-Identifier: MIT
// Memory for what the kernel keeps, from the heap that H has set aside. It is taken
// while the kernel starts, and never given back: what is made and done away with
// later has its place in arrays.
#ifndef L4_HEAP_H
#define L4_HEAP_H

#include <h/h.h>

// All of the heap is free, and full of zeros.
void heap_init(void);

// So many bytes of zeros, aligned for all types. Stops the machine where there are
// not so many left.
void *heap_take(size_t bytes);

// How many bytes are left.
size_t heap_left(void);

#endif
