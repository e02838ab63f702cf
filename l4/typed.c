// SPDX-License-Identifier: MIT
// Typed items, for the time being: those about memory, all at once.
#include "typed.h"

#include "ends.h"
#include "ipc.h"
#include "map_item.h"
#include "mapdb.h"
#include "ports.h"
#include "unmap.h"

void
typed_init(void)
{
        mapdb_init();
        ports_init();
        ends_init();
}

static uint32_t
window_of(const struct thread *receiver)
{
        switch (receiver->role) {
        case ROLE_USER:
                return utcb_read(receiver, UTCB_BR0) & ~ACCEPTOR_BITS;
        case ROLE_PAGE_FAULT:
                return FPAGE_ALL_LOG2 << 4;
        case ROLE_PORT_FAULT:
                return fpage_ports(0, 16);
        default:
                return FPAGE_NIL;
        }
}

static void
overflow(struct thread *sender, struct thread *receiver)
{
        uint32_t untyped = tag_untyped(sender->tag);

        (void)untyped;
        ipc_fail(receiver, IPC_PHASE_RECEIVE, IPC_OVERFLOW, 0);
        ipc_fail(sender, IPC_PHASE_SEND, IPC_OVERFLOW, 0);
}

bool
typed_carry(struct thread *sender, struct thread *receiver)
{
        uint32_t at = tag_untyped(sender->tag) + 1;
        uint32_t end = at + tag_typed(sender->tag);
        uint32_t window = window_of(receiver);

        for (; at < end; at += 2) {
                const uint32_t words[2] = {
                        utcb_read(sender, (int)at),
                        utcb_read(sender, (int)at + 1),
                };
                uint32_t type = words[0] & ITEM_TYPE;
                if ((type != ITEM_MAP && type != ITEM_GRANT) ||
                    at + 1 >= end ||
                    (window == FPAGE_NIL && words[1] != FPAGE_NIL)) {
                        overflow(sender, receiver);
                        return false;
                }
                struct map_item item;
                map_item_begin(&item, sender->space, receiver->space, words,
                               window);
                while (map_item_step(&item))
                        continue;
                map_item_end(&item);
        }
        return true;
}

uint32_t
typed_transfer(struct thread *sender, struct thread *receiver, uint32_t untyped,
               uint32_t typed)
{
        for (uint32_t i = untyped + 1; i <= untyped + typed; i++)
                utcb_write(receiver, (int)i, utcb_read(sender, (int)i));
        return typed;
}

bool
typed_fault_reply(struct thread *pager, struct thread *thread)
{
        (void)pager;
        (void)thread;
        return true;
}

struct thread *
typed_go_on(struct thread *thread)
{
        switch (thread->work) {
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
        if (thread->work == WORK_UNMAP)
                unmap_break(thread);
        else if (thread->work == WORK_LEAVE)
                ends_break(thread);
}
