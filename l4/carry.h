// SPDX-License-Identifier: MIT
// Messages whose delivery takes long: those with typed items. Between two pieces of it
// interrupts are looked at; and a page of a string may have to be asked for first.
//
//                     |  sender                      receiver
//     carried         |  READY, work = WORK_CARRY    RECEIVING, carried_by = the sender
//     sender's fault  |  in the fault's message      RECEIVING, carried_by = the sender
//     receiver's      |  SENDING, held               in the fault's message, WORK_CARRY
//
// Neither is in a ring of the other's, or has a timeout of its Ipc's, from the beginning
// on, and a receiver's partner is ID_NIL: nobody fits. What a thread in a fault's message
// was about before stands in its `before`.
//
// Whoever goes on otherwise (cancelled, ended, moved) breaks the message off: the other one
// has error 7 (aborted) in its phase; at once if it is held or RECEIVING, otherwise when it
// is its turn.
#ifndef L4_CARRY_H
#define L4_CARRY_H

#include "thread.h"

// The message of `sender` begins to arrive. Its tag has typed words, all of them fit, and the
// receiver waits for it, as a program or in a page fault's or port fault's message.
// Returns true if all has been carried or has ended with an error already; then `done` is
// what it has come to. False: it goes on later.
struct carried {
        enum ipc_error sender_error, receiver_error;
        uint32_t offset;
};
bool carry_begin(struct thread *sender, struct thread *receiver,
                 struct carried *done);

// It is the turn of a thread with WORK_CARRY. Returns who is to run next.
struct thread *carry_go_on(struct thread *thread);

// The thread goes on otherwise: see above. It may have nothing to do with any message.
void carry_break(struct thread *thread);

#endif
