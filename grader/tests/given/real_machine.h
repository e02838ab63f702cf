// SPDX-License-Identifier: MIT
// The machine as it is booted, with all of its memory and what the boot loader
// left in it, divided by memory_init and taken over by h_init.
//
//   real_machine_begin();
//   ... h_initial_regions() ...
//   real_machine_end();
#ifndef REAL_MACHINE_H
#define REAL_MACHINE_H

#include <h/h.h>
#include <kernel/types.h>

#define ROOM 64u // for any list of this machine's
#define UNTOUCHED 0xEEEEEEEEu

void real_machine_begin(void);
void real_machine_end(void);

// Whether a page of memory is the client's from the start: in an initial region,
// or in one of a module's. Of the status it is read, not of H's lists.
bool page_is_for_client(uint32_t number);
bool page_is_of_module(uint32_t number);

// How many pages the machine has, and how many of them are there.
uint32_t pages_in_all(void);
uint32_t pages_installed(void);

// A list as H gives it, looked at word by word: with room for none, for one too
// few, and for just as many as come. Returns how many.
struct list {
        const char *name;
        enum h_error (*get)(uint32_t *out, size_t room, size_t *count);
};

size_t list_comes(const struct list *list, uint32_t *words);

#endif
