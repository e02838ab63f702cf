// SPDX-License-Identifier: MIT
// Sequences of operations: each is a kind and some numbers that say about what, whatever they
// are. So parts of a sequence can be left out, and it is a sequence still.
#ifndef L4_TESTS_RUN_H
#define L4_TESTS_RUN_H

#include "model.h"

enum kind {
        GIVE,   // map_share, from the kernel
        SHARE,  // map_share
        GRANT,  // map_replace, and the walks that it asks for: some steps,
        ITEM,   // and some more
        TAKE,   // a walk from the beginning to the end
        TOUCH,  // a program uses memory
        KEEP,   // the kernel puts a page of its own somewhere
        TABLES, // page-tables come and go
        BEGIN,  // a walk that goes on while other things happen,
        STEP,   // some steps of it,
        END,    // and its end, wherever it is
        LEAVE,  // some steps of mapdb_leave
        KINDS,
};

struct operation {
        enum kind kind;
        uint32_t numbers[8];
};

// The kinds that hands do, one by one; see the files.
void run_map(const struct operation *operation);
void run_walk(const struct operation *operation);
void run_item(const struct operation *operation);

// Begins a sequence: sizes from a number.
void run_begin(uint32_t sizes);

// Does one operation, and looks at everything.
void run_operation(const struct operation *operation);

// Says what is done.
extern bool run_aloud;
void run_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

// --- For the files that do the kinds ---------------------------------------------------------

// A place that has memory, or, now and then, any.
unsigned run_choose(uint32_t number);

// Is a space on its way out? No operation may be about it then.
bool run_is_leaving(const struct space *space);

// A walk over so many bytes from there on, from the beginning to the end, is compared with
// what is to be. Returns what it has told.
unsigned run_take(unsigned place, uint32_t bytes, unsigned rights, bool own);

// Are walks under way?
bool run_any_walk(void);

// A walk that takes rights away, but not all, takes them from a mapping before it takes them
// from what was made out of it. Until it is over that may have more; and if it is not done with
// a tree, as it is broken off, or as the tree is another space's now, it will.
struct watched;
bool run_is_settled(void);
void run_unsettle(const struct watched *watched); // it is broken off

// A piece begins to be granted, in so many steps. Those in which a space has a part are broken
// off.
struct plan;
void run_grant(const struct plan *plan, uint32_t number);
void run_end_items(const struct space *space);

void run_begin_items(void);
void run_begin_walks(void);

#endif
