// SPDX-License-Identifier: MIT
// What a message carries from one thread to the other (dissertation 7.7).
#ifndef L4_TRANSFER_H
#define L4_TRANSFER_H

#include "thread.h"

// What a message has come to.
struct transfer {
        enum ipc_error error; // of both threads
        uint32_t offset;      // that goes with it
};

// The message that `sender` sends is `receiver`'s now: both roles are looked at,
// and one of them is ROLE_USER. The receiver is told of the sender as `from`, an
// ID, and of as many typed words as typed_transfer (typed.h) has carried; of a role that
// is not ROLE_USER what the message says is done. Nobody's state changes.
struct transfer transfer_message(struct thread *sender, struct thread *receiver,
                                 uint32_t from);

// Words of a message from one UTCB to the other: message registers 1 to `count`.
// (exercise 6.3)
void transfer_untyped(const struct thread *sender,
                      const struct thread *receiver, uint32_t count);

#endif
