// SPDX-License-Identifier: MIT
// ExchangeRegisters: reads and changes what another thread, or the same one, will go on
// with; stops it, lets it run again, and ends what it waits for.
//
// The contract is in calls.h. Source: l4/README.md; L4 X.2, ExchangeRegisters.
#include "calls.h"
#include "ipc.h"
#include "schedule.h"
#include "space.h"
#include "todo.h"
#include "typed.h"

// H4-BEGIN 5.9
// A thread of the same space may, and one of its pager's space.
static bool
may_exchange(const struct thread *self, const struct thread *thread)
{
        if (thread->space == self->space)
                return true;

        const struct thread *pager =
                thread_named(thread, utcb_read(thread, UTCB_PAGER));
        return pager && pager->space == self->space;
}

static uint32_t
state_of(const struct thread *thread)
{
        enum thread_state phase = thread_phase(thread);
        uint32_t state = 0;

        if ((thread->stopped & STOPPED_HALTED) != 0)
                state |= EXCHANGED_HALTED;
        if (phase == THREAD_RECEIVING)
                state |= EXCHANGED_RECEIVING;
        if (phase == THREAD_SENDING)
                state |= EXCHANGED_SENDING;
        return state;
}

static void
cancel(struct thread *thread, uint32_t control)
{
        enum thread_state phase = thread_phase(thread);
        uint32_t bit = phase == THREAD_SENDING ? EXCHANGE_CANCEL_SEND
                                               : EXCHANGE_CANCEL_RECEIVE;

        if (phase == THREAD_READY || (control & bit) == 0)
                return;
        typed_break(thread);
        if (thread->state != THREAD_READY)
                ipc_end(thread, IPC_CANCELLED);
}

// What the thread has, as the caller gets it.
static struct registers
read_all(const struct thread *thread)
{
        return (struct registers){
                .ecx = state_of(thread),
                .edx = get_register(thread, H_ESP),
                .esi = get_register(thread, H_EIP),
                .edi = get_register(thread, H_EFLAGS),
                .ebx = utcb_read(thread, UTCB_USER_HANDLE),
                .ebp = utcb_read(thread, UTCB_PAGER),
        };
}

// A pager as the thread says it, for the other one: a local ID of the one's space
// means nothing in another.
static uint32_t
pager_for(const struct thread *self, const struct thread *thread, uint32_t id)
{
        const struct thread *pager = thread_named(self, id);

        return pager && thread->space != self->space ? pager->id : id;
}

static void
write_some(const struct thread *self, struct thread *thread,
           const struct registers *in)
{
        uint32_t control = in->ecx;

        if ((control & EXCHANGE_SP) != 0)
                set_register(thread, H_ESP, in->edx);
        if ((control & EXCHANGE_IP) != 0)
                set_register(thread, H_EIP, in->esi);
        if ((control & EXCHANGE_FLAGS) != 0) {
                uint32_t flags = get_register(thread, H_EFLAGS);
                flags = (flags & ~EXCHANGE_EFLAGS) |
                        (in->edi & EXCHANGE_EFLAGS);
                set_register(thread, H_EFLAGS, flags);
        }
        if ((control & EXCHANGE_HANDLE) != 0)
                utcb_write(thread, UTCB_USER_HANDLE, in->ebx);
        if ((control & EXCHANGE_PAGER) != 0)
                utcb_write(thread, UTCB_PAGER,
                           pager_for(self, thread, in->ebp));
}

static void
halt(struct thread *thread, uint32_t control)
{
        if ((control & EXCHANGE_SET_HALT) == 0)
                return;
        if ((control & EXCHANGE_HALT) != 0)
                thread_stop(thread, STOPPED_HALTED);
        else
                thread_go_on(thread, STOPPED_HALTED);
}

static void
answer(struct thread *self, uint32_t id, const struct registers *out)
{
        set_register(self, H_EAX, id);
        set_register(self, H_ECX, out->ecx);
        set_register(self, H_EDX, out->edx);
        set_register(self, H_ESI, out->esi);
        set_register(self, H_EDI, out->edi);
        set_register(self, H_EBX, out->ebx);
        set_register(self, H_EBP, out->ebp);
}
// H4-STUB 5.9
// H4-END 5.9

struct thread *
call_exchange_registers(struct thread *self, const struct registers *in)
{
        // H4-BEGIN 5.9
        struct thread *thread = thread_named(self, in->eax);
        struct registers out = { 0 };

        if (!thread || !thread->space || thread->state == THREAD_INACTIVE ||
            !may_exchange(self, thread)) {
                utcb_write(self, UTCB_ERROR, CALL_BAD_THREAD);
                answer(self, ID_NIL, &out);
                return self;
        }
        out = read_all(thread);
        uint32_t other = id_is_global(in->eax) ? thread->local : thread->id;
        // Of its own registers the caller gets the old ones, but what it has
        // changed is what it goes on with.
        answer(self, other, &out);
        cancel(thread, in->ecx);
        write_some(self, thread, in);
        halt(thread, in->ecx);
        return self;
        // H4-STUB 5.9
        //| H4_TODO("5.9", self, in);
        // H4-END 5.9
}
