// SPDX-License-Identifier: MIT
// The contracts are in heap.h.
#include "heap.h"

#include "panic.h"

#define ALIGNMENT 16u

static uint8_t *next;
static size_t left;

void
heap_init(void)
{
        next = h_client_heap(&left);
}

void *
heap_take(size_t bytes)
{
        size_t taken = (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);

        if (taken > left)
                l4_panic("the heap is too small for what the kernel keeps");
        void *start = next;
        next += taken;
        left -= taken;
        return start;
}

size_t
heap_left(void)
{
        return left;
}
