// SPDX-License-Identifier: MIT
// The pager of threads in other spaces: they have the program's own pages, and from AREA
// on those of `store`, which are mapped one by one. What it does when a page of AREA is
// asked for, a trial may say.
#ifndef TRIAL7_PAGER_H
#define TRIAL7_PAGER_H

#include "act.h"

#define PAGE 4096u
#define AREA 0x10000000u
#define AREA_PAGES 8u

extern unsigned char store[AREA_PAGES * PAGE];

enum pager_mode {
        PAGER_MAPS,
        PAGER_IS_SILENT,     // it does not answer
        PAGER_MAPS_NOTHING,  // but answers, the first three times; then it maps
        PAGER_SENDS_STRINGS, // an answer that does not arrive
        PAGER_TAKES_TIME,    // 5 ms for each page
        PAGER_ASKS,      // the first thread, before each page: pager_goes_on
        PAGER_MAPS_HALF, // for reading; all rights when it is asked again
};

extern volatile L4_Word_t pager_mode; // enum pager_mode

// The faults in AREA that it was told of.
struct told {
        L4_Word_t from, label, address, ip;
};

extern struct told told[16];
extern volatile L4_Word_t told_count;

// The word that the message of the last answer has come to.
extern volatile L4_Word_t pager_error;

_Noreturn void serve(void);

// It asks the first thread: now it maps the page.
void pager_goes_on(void);

// --- Bytes that are copied ------------------------------------------------------------

// Of each place its own, from a number on.
unsigned char byte_at(L4_Word_t place);
void fill(unsigned char *to, L4_Word_t place, L4_Word_t bytes);
void expect_bytes(const unsigned char *found, L4_Word_t place, L4_Word_t bytes,
                  const char *text);
void expect_zeros(const unsigned char *found, L4_Word_t bytes,
                  const char *text);

#endif
