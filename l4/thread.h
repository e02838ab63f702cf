// SPDX-License-Identifier: MIT
// Threads, as the kernel keeps them (dissertation 7.1). The interrupt lines are
// threads too: they have no space and no context, and their messages are the
// kernel's own.
//
//   INACTIVE -- activated --> RECEIVING, from its pager: where to begin
//
//                sends, and nobody receives
//            READY ------------------------> SENDING
//              ^ \                              |
//     message, |  \ receives, and nobody sends  | received; an
//       error, |   v                            | answer is due
//     timeout, +-- RECEIVING <------------------+
//    cancelled
//
// A thread that is stopped keeps its state, and is not run while it is READY.
//
// Where a message is received whose sender wants to receive one itself then, and
// somebody is there who may be the one, the sender is RECEIVING, but looks for that
// one when it is its turn to run. So however many messages wait for each other,
// the kernel carries one, and then another thread may have its turn. A thread also
// looks when so many send to it that to ask them all has to be broken off, because an
// interrupt has come: it goes on when it is its turn (meet.c).
#ifndef L4_THREAD_H
#define L4_THREAD_H

#include <h/h.h>

#include "abi.h"
#include "work.h"

struct space;

enum thread_state {
        THREAD_INACTIVE,
        THREAD_READY,
        THREAD_SENDING,
        THREAD_RECEIVING,
};

// What a message that a thread sends or receives is about. All but the first are
// sent by the kernel, on behalf of the thread, or received by it in its place.
enum thread_role {
        ROLE_USER,       // the thread has called Ipc
        ROLE_START,      // it waits for where to begin
        ROLE_PAGE_FAULT, //
        ROLE_EXCEPTION,  //
        ROLE_PREEMPTION, // nobody answers
        ROLE_INTERRUPT,  // of an interrupt line
        ROLE_PORT_FAULT, //
};

// Why a thread is not run although it is READY: a set.
#define STOPPED_HALTED 1u  // by ExchangeRegisters, or nobody handles its faults
#define STOPPED_QUANTUM 2u // its total quantum has been used up

// A thread in this state and role that is not stopped and does not look.
#define THREAD_CONDITION(state, role)                                          \
        ((uint32_t)(state) | (uint32_t)(role) << 8)

struct thread {
        // The global ID. 0: the slot is free, or will be when all have been told who wait for
        // the thread (partners.h).
        uint32_t id;

        // What Ipc looks at. Of all this the last comes first there: where the client
        // is compiled with traps, an address that does not wrap is asked for once
        // then, for all that lies before it.
        union {
                struct {
                        uint8_t state;   // enum thread_state
                        uint8_t role;    // enum thread_role
                        uint8_t stopped; // STOPPED_...
                        bool looks;      // RECEIVING: see above
                };
                uint32_t condition; // all of these: THREAD_CONDITION
        };
        uint8_t priority;
        uint8_t sensitive;   // up to which priority preemption is delayed
        uint8_t line;        // of an interrupt line
        uint8_t work;        // READY: what the kernel does first: see below
        uint32_t partner;    // RECEIVING: from whom: a global ID, or ID_ANY ...
        struct space *space; // null: an interrupt line
        struct h_fault_context context; // while active
        uint32_t local; // where message register 0 is; 0 while not active

        // Rings of threads: who is SENDING to this one, and who is RECEIVING from it
        // and nobody else. A thread is in one of all these rings at most.
        struct thread *senders;
        struct thread *waiters;
        uint32_t deputies;    // how many of the senders are so as somebody else
        struct thread *asked; // the last sender asked in vain; null: none
        struct thread **ring; // that it is in, or null
        struct thread *next_in_ring, *last_in_ring;

        struct thread *next_ready; // of its priority: a ring, or null
        struct thread *last_ready;
        struct thread
                *former; // see direct.c; perhaps another one's by now, or free
        uint32_t wake_place; // among the timeouts, from 1 on; 0: it has none

        // The UTCB, while active.
        struct h_kernel_mapping utcb; // the page that it is in
        uint32_t mr0; // message register 0, in words from the page's beginning
        uint32_t utcb_wanted; // where it is, or is to be: any word (5.4)

        // Ipc, while it lasts.
        struct thread *receiver; // SENDING: to whom
        uint32_t tag;            // SENDING: message register 0
        uint32_t sent_as;        // SENDING: the ID that the receiver is told
        uint32_t
                intended; // SENDING: who it was for; ID_NIL: it is not redirected
        uint32_t receive; // SENDING: from whom it will receive then, or ID_NIL
        uint16_t receive_timeout;

        // When a timeout ends what the thread does (timeout.h).
        uint64_t wake; // microseconds
        uint32_t wake_order;

        // Scheduling (schedule.h), times in microseconds.
        uint32_t scheduler;    // the ID of who schedules it
        uint32_t slice;        // a time slice
        uint32_t slice_left;   //
        uint64_t quantum_left; // of the total quantum
        uint32_t delay;        // the longest delay of a preemption
        uint32_t delay_left;   //

        uint32_t handler; // of an interrupt line: an ID, or ID_NIL

        // Which version of the space's ports the context has; 0: none (instruction.h).
        uint32_t port_version;

        // What `work` says (enum kernel_work, work.h) is done for it when it is its turn,
        // before its program goes on.
        struct thread *
                carried_by; // whose message is arriving here bit by bit, or null
        struct under_way under_way;

        // What the kernel's message is about: the address and the rights of a page
        // fault, the number and the code of an exception.
        uint32_t fault;
        uint32_t fault_code;
};

// --- The table (exercise 5.2) ------------------------------------------------------

// The table is empty, whatever is left in the units.
void threads_init(void);

// The thread that has this global ID, or null. Any word may be asked for.
struct thread *thread_find(uint32_t id);

// The thread with this number, whatever its version, or null. Any word may be asked
// for.
struct thread *thread_numbered(uint32_t number);

// A new thread with this global ID, whose number is one and which nobody has: all
// zeros but for the ID. Null where there is no room for one more.
struct thread *thread_take(uint32_t id);

// The thread is no more, and its slot is free. Nothing refers to it any longer.
void thread_give(struct thread *thread);

// --- IDs as threads say them ----------------------------------------------------------

// The thread that another one means by an ID: a global one, or a local one of its own
// space. Null where there is none.
struct thread *thread_named(const struct thread *by, uint32_t id);

// How a thread is named to another one: by its local ID in the same space.
static inline uint32_t
thread_name(const struct thread *thread, const struct thread *to)
{
        return thread->space == to->space && thread->local ? thread->local
                                                           : thread->id;
}

// The phase of an Ipc in which it is, as programs see it: its state, but where a message is
// being carried (carry.h) SENDING or RECEIVING, whatever the kernel does meanwhile.
static inline enum thread_state
thread_phase(const struct thread *thread)
{
        if (thread->under_way.receiver)
                return THREAD_SENDING;
        if (thread->under_way.before.carried_by)
                return THREAD_RECEIVING;
        return (enum thread_state)thread->state;
}

// Is it in the midst of a message that is being carried?
static inline bool
thread_carries(const struct thread *thread)
{
        return thread->under_way.receiver || thread->carried_by ||
               thread->under_way.before.carried_by;
}

// --- Its life (thread.c) ---------------------------------------------------------------

// A thread that is INACTIVE becomes active: a context, its UTCB where it wants it, and
// a pager, an ID that is not looked at. It waits for the pager to say where it begins.
//
// Errors: CALL_BAD_UTCB_AREA; CALL_NO_MEMORY.
enum call_error thread_activate(struct thread *thread, uint32_t pager);

// Gives an active thread another space. What it does with messages is cancelled. If it
// was the last thread of the old space, that is no more.
//
// Errors: CALL_BAD_UTCB_AREA, its UTCB would be in no place there; CALL_NO_MEMORY.
enum call_error thread_move(struct thread *thread, struct space *space);

// Gives it another global ID, with the same number.
void thread_rename(struct thread *thread, uint32_t id);

// Ends it, in whatever state it is; its space too, if it was the last one there.
void thread_end(struct thread *thread);

#endif
