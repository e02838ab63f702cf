// SPDX-License-Identifier: MIT
// Ports side by side: as flexpages say them, and as a space has them.
#ifndef L4_PORT_ROWS_H
#define L4_PORT_ROWS_H

#include "space.h"

// Ports from `first` up to `last`, both included.
struct port_row {
        bool any; // false: none, and for what is no flexpage of ports
        uint32_t first;
        uint32_t last;
};

// What a flexpage says; and those that are both sent and in the window.
struct port_row ports_of(uint32_t fpage);
struct port_row ports_fit(uint32_t sent, uint32_t window);

// Those that are in both rows.
struct port_row ports_common(struct port_row a, struct port_row b);

// One of the space's rows, by number.
struct port_row ports_row(const struct space *space, uint32_t i);

// How many ports from row.first on, up to row.last, the space all has, or all has not; and
// which of the two.
uint32_t ports_alike(const struct space *space, struct port_row row, bool *has);

#endif
