// SPDX-License-Identifier: MIT
// Memory that nobody has yet is sigma0's as soon as it asks for it, by using it or by handing
// it on: each page at its own address.
#ifndef L4_OWN_FAULT_H
#define L4_OWN_FAULT_H

#include "space.h"

// The size of the piece of memory at an address that the space has got now: of sigma0's
// nothing is there yet. 0: it is another space, or no memory of programs, or has an owner.
unsigned own_memory(struct space *space, uint32_t address);

#endif
