// SPDX-License-Identifier: MIT
// Ipc and Lipc: a send phase, a receive phase, or one after the other.
//
// The contract is in calls.h. Source: l4/README.md; L4 X.2, Ipc.
#include "calls.h"
#include "ipc.h"
#include "schedule.h"
#include "space.h"
#include "timeout.h"

// Can the thread with this ID be sent to at all?
static struct thread *
destination(const struct thread *self, uint32_t to)
{
        if (to == ID_ANY || to == ID_ANY_LOCAL)
                return NULL;
        return thread_named(self, to);
}

struct thread *
call_ipc(struct thread *self, const struct registers *in)
{
        uint16_t receive_timeout = (uint16_t)in->ecx;
        uint16_t send_timeout = (uint16_t)(in->ecx >> 16);

        self->role = ROLE_USER;
        self->tag = in->esi;
        self->receive = in->edx;
        self->receive_timeout = receive_timeout;
        if (in->eax != ID_NIL) {
                struct thread *to = destination(self, in->eax);
                if (to)
                        to = ipc_address(self, to);
                if (to)
                        return ipc_send(self, to, send_timeout);
                ipc_fail(self, IPC_PHASE_SEND, IPC_NO_PARTNER, 0);
                return self;
        }
        if (in->edx != ID_NIL)
                return ipc_receive(self, in->edx, receive_timeout);
        set_register(self, H_ESI, 0);
        set_register(self, H_EAX, ID_NIL);
        return self;
}
