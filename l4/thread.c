// SPDX-License-Identifier: MIT
// What becomes of a thread, from ThreadControl to ThreadControl.
//
// The contracts are in thread.h and schedule.h.
#include "thread.h"

#include "ipc.h"
#include "panic.h"
#include "partners.h"
#include "protocol.h"
#include "schedule.h"
#include "space.h"
#include "timeout.h"
#include "typed.h"

// A context that runs in the thread's space, with the UTCB where the program finds it:
// GS:0 is the UTCB's first word.
static void
bind(struct thread *thread)
{
        const struct space *space = thread->space;
        struct h_vaddr utcb = { thread->local - UTCB_MR0 };

        must(h_set_gs(thread->context, utcb, 4), "h_set_gs");
        must(h_bind(thread->context, space->pagemap, thread->utcb,
                    thread->mr0 + 1),
             "h_bind");
        must(h_set_ports(thread->context, NULL, 0), "h_set_ports");
        thread->port_version = 0;
}

enum call_error
thread_activate(struct thread *thread, uint32_t pager)
{
        enum call_error error = utcb_take(thread, thread->utcb_wanted);
        if (error != CALL_OK)
                return error;
        if (h_alloc_fault_context(&thread->context) != H_OK) {
                utcb_give(thread);
                return CALL_NO_MEMORY;
        }

        bind(thread);
        utcb_write(thread, UTCB_LOCAL_ID, thread->local);
        utcb_write(thread, UTCB_MY_GLOBAL_ID, thread->id);
        utcb_write(thread, UTCB_PAGER, pager);
        thread->space->active++;
        ipc_await_start(thread, pager);
        return CALL_OK;
}

// An active thread has a UTCB there with what was in the one before.
static enum call_error
move_utcb(struct thread *thread, struct space *to)
{
        struct thread before = *thread;

        thread->space = to;
        enum call_error error = utcb_take(thread, thread->utcb_wanted);
        if (error != CALL_OK) {
                *thread = before;
                return error;
        }
        must(h_copy_words(thread->utcb, thread->mr0 - UTCB_MR0 / 4, before.utcb,
                          before.mr0 - UTCB_MR0 / 4, UTCB_SIZE / 4),
             "h_copy_words of a UTCB");
        utcb_give(&before);
        before.space->active--;
        to->active++;
        bind(thread);
        return CALL_OK;
}

// A thread that waits for where to begin goes on waiting, for the same one, also where the
// message has been arriving. Everything else is cancelled.
static void
cancel(struct thread *thread)
{
        const struct thread *starter = thread->carried_by;
        uint32_t starter_id = starter ? starter->sent_as : ID_NIL;

        typed_break(thread);
        if (thread->state == THREAD_READY)
                return;
        if (thread->role != ROLE_START)
                ipc_end(thread, IPC_CANCELLED);
        else if (starter)
                ipc_await_start(thread, starter_id);
}

enum call_error
thread_move(struct thread *thread, struct space *to)
{
        struct space *from = thread->space;
        enum call_error error = move_utcb(thread, to);

        if (error != CALL_OK)
                return error;
        cancel(thread);
        to->threads++;
        space_leave(from);
        return CALL_OK;
}

void
thread_rename(struct thread *thread, uint32_t id)
{
        interrupts_forget(thread);
        if (thread->sent_as == thread->id)
                thread->sent_as = id;
        if (thread->under_way.before.sent_as == thread->id)
                thread->under_way.before.sent_as = id;
        if (thread->scheduler == thread->id)
                thread->scheduler = id;
        thread->id = id;
        if (thread->state != THREAD_INACTIVE)
                utcb_write(thread, UTCB_MY_GLOBAL_ID, id);
        partners_tell(thread, ID_NIL);
}

void
thread_end(struct thread *thread)
{
        typed_break(thread);
        ipc_forget(thread);
        if (thread->state != THREAD_INACTIVE) {
                if (ready_is(thread))
                        ready_remove(thread);
                must(h_free_fault_context(thread->context),
                     "h_free_fault_context");
                utcb_give(thread);
                thread->space->active--;
        }
        interrupts_forget(thread);
        slice_forget(thread);
        if (current == thread)
                current = NULL;
        space_leave(thread->space);

        uint32_t id = thread->id;
        thread->space = NULL;
        thread->id = ID_NIL;
        thread->condition = THREAD_CONDITION(THREAD_INACTIVE, ROLE_USER);
        partners_tell(thread, id);
}

struct thread *
thread_named(const struct thread *by, uint32_t id)
{
        if (id_is_global(id))
                return thread_find(id);
        return by->space ? utcb_find(by->space, id) : NULL;
}

// --- States -----------------------------------------------------------------------

// One that looks for a sender is among the ready ones too, and one for which the kernel has
// work, and then even if it is stopped: it is not run for that.
static bool
kernel_goes_on(const struct thread *thread)
{
        return thread->looks ||
               (thread->state == THREAD_READY && thread->work != WORK_NONE);
}

static void
enter_ring(struct thread *thread)
{
        bool runs = thread->state == THREAD_READY && thread->stopped == 0;

        // Interrupt lines have no space: they are not run.
        if ((runs || kernel_goes_on(thread)) && thread->space &&
            !ready_is(thread))
                ready_add(thread);
}

static void
leave_ring(struct thread *thread)
{
        if (ready_is(thread))
                ready_remove(thread);
}

void
thread_ready(struct thread *thread)
{
        if (thread->carried_by ||
            (thread->under_way.receiver && thread->work == WORK_NONE))
                typed_break(thread);
        // What becomes of a message in whose middle it had a page fault, is found out
        // when it is its turn: that the fault's message is over is nobody's affair.
        if (thread->role == ROLE_PAGE_FAULT && thread->work == WORK_CARRY)
                thread->role = ROLE_USER;
        thread->state = THREAD_READY;
        thread->looks = false;
        if (thread->stopped != 0)
                leave_ring(thread);
        enter_ring(thread);
}

void
thread_block(struct thread *thread, enum thread_state state)
{
        thread->state = (uint8_t)state;
        thread->looks = false;
        leave_ring(thread);
}

void
thread_look(struct thread *thread)
{
        thread->state = THREAD_RECEIVING;
        thread->looks = true;
        enter_ring(thread);
}

void
thread_stop(struct thread *thread, unsigned reason)
{
        thread->stopped |= (uint8_t)reason;
        if (!kernel_goes_on(thread))
                leave_ring(thread);
}

void
thread_go_on(struct thread *thread, unsigned reason)
{
        thread->stopped &= (uint8_t)~reason;
        enter_ring(thread);
}

void
thread_used_up(struct thread *thread)
{
        if (thread->work == WORK_NONE && !thread->looks)
                protocol_used_up(thread);
}

void
thread_set_priority(struct thread *thread, uint8_t priority)
{
        bool was_ready = ready_is(thread);

        leave_ring(thread);
        thread->priority = priority;
        if (was_ready)
                ready_add(thread);
}
