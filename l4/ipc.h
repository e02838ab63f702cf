// SPDX-License-Identifier: MIT
// Messages: how sender and receiver meet (dissertation 7.6). Neither is run while the
// other is not there, and no message is kept anywhere but with its sender.
//
// A message to a thread that waits for it arrives at once. Otherwise its sender is
// SENDING, in the ring of that thread's senders, until it is received. Of the
// kernel's messages on behalf of threads (protocol.h) the same is true: their role
// says what they are.
#ifndef L4_IPC_H
#define L4_IPC_H

#include "thread.h"

// --- The two phases -----------------------------------------------------------------------

// Sends a message to a thread that exists: of ROLE_USER the words that `tag` says of
// its UTCB, otherwise the kernel's. `thread` is READY; its role, tag, sent_as,
// intended, receive and receive_timeout are set. (exercise 6.1)
//
// A line that does not wait for this sender refuses it at once: with error 1 if the
// line's handler is who sends, in whatever name, else with error 2.
//
// Where the thread looks when its message has arrived (ipc_sent), it does so at once
// (ipc_look), and no second time: the call is its own, and carries one message more at most.
//
// Afterwards the thread is READY, SENDING or RECEIVING. Returns who is to run next,
// as schedule() wants it: the thread if it is READY, otherwise the receiver. If that
// one has got no message, null will do as well.
struct thread *ipc_send(struct thread *thread, struct thread *receiver,
                        uint16_t timeout);

// Receives a message: from whom, an ID as the thread says it, and until when, which is its
// receive_timeout too. The thread is READY, its role is set. If it is not known yet
// whether somebody is there (ipc_search), it looks. Returns who is to run next: the
// thread, if it is READY; if not, the thread or null. (exercise 6.2)
struct thread *ipc_receive(struct thread *thread, uint32_t from,
                           uint16_t timeout);

// A thread that looks for a sender (thread.h) does so now, and goes on with those who have
// not been asked; if it is not known then either, it looks again. Is there none any more,
// it waits as any thread does that receives, whatever its role is: in the ring of the one
// that is meant, with its receive timeout; or has an error. Returns who is to run
// next, as ipc_receive does. (exercise 6.2)
struct thread *ipc_look(struct thread *thread);

// The message has arrived at `receiver`, and the thread goes on: it is READY, or
// RECEIVING, as it has said or as its role is. A program that receives nothing has
// ID_NIL in EAX, and in ESI its tag: the flags that held when it was sent, but not the
// one of an error.
//
// If a program's message was in the name of another one that is RECEIVING from the
// thread alone, then that one, whatever its role is, is RECEIVING from the receiver
// now. It looks if it has looked, or if somebody who fits is there or may be; otherwise it is
// in the receiver's ring. In the ring it has the timeout that it has had; if it looks only for
// a page fault in the middle of a message, which is `work` (carry.h). (exercise 6.2)
void ipc_sent(struct thread *thread, struct thread *receiver);

// --- Who meets whom (meet.c) -----------------------------------------------------------------

// May a thread that receives from `partner` receive what the other one sends?
// `partner` is a global ID, ID_ANY or ID_ANY_LOCAL.
bool ipc_fits(const struct thread *receiver, uint32_t partner,
              const struct thread *sender);

// Does the thread receive, and would it have the other one's message now? Where it looks,
// whoever has been found comes first; but while it is still asking, who comes now and fits
// does not stand behind those who have not been asked.
bool ipc_waits_for(const struct thread *receiver, const struct thread *sender);

// Is somebody SENDING to the thread whose message it may receive from `partner`, as in
// ipc_fits? Those who send are asked in their order, from the first one on. True: ipc_found
// says who; or it is not known yet, since they are many, and an interrupt has come. Then
// the thread is to look. Of one that is meant it is known at once, unless others send to the
// thread as somebody else.
bool ipc_search(struct thread *thread, uint32_t partner);

// The same for a thread that looks for `partner` of its own: whom it has asked, since it
// began to search, it does not ask again. Those who have come since are asked.
bool ipc_search_on(struct thread *thread);

// After one of these two: the first one who fits. Null: there is none, or it is not known yet.
struct thread *ipc_found(const struct thread *thread, uint32_t partner);

// The message of `sender` arrives at `receiver`, which is READY then, and neither is
// in a ring or has a timeout. False: it could not, and both have been told of an
// error; or it goes on to arrive when it is the sender's turn (typed.h).
bool ipc_deliver(struct thread *sender, struct thread *receiver);

// The same, when all that its typed items say has been done.
bool ipc_arrive(struct thread *sender, struct thread *receiver);

// The thread is the last one in a ring of another thread's; or in none.
void ring_join(struct thread **ring, struct thread *thread);
void ring_leave(struct thread *thread);

// --- How it ends otherwise (exercise 6.8) ------------------------------------------------------

// What the thread does with messages is over, with an error; it is READY. A program is
// told. Of a message of the kernel's, or its answer: a line that can reach nobody is
// nobody's, of a preemption nothing happens; otherwise the thread is halted, but if it
// was cancelled. Is it one of a privileged space, the kernel says so (notice.h).
void ipc_fail(struct thread *thread, uint32_t phase, enum ipc_error error,
              uint32_t offset);

// The same, in the phase in which it is: SENDING or RECEIVING.
void ipc_end(struct thread *thread, enum ipc_error error);

// The thread will be no more: it is in no ring of another one's, or of its own, and has no
// timeout. What it is told itself nobody sees any more; those in its rings are told later
// (partners.h).
void ipc_forget(struct thread *thread);

// The thread waits for a message that says where it begins; from whom, an ID as the
// thread means it, local ones too. Is nobody there, it is whoever gets that ID: the
// word as it is. It has no timeout, and is in no ring, since nobody need be there. If
// somebody who fits is SENDING to it already, or may be (ipc_search), the pager or one in
// the pager's name, it looks; what comes of that, ipc_look says.
void ipc_await_start(struct thread *thread, uint32_t pager);

// --- In somebody else's name (exercise 6.9) ------------------------------------------------------

// Sets sent_as and intended of a thread that sends what its tag says, and makes the
// flags of the tag those that hold. Of a message that is not redirected, `intended` is
// ID_NIL. Returns who gets the message: `receiver`, which may be a line, or in place of
// it the redirector. Null: that one is no more.
struct thread *ipc_address(struct thread *thread, struct thread *receiver);

#endif
