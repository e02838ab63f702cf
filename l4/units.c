// SPDX-License-Identifier: MIT
// The contracts are in units.h.
#include "units.h"

struct unit *units;
uint32_t unit_count;

static uint8_t *heap;
static size_t heap_bytes;

void
units_init(void)
{
        heap = h_client_heap(&heap_bytes);
        units = (struct unit *)(void *)heap;
        unit_count = (uint32_t)(heap_bytes / 4 * 3 / sizeof(struct unit));
}

void *
units_rest(size_t *bytes)
{
        size_t begin = heap_bytes / 4 * 3;

        *bytes = heap_bytes - begin;
        return heap + begin;
}
