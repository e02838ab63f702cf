// SPDX-License-Identifier: MIT
// The seam behind which lab 7 puts the mapping database: whose memory programs have, and
// what messages say of it.
#ifndef L4_TYPED_H
#define L4_TYPED_H

#include "calls.h"
#include "space.h"
#include "thread.h"

// Begins. The pool has been taken already.
void typed_init(void);

// The memory of a program that the kernel has loaded, from `first` up to `end`, is the
// space's, at the same addresses.
void typed_give(struct space *space, uint32_t first, uint32_t end);

// The typed items of a message: `typed` words behind the untyped ones. Returns how many
// of them the receiver has got.
uint32_t typed_transfer(struct thread *sender, struct thread *receiver,
                        uint32_t untyped, uint32_t typed);

// The answer to a page fault of `thread` has come from `pager`: what it says is done.
// False: nothing is mapped now that was not before.
bool typed_fault_reply(struct thread *pager, struct thread *thread);

// The space is about to be no more: it has no memory of programs any longer.
void typed_forget(struct space *space);

#endif
