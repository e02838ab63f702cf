// SPDX-License-Identifier: MIT
// The kernel's loop. It is not one: H calls when something has happened, on an empty
// stack, the kernel does what is due, and schedule() runs the next thread.
//
// The contracts are in l4.h.
#include "l4.h"

#include "calls.h"
#include "direct.h"
#include "instruction.h"
#include "ipc.h"
#include "kip.h"
#include "notice.h"
#include "panic.h"
#include "partners.h"
#include "pool.h"
#include "protocol.h"
#include "schedule.h"
#include "space.h"
#include "timeout.h"
#include "typed.h"
#include "units.h"

#define VECTOR_PROTECTION 13u

struct thread *current;
struct thread *seated;
bool chosen_by_favour;

// --- Events --------------------------------------------------------------------------

// Timeouts end, in their order. There may be thousands of them: between two the kernel
// takes the interrupts that have come meanwhile, but runs nobody before the last one. So
// nobody pays for periods that end in between.
static void
end_timeouts(uint64_t end)
{
        struct thread *late;
        struct h_interrupt happened;

        while ((late = timeout_take(end)) != NULL) {
                ipc_end(late, IPC_TIMEOUT);
                if (!h_interrupt_pending())
                        continue;
                h_wait(&happened);
                if (happened.vector == H_VECTOR_IRQ)
                        end = h_clock();
                else
                        interrupt_raised(happened.vector - H_VECTOR_IRQ);
        }
}

// An interrupt line: whoever has come before the thread that ran is run, unless that
// one may go on. Returns who is preferred.
static struct thread *
interrupt(uint8_t vector)
{
        if (vector == H_VECTOR_IRQ) {
                end_timeouts(h_clock());
                slice_tick(current);
        } else {
                interrupt_raised(vector - H_VECTOR_IRQ);
        }
        // Who looks does not run: it is not preempted, and has nobody told of that.
        return slice_defend(current && current->looks ? NULL : current);
}

// One has come while the kernel was about something else.
static struct thread *
take_interrupt(void)
{
        struct h_interrupt happened;

        h_wait(&happened);
        return interrupt(happened.vector);
}

static struct thread *
event(uint8_t vector, uint32_t code)
{
        struct thread *next;

        if (vector >= H_VECTOR_IRQ && vector < H_VECTOR_SYSTEM_CALL)
                return interrupt(vector);
        if (instruction_is_call(current, vector, code))
                return current;
        if (vector == H_VECTOR_PAGE_FAULT &&
            typed_own_fault(current, h_last_fault_address()))
                return current;
        if (vector == VECTOR_PROTECTION && code == 0 &&
            typed_port_fault(current, &next))
                return next;
        return protocol_event(current, vector, code);
}

static void
left(struct h_fault_context context, uint8_t vector, uint32_t code)
{
        (void)context; // the current thread's
        ready_settle();
        schedule(event(vector, code));
}

// INT 0x80: where it stands says which call it is.
static void
called_by_gate(struct h_fault_context context, uint32_t eax, uint32_t edx,
               uint32_t ecx, uint32_t esi, uint32_t edi, uint32_t ebx,
               uint32_t ebp)
{
        (void)context;
        ready_settle();
        const struct registers in = { eax, ecx, edx, ebx, ebp, esi, edi };
        schedule(call_by_gate(current, &in));
}

// --- Running ------------------------------------------------------------------------------

// Nobody is ready: the next one is whoever an interrupt makes so.
static void
idle(void)
{
        if (!timeouts_any() && !interrupts_any()) {
                h_putstrln("L4: no thread will ever run again.");
                h_power_off();
        }
        current = NULL;
        take_interrupt();
}

// Now the thread may be stopped, and is not run for the kernel's sake any longer.
static void
work_is_over(struct thread *thread)
{
        if (thread->stopped != 0)
                thread_stop(thread, thread->stopped);
        if (thread->state == THREAD_READY && thread->quantum_left == 0)
                thread_used_up(thread);
}

// It is the turn of a thread for which the kernel has work, or that looks. Interrupts come
// first: the kernel does not run anything that they could end. The thread pays for that as
// for its program's time; if its total quantum ends, that counts when the work is over.
static struct thread *
work(struct thread *thread)
{
        current = thread;
        seated = thread;
        if (h_interrupt_pending())
                return take_interrupt();
        // First: one that looks is not READY, and its work not due.
        if (thread->looks)
                return ipc_look(thread);

        struct thread *next = thread->work == WORK_TELL ? partners_go_on(thread)
                                                        : typed_go_on(thread);
        if (thread->work == WORK_NONE)
                work_is_over(thread);
        return next;
}

// The kernel has something to say.
static struct thread *
say(struct thread *preferred)
{
        notice_step();
        return h_interrupt_pending() ? take_interrupt() : preferred;
}

// Who runs, if `first` is the first of the ready ones.
static struct thread *
choose(struct thread *first, struct thread *preferred)
{
        struct thread *favoured = slice_favoured(first);

        chosen_by_favour = favoured != NULL;
        if (favoured)
                return favoured;
        if (preferred && ready_is(preferred) &&
            preferred->priority >= first->priority)
                return preferred;
        return first;
}

void
schedule(struct thread *preferred)
{
        for (;;) {
                if (notices_any()) {
                        preferred = say(preferred);
                        continue;
                }
                struct thread *next = ready_first();
                if (!next) {
                        idle();
                        preferred = NULL;
                        continue;
                }
                next = choose(next, preferred);
                if (next->looks || next->work != WORK_NONE) {
                        preferred = work(next);
                        continue;
                }
                current = next;
                seated = next;
                must(h_run(next->context), "h_run");
        }
}

void
l4_begin(void)
{
        static const struct h_handlers handlers = {
                .system_call = ipc_called,
                .gate_call = called_by_gate,
                .event = left,
        };

        current = NULL;
        seated = NULL;
        units_init();
        pool_init();
        ready_init();
        threads_init();
        spaces_init();
        utcbs_init();
        timeouts_init();
        interrupts_init();
        partners_init();
        notices_init();
        slices_init();
        typed_init();
        kip_init();
        h_set_handlers(&handlers);
}
