// SPDX-License-Identifier: MIT
// Ports as memory is: a space has those that somebody has mapped to it, sigma0 all that H
// lends; and what one takes away the others lose who had it from there.
//
//     sigma0            all that H lends
//       `-- driver      0x1F0 to 0x1F7, 0x3F6
//             `-- task  0x1F0 to 0x1F7
//
// There are few ports, and few who have some: each space says itself which, and from
// whom (space.h), and these spaces are in a list of PORT_HOLDERS at most.
#ifndef L4_PORTS_H
#define L4_PORTS_H

#include "port_rows.h"

struct thread;

#define PORT_HOLDERS 64u

// Nobody has any.
void ports_init(void);

// What the sender has of these ports is the receiver's too. `more`: set if the receiver
// has some now that it had not. False: there was no room for all of them.
bool ports_share(struct space *from, struct space *to, struct port_row row,
                 bool *more);

// The same, and they are not the sender's any more: ports_take_away comes next, with
// `own`.
bool ports_grant(struct space *from, struct space *to, struct port_row row,
                 bool *more);

// They are taken away from those who have them from a space, and with `own` from itself.
// Returns whether anybody has lost some: then their threads are to lose them too, in steps
// from unit 0 on. False: it is over.
bool ports_take_away(struct space *space, struct port_row row, bool own);
bool ports_settle_step(uint32_t *at);

// The ports of the first programs: all that H lends, and COM1.
void ports_give_all(struct space *space);
void ports_give_console(struct space *space);

// A thread of a space that has all of them uses some: they are the processor's affair from
// now on. False: the space has not all, or H does not lend these.
bool ports_use(struct thread *thread, struct port_row row);

#endif
