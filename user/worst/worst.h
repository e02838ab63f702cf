// SPDX-License-Identifier: MIT
// What takes the kernel longest.
#ifndef WORST_H
#define WORST_H

#include <l4/ipc.h>
#include <l4/message.h>
#include <l4/space.h>
#include <l4/thread.h>
#include <user/threads.h>

#include <stdbool.h>

#define PAGE_LOG2 12
#define SUPERPAGE_LOG2 22
#define PAGE_BYTES 4096u

// Addresses where nobody has anything but what is mapped there.
#define WINDOWS 0x40000000u

// From here on all that the kernel does belongs to this case (grader/h4/latency.py).
void next_case(L4_Word_t number);

// Something has gone wrong: the cases that follow are missed.
void give_up(const char *what);

#define AS_ANOTHER (1u << 12) // of a tag

// For one thread more at a time.
extern struct stack other_stack;

// --- Cases (mappings.c) ------------------------------------------------------------------------

void absent_pages(void);
void wide(void);
void deep(void);
void space_ends(void);
void superpage(void);
void string(void);
void ports(void);
void spaces_end(void);

// --- Cases (threads.c) -------------------------------------------------------------------------

void crowd_begins(void);
void first_is_sent_to(void);
void first_is_waited_for(void);
void first_is_renamed(void);
void ending_is_ended(void);
void timeouts_end(void);
void first_begins(void);
void halted(void);

// --- Cases (searches.c) -------------------------------------------------------------------------

void any_local(void);
void one_named(void);
void handed_over(void);

// --- Others (others.c) ------------------------------------------------------------------------

// They do as they are told, at once: they have a higher priority than the first thread. The
// n-th one has a space of its own, or is one of a crowd in one space.
#define ALONE 62u
#define CROWD 4000u

bool others_begin(void);        // makes those who serve them
bool alone_make(L4_Word_t n);   // n below ALONE
bool crowd_make(L4_Word_t n);   // n below CROWD
bool crowd_plan(L4_Word_t n);   // the same, but it is not active yet
bool crowd_rename(L4_Word_t n); // it has another version until it ends
void alone_end(L4_Word_t n);
void crowd_end(L4_Word_t n);
L4_ThreadId_t alone_id(L4_Word_t n);
L4_ThreadId_t crowd_id(L4_Word_t n);

// What the next one that is told something does: an Ipc.
struct order {
        L4_ThreadId_t to, from;
        L4_Word_t timeouts;
        L4_Word_t window; // buffer register 0
        L4_Word_t mr[8];
        L4_ThreadId_t as; // in whose name, if mr[0] says so
};
extern volatile struct order order;

// Lets a thread begin to do what the order says; all of the crowd but the first one.
void tell(L4_ThreadId_t thread);
void tell_crowd(struct order what);

// A message with one item from the caller to another one, or from one of those to another.
void send_item(L4_ThreadId_t to, L4_Word_t item, L4_Fpage_t page,
               L4_Fpage_t window);
void let_send_item(L4_ThreadId_t from, L4_ThreadId_t to, L4_Word_t item,
                   L4_Fpage_t page, L4_Fpage_t window);

#endif
