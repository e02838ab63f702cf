// SPDX-License-Identifier: MIT
// A page fault of the kernel's, while it copies a string: the thread to whose space the
// page is to come tells its pager, as if it had touched the page itself.
//
//     sender                    receiver                 its pager
//       |   4 KB, 4 KB, ..        |                        |
//       |-----------------------> x  a page is missing     |
//       |  held                   |  "page fault"          |
//       :                         |----------------------->|
//       :                         |      a map item        |
//       :                         |<-----------------------|
//       |   4 KB, ..              |
//       |-----------------------> |
//
// From the first fault of a message on its time runs: the shorter one of the sender's
// transfer timeout for sending and the receiver's for receiving.
//
// The contracts are in carry.h. Source: L4 X.2, transfer timeouts; page fault protocol.
#include "carry.h"
#include "ipc.h"
#include "schedule.h"
#include "space.h"
#include "timeout.h"

#define NOT_BEGUN                                                              \
        0u // of fault_end: no point in time, the machine has been started

static void
begin_timeout(struct thread *sender)
{
        struct under_way *way = &sender->under_way;
        uint32_t sends = utcb_read(sender, UTCB_TRANSFER_TIMEOUTS);
        uint32_t receives = utcb_read(way->receiver, UTCB_TRANSFER_TIMEOUTS);
        uint64_t now = h_clock();
        uint64_t senders = time_end((uint16_t)(sends >> 16), now);
        uint64_t receivers = time_end((uint16_t)receives, now);

        way->end_is_receivers = receivers < senders;
        way->fault_end = way->end_is_receivers ? receivers : senders;
}

bool
carry_is_late(const struct thread *sender)
{
        uint64_t end = sender->under_way.fault_end;

        return end != NOT_BEGUN && end <= h_clock();
}

// The other one waits until the fault is over.
static void
hold(struct thread *sender, struct thread *faulting)
{
        struct thread *receiver = sender->under_way.receiver;

        receiver->partner = ID_NIL;
        if (faulting == sender) {
                thread_block(receiver, THREAD_RECEIVING);
                receiver->carried_by = sender;
                sender->work = WORK_CARRY;
        } else {
                carry_keep(receiver);
                receiver->under_way.before.carried_by = sender;
                receiver->carried_by = NULL;
                receiver->work = WORK_CARRY;
                sender->work = WORK_NONE;
                thread_block(sender, THREAD_SENDING);
        }
}

// Where nobody can be asked, the thread finds no answer when it is its turn.
static void
send_fault(struct thread *thread)
{
        struct thread *pager =
                thread_named(thread, utcb_read(thread, UTCB_PAGER));

        thread->under_way.fault = FAULT_ASKED;
        thread->role = ROLE_PAGE_FAULT;
        thread->tag = 0;
        thread->sent_as = thread->id;
        thread->intended = ID_NIL;
        thread->receive_timeout = TIME_NEVER;
        if (pager)
                ipc_send(thread, pager, TIME_NEVER);
}

bool
carry_ask(struct thread *sender, struct thread *faulting, uint32_t right)
{
        if (sender->under_way.fault_end == NOT_BEGUN)
                begin_timeout(sender);
        if (carry_is_late(sender))
                return false;

        uint64_t end = sender->under_way.fault_end;
        hold(sender, faulting);
        faulting->fault = sender->under_way.string.missing;
        faulting->fault_code = right;
        thread_ready(faulting);
        send_fault(faulting);
        // An answer that is arriving already has all the time that it takes.
        if (faulting->state != THREAD_READY && !faulting->carried_by &&
            end != UINT64_MAX)
                timeout_add(faulting, end);
        return true;
}
