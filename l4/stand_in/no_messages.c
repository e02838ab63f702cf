// SPDX-License-Identifier: MIT
// The kernel of lab 5 has no messages yet: whatever asks for one finds nobody. A
// program that faults is stopped. The contracts are in ipc.h, partners.h, protocol.h and
// timeout.h; lab 6 has the real ones.
#include "no_messages.h"

#include "../calls.h"
#include "../ipc.h"
#include "../partners.h"
#include "../protocol.h"
#include "../schedule.h"
#include "../space.h"
#include "../timeout.h"
#include "../typed.h"

struct asked asked_preempted;
struct asked asked_used_up;
struct asked asked_end;
struct asked_handle asked_handle;

static void
note_asked(struct asked *asked, const struct thread *thread)
{
        asked->times++;
        asked->last = thread;
}

struct thread *
call_ipc(struct thread *self, const struct registers *in)
{
        (void)in;
        utcb_write(self, UTCB_ERROR, IPC_NO_PARTNER << 1 | IPC_PHASE_SEND);
        set_register(self, H_ESI, TAG_ERROR);
        set_register(self, H_EAX, ID_NIL);
        return self;
}

void
ipc_await_start(struct thread *thread, uint32_t pager)
{
        thread->role = ROLE_START;
        thread->partner = pager;
        thread_block(thread, THREAD_RECEIVING);
}

void
ipc_end(struct thread *thread, enum ipc_error error)
{
        note_asked(&asked_end, thread);
        asked_end.error = error;
        thread_ready(thread);
}

void
partners_init(void)
{
}

void
partners_tell(struct thread *thread, uint32_t former)
{
        if (former == ID_NIL)
                return;
        thread->id = former;
        thread_give(thread);
}

bool
partners_left(void)
{
        return false;
}

struct thread *
partners_go_on(struct thread *thread)
{
        thread->work = WORK_NONE;
        return thread;
}

void
ipc_forget(struct thread *thread)
{
        (void)thread;
}

// It finds nobody either.
struct thread *
ipc_look(struct thread *thread)
{
        thread_block(thread, THREAD_RECEIVING);
        return thread;
}

struct thread *
protocol_exception(struct thread *thread, uint32_t number, uint32_t code)
{
        (void)number;
        (void)code;
        h_putstrln(
                "L4: a thread has been stopped, as there is nobody yet to be "
                "told of its exception");
        thread_stop(thread, STOPPED_HALTED);
        return NULL;
}

// As if a pager had answered.
static bool
page_fault(struct thread *thread, uint8_t vector)
{
        if (vector != H_VECTOR_PAGE_FAULT)
                return false;
        thread->fault = h_last_fault_address().value;
        return typed_fault_reply(NULL, thread);
}

struct thread *
protocol_event(struct thread *thread, uint8_t vector, uint32_t code)
{
        if (page_fault(thread, vector))
                return thread;
        return protocol_exception(thread, vector, code);
}

void
protocol_used_up(struct thread *thread)
{
        note_asked(&asked_used_up, thread);
        thread_stop(thread, STOPPED_QUANTUM);
}

void
protocol_preempted(struct thread *thread)
{
        note_asked(&asked_preempted, thread);
}

void
interrupts_init(void)
{
        asked_handle = (struct asked_handle){ .answer = CALL_BAD_THREAD };
}

bool
interrupts_any(void)
{
        return false;
}

struct thread *
interrupt_raised(unsigned line)
{
        (void)line;
        return NULL;
}

enum call_error
interrupt_handle(struct thread *line, const struct thread *handler)
{
        asked_handle.times++;
        asked_handle.line = line;
        asked_handle.handler = handler;
        return asked_handle.answer;
}

void
interrupts_forget(const struct thread *handler)
{
        (void)handler;
}

void
timeouts_init(void)
{
}

bool
timeouts_any(void)
{
        return false;
}

struct thread *
timeout_take(uint64_t now)
{
        (void)now;
        return NULL;
}
