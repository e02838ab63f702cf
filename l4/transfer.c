// SPDX-License-Identifier: MIT
// The contracts are in transfer.h. Source: the dissertation, 7.7; L4 X.2, messages.
#include "transfer.h"

#include "calls.h"
#include "panic.h"
#include "protocol.h"
#include "space.h"
#include "todo.h"
#include "typed.h"

// H4-BEGIN 6.3
#define MOST_WORDS (MESSAGE_REGISTERS - 1)
// H4-STUB 6.3
// H4-END 6.3

void
transfer_untyped(const struct thread *sender, const struct thread *receiver,
                 uint32_t count)
{
        // H4-BEGIN 6.3
        must(h_copy_words(receiver->utcb, receiver->mr0 + 1, sender->utcb,
                          sender->mr0 + 1, count),
             "h_copy_words of a message");
        // H4-STUB 6.3
        //| H4_TODO("6.3", sender, receiver, count);
        // H4-END 6.3
}

// H4-BEGIN 6.3
// From one program to another.
static struct transfer
between_programs(struct thread *sender, struct thread *receiver)
{
        uint32_t tag = sender->tag;
        uint32_t untyped = tag_untyped(tag);
        uint32_t typed = tag_typed(tag);

        transfer_untyped(sender, receiver, untyped);
        if (typed > 0)
                typed = typed_transfer(sender, receiver, untyped, typed);
        set_register(receiver, H_ESI,
                     (tag & ~TAG_COUNTS) | tag_make(0, untyped, typed));
        if ((tag & TAG_PROPAGATED) != 0)
                utcb_write(receiver, UTCB_ACTUAL,
                           thread_name(sender, receiver));
        if ((tag & TAG_REDIRECTED) != 0)
                utcb_write(receiver, UTCB_INTENDED, sender->intended);
        return (struct transfer){ IPC_OK, 0 };
}

// From the kernel, on behalf of the sender.
static struct transfer
from_kernel(const struct thread *sender, struct thread *receiver)
{
        uint32_t words[EXCEPTION_WORDS];
        uint32_t tag = protocol_message(sender, words);

        for (uint32_t i = 0; i < tag_untyped(tag); i++)
                utcb_write(receiver, (int)i + 1, words[i]);
        set_register(receiver, H_ESI, tag);
        return (struct transfer){ IPC_OK, 0 };
}
// H4-STUB 6.3
// H4-END 6.3

struct transfer
transfer_message(struct thread *sender, struct thread *receiver, uint32_t from)
{
        // H4-BEGIN 6.3
        struct transfer done;

        if (sender->role == ROLE_USER &&
            tag_untyped(sender->tag) + tag_typed(sender->tag) > MOST_WORDS)
                return (struct transfer){ IPC_OVERFLOW, 0 };
        if (receiver->role != ROLE_USER) {
                protocol_answer(sender, receiver);
                return (struct transfer){ IPC_OK, 0 };
        }
        done = sender->role == ROLE_USER ? between_programs(sender, receiver)
                                         : from_kernel(sender, receiver);
        set_register(receiver, H_EAX, from);
        return done;
        // H4-STUB 6.3
        //| H4_TODO("6.3", sender, receiver, from);
        // H4-END 6.3
}
