// SPDX-License-Identifier: MIT
// Messages whose delivery takes long: those with typed items. Between two pieces of it
// interrupts are looked at; and a page of a string may have to be asked for first.
//
//                     |  sender                      receiver
//     carried         |  READY, WORK_CARRY           RECEIVING, carried_by = the sender
//     sender's fault  |  in the fault's message,     RECEIVING, carried_by = the sender
//                     |    WORK_CARRY
//     receiver's      |  SENDING, held: WORK_NONE    in the fault's message, WORK_CARRY,
//                     |                                before.carried_by = the sender
//
// In all of them the sender's under_way.receiver is the receiver. Neither is in a ring of
// the other's, or has a timeout of its Ipc's, from the beginning on, and a receiver's
// partner is ID_NIL: nobody fits.
//
//            begin                       a page is missing
//              |       .------------.  ---------------------->  .-----------------.
//              '------>|  carried   |                           | in the fault's  |
//                      '------------'  <----------------------  |    message      |
//                       |    |    |      the pager answers      '-----------------'
//         all is there  |    |    |                               |            |
//                       v    |    |                               |            |
//                   arrives  |    '------ broken off -------------'            |
//                            | overflow: 4         both: 7                     |
//                            v                                                 v
//                          fails                 its time is over: 5 and 6; nobody
//                                                answers, or it is cancelled: 7
//
// Whoever goes on otherwise (cancelled, ended, moved) breaks the message off, wherever it
// stands: both have error 7 at once. A fault's message that comes to no answer ends by
// itself; what that means for the message in whose middle it was sent, is found out when
// it is the turn of the thread that had the fault.
#ifndef L4_CARRY_H
#define L4_CARRY_H

#include "thread.h"

// The message of `sender` begins to arrive. Its tag has typed words, all of them fit, and the
// receiver waits for it, as a program or in a page fault's or port fault's message.
// Returns true if all has been carried. False: it has ended with an error, of which both
// have been told; or it goes on later.
bool carry_begin(struct thread *sender, struct thread *receiver);

// It is the turn of a thread with WORK_CARRY. Returns who is to run next.
struct thread *carry_go_on(struct thread *thread);

// The thread goes on otherwise, or is no more. It may have nothing to do with any
// message. Of a message that it was to receive as a program, or to send, both are told. In
// the kernel's message that it had sent, or in whose place it receives, it waits for
// nobody then; how that ends, its caller says.
void carry_break(struct thread *thread);

// --- What a thread is about (carry_kept.c) -----------------------------------------------

// Keeps what the thread's own message is about, and puts it back: the kernel uses the
// same words for what it sends in the thread's name.
void carry_keep(struct thread *thread);
void carry_put_back(struct thread *thread);

// --- Page faults in the middle (carry_fault.c) ---------------------------------------------

// One of the two needs a page, at under_way.string.missing of the sender, with these
// rights: its pager is asked. False: the time for that is over already.
bool carry_ask(struct thread *sender, struct thread *faulting, uint32_t right);

// Is the time for page faults over, in the middle of the message of `sender`?
bool carry_is_late(const struct thread *sender);

#endif
