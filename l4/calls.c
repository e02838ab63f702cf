// SPDX-License-Identifier: MIT
// Which system call a program has made, and the smaller ones.
//
// The contracts are in calls.h. Source: l4/README.md, "System calls on IA-32".
#include "calls.h"

#include "kip.h"
#include "panic.h"
#include "partners.h"
#include "protocol.h"
#include "schedule.h"
#include "space.h"

#define VECTOR_PROTECTION 13u
#define GATE_CODE (H_VECTOR_SYSTEM_CALL << 3 | 2) // as if it were not open
#define INT_BYTES 2u

void
set_register(struct thread *thread, enum h_register reg, uint32_t value)
{
        must(h_write_register(thread->context, reg, value), "h_write_register");
}

uint32_t
get_register(const struct thread *thread, enum h_register reg)
{
        uint32_t value;

        must(h_read_register(thread->context, reg, &value), "h_read_register");
        return value;
}

struct thread *
call_answer(struct thread *self, enum call_error error)
{
        if (error != CALL_OK)
                utcb_write(self, UTCB_ERROR, error);
        set_register(self, H_EAX, error == CALL_OK);
        return self;
}

struct thread *
call_system_clock(struct thread *self, const struct registers *in)
{
        (void)in;
        uint64_t now = h_clock();
        set_register(self, H_EAX, (uint32_t)now);
        set_register(self, H_EDX, (uint32_t)(now >> 32));
        return self;
}

// There is one processor, and its frequency is what it is.
struct thread *
call_processor_control(struct thread *self, const struct registers *in)
{
        (void)in;
        return call_answer(self, self->space->privileged ? CALL_BAD_PARAMETER
                                                         : CALL_NO_PRIVILEGE);
}

static struct thread *(*const by_gate[CALLS])(struct thread *,
                                              const struct registers *) = {
        [CALL_SPACE_CONTROL] = call_space_control,
        [CALL_THREAD_CONTROL] = call_thread_control,
        [CALL_PROCESSOR_CONTROL] = call_processor_control,
        [CALL_MEMORY_CONTROL] = call_memory_control,
        [CALL_UNMAP] = call_unmap,
        [CALL_EXCHANGE_REGISTERS] = call_exchange_registers,
        [CALL_SYSTEM_CLOCK] = call_system_clock,
        [CALL_THREAD_SWITCH] = call_thread_switch,
        [CALL_SCHEDULE] = call_schedule,
};

struct thread *
call_by_gate(struct thread *self, const struct registers *in)
{
        uint32_t ip = get_register(self, H_EIP);
        uint32_t offset = ip - self->space->kip;
        enum kip_call call = offset < H_PAGE_SIZE ? kip_call_at(offset) : CALLS;

        if (call == CALL_THREAD_CONTROL && partners_left()) {
                set_register(self, H_EIP, ip - INT_BYTES); // it calls again
                self->work = WORK_TELL;
                return self;
        }
        if (call != CALLS)
                return by_gate[call](self, in);
        set_register(self, H_EIP, ip - INT_BYTES);
        return protocol_exception(self, VECTOR_PROTECTION, GATE_CODE);
}
