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

// Is there a sigma0, out of the boot loader's first module, before the root server?
bool typed_has_sigma0(void);

// A space has just been made: what it has from the beginning.
void typed_begin(struct space *space);

// The space is that of a program that the kernel has loaded, which lies from `first` up to
// `end`: of sigma0 (ID_SIGMA0), or of the root server (ID_ROOT).
void typed_give(uint32_t id, struct space *space, uint32_t first, uint32_t end);

// A message with typed words is about to arrive: what they ask for is done first. Returns
// true if it is done, and the message is to arrive. False: it has ended with an error, of
// which both have been told; or it goes on later, and arrives then (work.h).
bool typed_carry(struct thread *sender, struct thread *receiver);

// The message is arriving: the words of its typed items, `typed` behind the untyped ones,
// are the receiver's too. Returns how many it has got.
uint32_t typed_transfer(struct thread *sender, struct thread *receiver,
                        uint32_t untyped, uint32_t typed);

// The answer to a page fault or port fault of `thread` has come from `pager`: what it says
// has been done. False: nothing is mapped now that was not before.
bool typed_fault_reply(struct thread *pager, struct thread *thread);

// The space has no thread any more: it is to have no memory of programs any longer, nor
// those who have some from it. True: so it is. False: it goes on later, as work of the
// current thread (work.h), and ends with space_end.
bool typed_forget(struct space *space);

// It is the turn of a thread for which the kernel has work (thread.h). Returns who is to
// run next, as schedule() wants it.
struct thread *typed_go_on(struct thread *thread);

// The thread goes on in another way than it was about to, or is no more: what the kernel
// does for it is broken off, and so is a message from it or to it that is arriving.
void typed_break(struct thread *thread);

// A page fault that the kernel answers itself. False: it does not.
bool typed_own_fault(struct thread *thread, struct h_vaddr address);

// Exception 13 with code 0. Was it an instruction for ports? Then the space has them, or the
// pager is told, and `next` is who is to run, as schedule() wants it. False: it was another
// one.
bool typed_port_fault(struct thread *thread, struct thread **next);

#endif
