// SPDX-License-Identifier: MIT
// What root programs have in common: threads and spaces of the usual kind, and a pager
// for those in other spaces. It is no part of X.2, whose calls it is made of.
#ifndef USER_THREADS_H
#define USER_THREADS_H

#include <l4/types.h>

#include <stdbool.h>

// What every program defines.
int main(void);

#define STACK_BYTES 2048

struct stack {
        _Alignas(16) unsigned char bytes[STACK_BYTES];
};

// Where spaces other than the first one's have their UTCBs, and usually the kernel
// interface page.
#define OTHER_KIP 0x00C00000u
#define OTHER_UTCBS 0x00800000u

// The ID of the program's n-th thread, counted from its first one, which has 0.
L4_ThreadId_t thread_id(L4_Word_t n);

// Makes the n-th thread, in the space of the first one, which calls this. It waits to
// be started. Whether that could be done: L4_ErrorCode() says why not.
bool thread_here(L4_Word_t n);

// Makes the n-th thread in a space of its own, which has the kernel interface page at
// `kip`; another one in that thread's space. Each has this pager, and waits to be
// started.
bool thread_in_new_space(L4_Word_t n, L4_Word_t kip, L4_ThreadId_t pager);
bool thread_beside(L4_Word_t n, L4_Word_t other, L4_ThreadId_t pager);

// The top of a stack on which a function has just been called; when it returns, the
// thread is stopped.
L4_Word_t stack_top(struct stack *stack);

// Lets a thread run a function; thread_here comes first, or the like. For its pager and
// those in its space.
void thread_start(L4_ThreadId_t thread, void (*run)(void), struct stack *stack);

// Ends the n-th thread; its space too, if it is the last one there.
void thread_end(L4_Word_t n);

// What a thread may do for ever: it answers each page fault in the program with the caller's
// own page at the same address, elsewhere with a page of zeros, which it gets from sigma0,
// and each fault of a port with the port. Where it gets none it does not answer. A message of
// START_WORDS words from the caller's own space is no fault: it is an ID, and where
// that thread is to begin, instruction and stack.
#define START_WORDS 3
void serve_faults(void);

// Says what has gone wrong, and why, as the last system call has it.
void complain(const char *what);

#endif
