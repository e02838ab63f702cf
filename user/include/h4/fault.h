// SPDX-License-Identifier: MIT
// Page faults of the first thread, of which the second one is told.
#ifndef USER_H4_FAULT_H
#define USER_H4_FAULT_H

#include <h4/act.h>

// Labels of messages.
#define READING 0xFFE4u
#define WRITING 0xFFE2u

// Where the fault is to be: where nothing is, until a pager has answered.
#define SOMEWHERE 0x10000000u
extern volatile L4_Word_t address;

// Has been read there, after all.
extern volatile L4_Word_t value;

// Number of the thread that gets the faults: 2, if nothing else is said.
extern L4_Word_t pager_of_faults;

// They have a page fault, at these instructions. Acts begin with them.
void read_it(void);
void write_it(void);
extern const char read_here[], write_here[];

// Acts of a pager begin with it, where they answer a page fault of their own space: from
// lab 7 on it maps a page of zeros at `address`. And an item for one of another space.
void map_zeros(void);
void add_zeros(struct act *answers);

// A thread that has a page fault, and one that is told of it, and answers with this
// tag: unless that is SAME.
struct act *fault_and_handle(void (*fault)(void), L4_Word_t tag);

// What is expected of the message.
void told(const struct act *handles, L4_Word_t label, const char *ip);

#endif
