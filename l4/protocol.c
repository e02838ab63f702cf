// SPDX-License-Identifier: MIT
// What happens to a thread while its own code runs, and what the kernel makes of it:
// mostly a message to another thread, which decides.
//
// The contracts are in protocol.h. Source: L4 X.2, protocols; l4/README.md.
#include "protocol.h"

#include "calls.h"
#include "console.h"
#include "ipc.h"
#include "kip.h"
#include "panic.h"
#include "schedule.h"
#include "space.h"
#include "timeout.h"

#define VECTOR_BREAKPOINT 3u
#define VECTOR_INVALID 6u
#define VECTOR_PROTECTION 13u

#define CODE_WRITE 2u // of a page fault: by writing

#define RIGHT_READ 4u
#define RIGHT_WRITE 2u

// Sends a message for the thread to one whose ID the thread itself may have written.
// Where there is nobody, that is an error of the message's.
static struct thread *
tell(struct thread *thread, enum thread_role role, uint32_t to)
{
        struct thread *receiver = thread_named(thread, to);

        thread->role = (uint8_t)role;
        thread->tag = 0;
        thread->sent_as = thread->id;
        thread->intended = ID_NIL;
        thread->receive_timeout = TIME_NEVER;
        if (receiver)
                return ipc_send(thread, receiver,
                                role == ROLE_PREEMPTION &&
                                                thread->stopped == 0
                                        ? TIME_ZERO
                                        : TIME_NEVER);
        ipc_fail(thread, IPC_PHASE_SEND, IPC_NO_PARTNER, 0);
        return NULL;
}

static struct thread *
page_fault(struct thread *thread, uint32_t code)
{
        thread->fault = h_last_fault_address().value;
        thread->fault_code = code & CODE_WRITE ? RIGHT_WRITE : RIGHT_READ;
        return tell(thread, ROLE_PAGE_FAULT, utcb_read(thread, UTCB_PAGER));
}

// Is there this row of bytes, two at most, at an address of the thread's program?
static bool
code_is(const struct thread *thread, uint32_t address, uint8_t first,
        uint8_t second)
{
        const uint8_t expected[] = { first, second };

        for (uint32_t i = 0; i < 2; i++) {
                uint32_t at = address + i;
                uint32_t word;
                if (h_read_user_word(thread->space->pagemap,
                                     (struct h_vaddr){ at & ~3u },
                                     &word) != H_OK ||
                    (uint8_t)(word >> at % 4 * 8) != expected[i])
                        return false;
        }
        return true;
}

// KernelInterface: LOCK NOP, which no processor carries out.
static bool
asks_for_kip(struct thread *thread)
{
        uint32_t ip = get_register(thread, H_EIP);

        if (!code_is(thread, ip, 0xF0, 0x90))
                return false;
        set_register(thread, H_EAX, thread->space->kip);
        set_register(thread, H_ECX, KIP_VERSION);
        set_register(thread, H_EDX, KIP_FLAGS);
        set_register(thread, H_ESI, KIP_KERNEL_ID);
        set_register(thread, H_EIP, ip + 2);
        return true;
}

// What programs ask of a debugger in the kernel, where nobody handles breakpoints:
// INT3; CMP $13, %al waits for a character of the console. It is asked for again
// and again, so that others may run.
static bool
is_for_debugger(struct thread *thread)
{
        uint32_t ip = get_register(thread, H_EIP);
        uint8_t character;

        if (utcb_read(thread, UTCB_EXCEPTION_HANDLER) != ID_NIL)
                return false;
        if (!code_is(thread, ip, 0x3C, 0x0D))
                return true;
        if (!console_read(&character)) {
                set_register(thread, H_EIP, ip - 1);
                return true;
        }
        uint32_t eax = get_register(thread, H_EAX) & ~0xFFu;
        set_register(thread, H_EAX, eax | character);
        return true;
}

struct thread *
protocol_exception(struct thread *thread, uint32_t number, uint32_t code)
{
        thread->fault = number;
        thread->fault_code = code;
        return tell(thread, ROLE_EXCEPTION,
                    utcb_read(thread, UTCB_EXCEPTION_HANDLER));
}

struct thread *
protocol_event(struct thread *thread, uint8_t vector, uint32_t code)
{
        if (vector == H_VECTOR_PAGE_FAULT)
                return page_fault(thread, code);
        if (vector == VECTOR_INVALID && asks_for_kip(thread))
                return thread;
        if (vector == VECTOR_BREAKPOINT && is_for_debugger(thread))
                return thread;
        return protocol_exception(thread, vector, code);
}

void
protocol_used_up(struct thread *thread)
{
        thread_stop(thread, STOPPED_QUANTUM);
        tell(thread, ROLE_PREEMPTION, thread->scheduler);
}

void
protocol_preempted(struct thread *thread)
{
        tell(thread, ROLE_PREEMPTION, thread->scheduler);
}

void
protocol_failed(struct thread *thread, enum ipc_error error)
{
        switch (thread->role) {
        case ROLE_INTERRUPT: // the line stays masked
                thread->handler = ID_NIL;
                break;
        case ROLE_PREEMPTION:
                break;
        default:
                if (error != IPC_CANCELLED)
                        thread_stop(thread, STOPPED_HALTED);
        }
}
