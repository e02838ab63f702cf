// SPDX-License-Identifier: MIT
// Carrying a message bit by bit: how it begins, goes on, arrives and is broken off.
//
// The drawing and the contracts are in carry.h.
#include "carry.h"

#include "ipc.h"
#include "items.h"
#include "schedule.h"
#include "space.h"
#include "timeout.h"
#include "transfer.h"
#include "typed.h"

// What is told to sender and receiver.
struct verdict {
        enum ipc_error sender, receiver;
};

static const struct verdict overflow = { IPC_OVERFLOW, IPC_OVERFLOW };
static const struct verdict aborted = { IPC_ABORTED, IPC_ABORTED };
static const struct verdict too_late_for_sender = {
        IPC_TRANSFER_TIMEOUT_MINE,
        IPC_TRANSFER_TIMEOUT_PARTNER,
};
static const struct verdict too_late_for_receiver = {
        IPC_TRANSFER_TIMEOUT_PARTNER,
        IPC_TRANSFER_TIMEOUT_MINE,
};

static const struct verdict *
too_late(const struct thread *sender)
{
        return sender->under_way.end_is_receivers ? &too_late_for_receiver
                                                  : &too_late_for_sender;
}

// --- The end -------------------------------------------------------------------------

// The message is under way no more.
static void
detach(struct thread *sender, struct thread *receiver)
{
        items_end(sender);
        sender->under_way.receiver = NULL;
        sender->work = WORK_NONE;
        if (receiver->carried_by == sender)
                receiver->carried_by = NULL;
}

// The thread is about its own message again, and nothing else; where it waits for
// somebody on account of a page fault, it does so no longer.
static void
come_back(struct thread *thread)
{
        ring_leave(thread);
        timeout_remove(thread);
        carry_put_back(thread);
        thread->work = WORK_NONE;
        thread->under_way.fault = FAULT_NONE;
        thread->under_way.before.carried_by = NULL;
}

// An answer to the kernel, in the place of the thread, is not waited for any longer.
static void
drop_answer(struct thread *thread)
{
        struct thread *sender = thread->carried_by;

        detach(sender, thread);
        come_back(sender);
        ipc_fail(sender, IPC_PHASE_SEND, IPC_ABORTED, 0);
}

// The message ends with an error. Its untyped words are there all the same.
static void
fail(struct thread *sender, const struct verdict *verdict)
{
        struct thread *receiver = sender->under_way.receiver;
        uint32_t offset = sender->under_way.string.bytes;
        bool is_answer =
                receiver->carried_by == sender && receiver->role != ROLE_USER;

        detach(sender, receiver);
        if (sender->carried_by)
                drop_answer(sender);
        come_back(sender);
        if (!is_answer) {
                if (receiver->carried_by)
                        drop_answer(receiver);
                if (receiver->under_way.before.carried_by)
                        come_back(receiver);
                transfer_untyped(sender, receiver, tag_untyped(sender->tag));
        }
        ipc_fail(receiver, IPC_PHASE_RECEIVE, verdict->receiver, offset);
        ipc_fail(sender, IPC_PHASE_SEND, verdict->sender, offset);
}

void
carry_break(struct thread *thread)
{
        struct thread *sender = thread;

        if (thread->carried_by && thread->role != ROLE_USER)
                drop_answer(thread);
        if (thread->carried_by)
                sender = thread->carried_by;
        else if (thread->under_way.before.carried_by)
                sender = thread->under_way.before.carried_by;
        if (sender->under_way.receiver)
                fail(sender, &aborted);
}

// --- Carrying ------------------------------------------------------------------------

// The rest is done when it is the sender's turn.
static void
wait_for_turn(struct thread *sender)
{
        struct thread *receiver = sender->under_way.receiver;

        thread_block(receiver, THREAD_RECEIVING);
        receiver->partner = ID_NIL;
        receiver->carried_by = sender;
        sender->work = WORK_CARRY;
        thread_ready(sender);
}

// Returns true if the page is there now: it is sigma0's, and nobody has to be asked.
static bool
ask(struct thread *sender, struct thread *faulting, uint32_t right)
{
        const struct h_vaddr missing = { sender->under_way.string.missing };

        if (typed_own_fault(faulting, missing))
                return true;
        if (!carry_ask(sender, faulting, right))
                fail(sender, too_late(sender));
        return false;
}

// Returns true if nothing is left to be carried. False: it has ended otherwise, or
// something comes first.
static bool
carry(struct thread *sender)
{
        struct thread *receiver = sender->under_way.receiver;

        for (;;) {
                switch (items_step(sender)) {
                case ITEM_GOES_ON:
                        break;
                case ITEM_OVER:
                        detach(sender, receiver);
                        return true;
                case ITEM_OVERFLOW:
                        fail(sender, &overflow);
                        return false;
                case ITEM_SENDER_FAULTS:
                        if (!ask(sender, sender, H_R))
                                return false;
                        break;
                case ITEM_RECEIVER_FAULTS:
                        if (!ask(sender, receiver, H_W))
                                return false;
                        break;
                }
                if (h_interrupt_pending()) {
                        wait_for_turn(sender);
                        return false;
                }
        }
}

bool
carry_begin(struct thread *sender, struct thread *receiver)
{
        ring_leave(sender);
        timeout_remove(sender);
        ring_leave(receiver);
        timeout_remove(receiver);
        sender->under_way = (struct under_way){ .receiver = receiver };
        carry_keep(sender);
        receiver->carried_by = sender;
        return carry(sender);
}

// --- In its turn ---------------------------------------------------------------------

static struct thread *
arrive(struct thread *sender, struct thread *receiver)
{
        if (!ipc_arrive(sender, receiver))
                return sender;
        ipc_sent(sender, receiver);
        return sender->state == THREAD_READY ? sender : receiver;
}

// The receiver's page fault is over.
static struct thread *
receiver_is_back(struct thread *sender, struct thread *receiver)
{
        receiver->under_way.before.carried_by = NULL;
        receiver->work = WORK_NONE;
        wait_for_turn(sender);
        return sender;
}

struct thread *
carry_go_on(struct thread *thread)
{
        struct under_way *way = &thread->under_way;
        struct thread *receiver = way->receiver;
        struct thread *sender = receiver ? thread : way->before.carried_by;
        uint8_t fault = way->fault;

        carry_put_back(thread);
        way->fault = FAULT_NONE;
        if (fault == FAULT_ASKED) {
                fail(sender,
                     carry_is_late(sender) ? too_late(sender) : &aborted);
                return thread;
        }
        if (!receiver)
                return receiver_is_back(sender, thread);
        return carry(thread) ? arrive(thread, receiver) : thread;
}
