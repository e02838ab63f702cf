// SPDX-License-Identifier: MIT
// The seam behind which lab 7 puts the mapping database: what messages map, what
// a space's memory is, and what the pages are that programs begin with.
#ifndef L4_TYPED_H
#define L4_TYPED_H

#include "space.h"
#include "thread.h"

// The typed items of a message, which begin behind its untyped words. Returns how
// many words of them the receiver has got.
uint32_t typed_transfer(struct thread *sender, struct thread *receiver,
                        uint32_t untyped, uint32_t typed);

// The answer to a page fault or IO fault of `thread` has come from `pager`: whether
// it is one, and has been done as far as it can be.
bool typed_fault_reply(struct thread *pager, struct thread *thread);

// The space is about to be no more: whatever programs' memory it has, it loses.
void typed_forget(struct space *space);

// The first program of a space, as the loader has put it there: from `first` on,
// at the addresses where its memory is.
bool typed_give(struct space *space, uint32_t first, uint32_t bytes);

// Begins.
void typed_init(void);

#endif
