// SPDX-License-Identifier: MIT
// How messages end that do not arrive.
//
// The contracts are in ipc.h.
#include "calls.h"
#include "ipc.h"
#include "notice.h"
#include "schedule.h"
#include "space.h"
#include "timeout.h"
#include "todo.h"

// H4-BEGIN 6.8
// A message of the kernel's has ended with an error, or its answer.
static void
kernels_failed(struct thread *thread, enum ipc_error error)
{
        switch (thread->role) {
        case ROLE_INTERRUPT: // the line stays masked
                thread->handler = ID_NIL;
                break;
        case ROLE_PREEMPTION:
                break;
        default:
                if (error == IPC_CANCELLED)
                        break;
                thread_stop(thread, STOPPED_HALTED);
                if (thread->space->privileged)
                        notice_halted(thread->id, get_register(thread, H_EIP));
        }
}
// H4-STUB 6.8
// H4-END 6.8

void
ipc_fail(struct thread *thread, uint32_t phase, enum ipc_error error,
         uint32_t offset)
{
        // H4-BEGIN 6.8
        ring_leave(thread);
        timeout_remove(thread);
        thread_ready(thread);
        if (thread->role != ROLE_USER) {
                kernels_failed(thread, error);
                return;
        }
        utcb_write(thread, UTCB_ERROR,
                   offset << 4 | (uint32_t)error << 1 | phase);
        set_register(thread, H_ESI, TAG_ERROR);
        set_register(thread, H_EAX, ID_NIL);
        // H4-STUB 6.8
        //| H4_TODO("6.8", thread, phase, error, offset);
        // H4-END 6.8
}

void
ipc_end(struct thread *thread, enum ipc_error error)
{
        // H4-BEGIN 6.8
        ipc_fail(thread,
                 thread->state == THREAD_SENDING ? IPC_PHASE_SEND
                                                 : IPC_PHASE_RECEIVE,
                 error, 0);
        // H4-STUB 6.8
        //| H4_TODO("6.8", thread, error);
        // H4-END 6.8
}

void
ipc_forget(struct thread *thread)
{
        // H4-BEGIN 6.8
        timeout_remove(thread);
        ring_leave(thread);
        // H4-STUB 6.8
        //| H4_TODO("6.8", thread);
        // H4-END 6.8
}

void
ipc_await_start(struct thread *thread, uint32_t pager)
{
        // H4-BEGIN 6.8
        const struct thread *from = thread_named(thread, pager);

        thread->role = ROLE_START;
        thread_block(thread, THREAD_RECEIVING);
        thread->partner = from ? from->id : pager;
        thread->receive_timeout = TIME_NEVER;
        if (ipc_search(thread, thread->partner))
                thread_look(thread);
        // H4-STUB 6.8
        //| H4_TODO("6.8", thread, pager);
        // H4-END 6.8
}
