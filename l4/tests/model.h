// SPDX-License-Identifier: MIT
// The mapping database as simply as can be: a set of edges. Each page of each space is a
// place; of each place that has memory it is known which memory, with which rights, and out of
// which place it has it. Superpages are so many pages; that they go together is known from
// the page-tables alone.
#ifndef L4_TESTS_MODEL_H
#define L4_TESTS_MODEL_H

#include "machine.h"

#define NOBODY PLACES // the kernel

struct fact {
        bool there;
        bool kernels; // a page of the kernel's own
        uint32_t frame;
        unsigned rights;
        unsigned parent; // a place, or NOBODY
        unsigned group;  // of the pages that were mapped together
        unsigned since;  // when it came there, or got rights

        // Bits that a walk from here has to tell, and bits that it may tell.
        unsigned must, may;
};

extern struct fact facts[PLACES];
extern unsigned model_now; // counts what is done

void model_begin(void);

// So many pages are mapped, from one place on, out of those from another place on.
void model_add(unsigned to, unsigned pages, uint32_t frame, unsigned rights,
               unsigned from);

// They are another place's now, with all that hangs on them; with these rights at most.
// `part`: they were some of a superpage.
void model_move(unsigned to, unsigned pages, unsigned rights, unsigned from,
                bool part);

// It is no more. Nothing hangs on it.
void model_remove(unsigned place);

// A program has used it: all pages of the entry.
void model_touch(unsigned place, unsigned used);

// Is a place what `above` is, or made out of it?
bool model_is_below(unsigned place, unsigned above);

// What the whole group may tell.
unsigned model_group_may(unsigned group);

// A walk that began there, when it was of that group, has told these bits.
void model_told(unsigned place, unsigned group, unsigned used);

// Stops where the page-tables or the database are not what they should be. Settled: nobody
// has more rights than who he has it from.
void model_compare(bool settled);
void database_check(bool walks);

#endif
