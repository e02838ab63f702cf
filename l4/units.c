// SPDX-License-Identifier: MIT
// The contracts are in units.h.
#include "units.h"

struct unit *units;
uint32_t unit_count;

void
units_init(void)
{
        size_t bytes;

        units = h_client_heap(&bytes);
        unit_count = (uint32_t)(bytes / sizeof(struct unit));
}
