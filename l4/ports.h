// SPDX-License-Identifier: MIT
// Ports as memory is: a space has those that somebody has mapped to it, sigma0 all that H
// lends; and what one takes away the others lose who had it from there.
//
//     sigma0            all that H lends
//       `-- driver      0x1F0 to 0x1F7, 0x3F6
//             `-- task  0x1F0 to 0x1F7
//
// Taking away goes in steps, and there is one thing at a time that is taken away: all who
// have to do with ports go on with that first, whoever has begun it, and nobody gets any
// meanwhile (or two could have the same ports from each other, and from nobody else). So
// what is broken off is not forgotten:
//
//     holders     |  each loses what it has from the space; then what it has from somebody
//                 |  who has it no more, again and again until nobody has such
//     the space   |  they are another one's, who gets them by a grant; it has them no more
//     threads     |  those of who has lost some lose them too
#ifndef L4_PORTS_H
#define L4_PORTS_H

#include "port_rows.h"

struct thread;

// Nobody has any, and nothing is taken away.
void ports_init(void);

// One step. False: nothing is taken away.
bool ports_go_on(void);

// Where nothing is taken away: what the sender has of these ports is the receiver's too.
// Returns whether it has got some. sigma0, which keeps all, grants as it maps; others grant
// in steps: ports_grant begins.
bool ports_share(struct space *from, struct space *to, struct port_row row);
void ports_grant(struct space *from, struct space *to, struct port_row row);

// Where nothing is taken away, it begins: they are taken away from those who have them from
// the space, and with `own` from itself.
void ports_take_away(struct space *space, struct port_row row, bool own);

// The ports of the first programs: all that H lends, and COM1.
void ports_give_all(struct space *space);
void ports_give_console(struct space *space);

// A thread of a space that has all of them uses some: they are the processor's affair from
// now on. False: the space has not all, or H does not lend these.
bool ports_use(struct thread *thread, struct port_row row);

#endif
