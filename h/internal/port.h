// SPDX-License-Identifier: MIT
// Which ports H lends. (h/port.c)
#ifndef H_INTERNAL_PORT_H
#define H_INTERNAL_PORT_H

#include <kernel/types.h>

// Can a program use all of these ports itself? All of them must be lent, and none
// may be one of whose commands H refuses some: nobody would look at what a program
// writes there.
//
// first, last   not the other way round
bool ports_for_programs(uint16_t first, uint16_t last);

#endif
