// SPDX-License-Identifier: MIT
// Instructions for ports that the thread may not use: sigma0 gets them, all others ask
// their pagers. Source: L4 X.2, IO fault protocol.
//
// The contract is in typed.h.
#include "calls.h"
#include "instruction.h"
#include "ipc.h"
#include "ports.h"
#include "space.h"
#include "timeout.h"
#include "typed.h"

static struct thread *
tell_pager(struct thread *thread, uint32_t ports)
{
        struct thread *pager =
                thread_named(thread, utcb_read(thread, UTCB_PAGER));

        thread->fault = ports;
        thread->role = ROLE_PORT_FAULT;
        thread->tag = 0;
        thread->sent_as = thread->id;
        thread->intended = ID_NIL;
        thread->receive_timeout = TIME_NEVER;
        if (pager)
                return ipc_send(thread, pager, TIME_NEVER);
        ipc_fail(thread, IPC_PHASE_SEND, IPC_NO_PARTNER, 0);
        return NULL;
}

bool
typed_port_fault(struct thread *thread, struct thread **next)
{
        uint32_t ports = instruction_ports(thread);

        if (ports == FPAGE_NIL)
                return false;
        *next = ports_use(thread, ports_of(ports)) ? thread
                                                   : tell_pager(thread, ports);
        return true;
}
