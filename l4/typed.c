// SPDX-License-Identifier: MIT
// Typed items as the rest of the kernel sees them: each asks whose affair it is.
//
//     carry.c      messages that are carried bit by bit
//       items.c      one item after the other
//       string.c     strings
//       map_item.c   memory and ports that are mapped or granted
//     unmap.c      Unmap
//     ends.c       spaces that are to be no more
//     own_fault.c  where all memory comes from
//
// The contracts are in typed.h.
#include "typed.h"

#include "carry.h"
#include "ends.h"
#include "mapdb.h"
#include "panic.h"
#include "ports.h"
#include "unmap.h"

void
typed_init(void)
{
        mapdb_init();
        ports_init();
        ends_init();
}

// --- Messages -------------------------------------------------------------------------

// An interrupt line wants to hear no more than that somebody answers.
bool
typed_carry(struct thread *sender, struct thread *receiver)
{
        return !receiver->space || carry_begin(sender, receiver);
}

uint32_t
typed_transfer(struct thread *sender, struct thread *receiver, uint32_t untyped,
               uint32_t typed)
{
        must(h_copy_words(receiver->utcb, receiver->mr0 + 1 + untyped,
                          sender->utcb, sender->mr0 + 1 + untyped, typed),
             "h_copy_words of typed items");
        return typed;
}

bool
typed_fault_reply(struct thread *pager, struct thread *thread)
{
        if (thread->under_way.fault == FAULT_ASKED)
                thread->under_way.fault = FAULT_ANSWERED;
        return tag_typed(pager->tag) > 0 && pager->under_way.map.mapped;
}

// --- What takes long --------------------------------------------------------------------

struct thread *
typed_go_on(struct thread *thread)
{
        switch (thread->work) {
        case WORK_CARRY:
                return carry_go_on(thread);
        case WORK_UNMAP:
                return unmap_go_on(thread);
        case WORK_LEAVE:
                return ends_go_on(thread);
        default:
                thread->work = WORK_NONE;
                return thread;
        }
}

void
typed_break(struct thread *thread)
{
        carry_break(thread);
        if (thread->work == WORK_UNMAP)
                unmap_break(thread);
        else if (thread->work == WORK_LEAVE)
                ends_break(thread);
}
