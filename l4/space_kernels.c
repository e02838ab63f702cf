// SPDX-License-Identifier: MIT
// What of a space is not its own.
//
// The contract is in space.h.
#include "space.h"

static bool
within(uint32_t first, uint32_t bytes, uint32_t area, uint32_t area_bytes)
{
        return area_bytes > 0 && first < area + area_bytes &&
               area < first + bytes;
}

bool
space_is_kernels(const struct space *space, uint32_t first, uint32_t bytes)
{
        return within(first, bytes, space->kip, space->kip_bytes) ||
               within(first, bytes, space->utcb_first, space->utcb_bytes);
}
