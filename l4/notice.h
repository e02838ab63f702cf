// SPDX-License-Identifier: MIT
// What the kernel has to say while programs go on. COM1 takes a character in the time of
// nearly a thousand instructions. So it is put down first; and it is said before anybody
// runs, a character at a time, with a look at interrupts in between.
#ifndef L4_NOTICE_H
#define L4_NOTICE_H

#include "thread.h"

// There is nothing to say.
void notices_init(void);

// A thread of a privileged space has been halted at an address, as nobody can be told of its
// fault. What there is no room for any more is not said.
void notice_halted(uint32_t id, uint32_t address);

// Is there something to say?
bool notices_any(void);

// Says a character of it.
void notice_step(void);

#endif
