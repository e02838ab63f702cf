// SPDX-License-Identifier: MIT
// Who has which ports, and from whom. There are few ports, and few who have some: each
// space says itself which, in rows, and from whom (space.h), and these spaces are in a list.
#ifndef L4_PORT_HOLDERS_H
#define L4_PORT_HOLDERS_H

#include "port_rows.h"

#define PORT_HOLDERS 64u

// Nobody has any.
void port_holders_init(void);

// Who has some, counted from 0; null: there are not so many. Only port_holders_give and
// port_holders_forget change that.
struct space *port_holder(uint32_t number);

// Those who have none any more are forgotten.
void port_holders_forget(void);

// Those of a row that the space has not yet are its own, from a giver: null, the kernel.
// What there is no room for is left out. Returns whether there were any.
bool port_holder_gets(struct space *space, struct space *giver,
                      struct port_row row);

// Those of a row that the space has from a giver it loses; from anybody. Returns whether
// there were any. Where there is no room for what is left of a row on both sides, the upper
// one goes too.
bool port_holder_loses(struct space *space, struct space *giver,
                       struct port_row row);
bool port_holder_loses_all(struct space *space, struct port_row row);

// One step: some of those that it has from somebody who has them no more it loses. False:
// it has no such ones.
bool port_holder_loses_lost(struct space *space);

#endif
