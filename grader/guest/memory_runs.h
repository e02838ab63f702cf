// SPDX-License-Identifier: MIT
// Notes that say something of each page: a line for pages in a row, and in it
// `code` or `code*times` for those that are alike (README.md).
#ifndef MEMORY_RUNS_H
#define MEMORY_RUNS_H

#include <stddef.h>
#include <stdint.h>

// Lines of about this length can still be read by a person.
#define RUNS_SIZE 200

struct runs {
        const char *note; // the word that the lines begin with
        uint32_t first;   // the first page of the line that is being written
        uint32_t next;    // the page behind it
        size_t length;
        char text[RUNS_SIZE];
};

// `count` pages from `first` on have the same code. They lie behind those of the
// last call.
void runs_add(struct runs *runs, uint32_t first, uint32_t count,
              const char *code);

// Sends what has not been sent yet.
void runs_end(struct runs *runs);

#endif
