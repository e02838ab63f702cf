// SPDX-License-Identifier: MIT
// Walks that go on while other things happen. What a step does is looked for in the
// page-tables: it may take away what hangs on the range, and nothing else; and when the walk is
// over nothing of that may be left, but for what was mapped, moved or given rights meanwhile.
#ifndef L4_TESTS_WATCH_H
#define L4_TESTS_WATCH_H

#include "model.h"

#define WALKS 3u // that are nothing but walks
#define ITEMS 2u // grants, and each has one

struct watched {
        struct map_walk walk;
        const struct space *space; // null: it is not under way
        uint32_t first, last;
        unsigned rights;
        bool own;
        unsigned since;
};

// First the walks, then those of grants; and those of spaces that leave.
extern struct watched watches[WALKS + ITEMS];
extern struct watched watches_leaving[SPACES];

void watch_begin(struct watched *watched, unsigned place, uint32_t first,
                 uint32_t last, unsigned rights, bool own);

// A step, and a look at what it has done. False: it is over.
bool watch_step(struct watched *watched);

// It is broken off, or over.
void watch_end(struct watched *watched);

// The parts of these: looks at what a step has done; looks at the end whether all is done;
// these bits nobody is told any more.
void watch_note_step(const struct watched *watched);
void watch_check_end(const struct watched *watched);
void watch_forget_told(unsigned used);

// Is a place in its range? Has it, if not, what it has out of its range?
bool watch_is_in_range(const struct watched *watched, unsigned place);
bool watch_is_below_range(const struct watched *watched, unsigned place);

// What walks under way have been told already.
unsigned watch_told_so_far(void);

#endif
