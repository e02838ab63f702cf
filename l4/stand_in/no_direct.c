// SPDX-License-Identifier: MIT
// Before lab 8 there is no short way for messages.
#include "../direct.h"

void
ipc_direct(uint32_t to, uint32_t from, uint32_t timeouts, uint32_t tag)
{
        (void)to;
        (void)from;
        (void)timeouts;
        (void)tag;
}
