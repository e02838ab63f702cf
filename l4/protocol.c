// SPDX-License-Identifier: MIT
// What happens to a thread while its own code runs, and what the kernel makes of it:
// mostly a message to another thread, which decides.
//
// The contracts are in protocol.h. Source: L4 X.2, protocols; l4/README.md.
#include "protocol.h"

#include "ipc.h"
#include "schedule.h"
#include "space.h"
#include "timeout.h"
#include "todo.h"

// H4-BEGIN 6.5
#define CODE_WRITE 2u // of a page fault: by writing

#define RIGHT_READ 4u
#define RIGHT_WRITE 2u

// Sends a message for the thread to one whose ID the thread itself may have written.
// Where there is nobody, that is an error of the message's.
static struct thread *
tell(struct thread *thread, enum thread_role role, uint32_t to,
     uint16_t timeout)
{
        struct thread *receiver = thread_named(thread, to);

        thread->role = (uint8_t)role;
        thread->tag = 0;
        thread->sent_as = thread->id;
        thread->intended = ID_NIL;
        thread->receive_timeout = TIME_NEVER;
        if (receiver)
                return ipc_send(thread, receiver, timeout);
        ipc_fail(thread, IPC_PHASE_SEND, IPC_NO_PARTNER, 0);
        return NULL;
}

static struct thread *
page_fault(struct thread *thread, uint32_t code)
{
        thread->fault = h_last_fault_address().value;
        thread->fault_code = code & CODE_WRITE ? RIGHT_WRITE : RIGHT_READ;
        return tell(thread, ROLE_PAGE_FAULT, utcb_read(thread, UTCB_PAGER),
                    TIME_NEVER);
}
// H4-STUB 6.5
// H4-END 6.5

struct thread *
protocol_exception(struct thread *thread, uint32_t number, uint32_t code)
{
        // H4-BEGIN 6.5
        thread->fault = number;
        thread->fault_code = code;
        return tell(thread, ROLE_EXCEPTION,
                    utcb_read(thread, UTCB_EXCEPTION_HANDLER), TIME_NEVER);
        // H4-STUB 6.5
        //| H4_TODO("6.5", thread, number, code);
        // H4-END 6.5
}

struct thread *
protocol_event(struct thread *thread, uint8_t vector, uint32_t code)
{
        // H4-BEGIN 6.5
        if (vector == H_VECTOR_PAGE_FAULT)
                return page_fault(thread, code);
        return protocol_exception(thread, vector, code);
        // H4-STUB 6.5
        //| H4_TODO("6.5", thread, vector, code);
        // H4-END 6.5
}

void
protocol_used_up(struct thread *thread)
{
        // H4-BEGIN 6.5
        thread_stop(thread, STOPPED_QUANTUM);
        tell(thread, ROLE_PREEMPTION, thread->scheduler, TIME_NEVER);
        // H4-STUB 6.5
        //| H4_TODO("6.5", thread);
        // H4-END 6.5
}

void
protocol_preempted(struct thread *thread)
{
        // H4-BEGIN 6.5
        tell(thread, ROLE_PREEMPTION, thread->scheduler, TIME_ZERO);
        // H4-STUB 6.5
        //| H4_TODO("6.5", thread);
        // H4-END 6.5
}
