// SPDX-License-Identifier: MIT
// Interrupt lines as threads: each sends a message to its handler when it has been
// raised, and waits for an answer before it may be raised again.
//
// A line whose thread is READY may be raised, if somebody handles it.
//
// The contracts are in protocol.h. Source: L4 X.2, interrupt protocol.
#include "ipc.h"
#include "panic.h"
#include "protocol.h"
#include "schedule.h"
#include "timeout.h"
#include "todo.h"

#define LINES 16u
#define LINE_TIMER 0u
#define LINE_CASCADE 2u

static struct thread *lines[LINES];

void
interrupts_init(void)
{
        for (uint32_t i = 0; i < LINES; i++) {
                lines[i] = thread_take(id_interrupt(i));
                lines[i]->line = (uint8_t)i;
                lines[i]->state = THREAD_READY;
                lines[i]->role = ROLE_INTERRUPT;
                lines[i]->sent_as = lines[i]->id;
                lines[i]->receive_timeout = TIME_NEVER;
        }
}

bool
interrupts_any(void)
{
        for (uint32_t i = 0; i < LINES; i++)
                if (lines[i]->handler != ID_NIL)
                        return true;
        return false;
}

struct thread *
interrupt_raised(unsigned line)
{
        // H4-BEGIN 6.7
        struct thread *thread = lines[line];
        struct thread *handler = thread_find(thread->handler);

        if (!handler || thread->state != THREAD_READY)
                return NULL;
        return ipc_send(thread, handler, TIME_NEVER);
        // H4-STUB 6.7
        //| H4_TODO("6.7", line);
        // H4-END 6.7
}

void
interrupt_answered(struct thread *line)
{
        must(h_enable_irq(line->line), "h_enable_irq");
}

enum call_error
interrupt_handle(struct thread *line, const struct thread *handler)
{
        // H4-BEGIN 6.7
        if (line->line == LINE_TIMER || line->line == LINE_CASCADE)
                return CALL_BAD_THREAD;

        ring_leave(line);
        line->state = THREAD_READY;
        line->handler = handler ? handler->id : ID_NIL;
        if (handler)
                must(h_enable_irq(line->line), "h_enable_irq");
        else
                must(h_disable_irq(line->line), "h_disable_irq");
        return CALL_OK;
        // H4-STUB 6.7
        //| H4_TODO("6.7", line, handler);
        // H4-END 6.7
}

void
interrupts_forget(const struct thread *handler)
{
        for (uint32_t i = 0; i < LINES; i++)
                if (lines[i]->handler == handler->id)
                        interrupt_handle(lines[i], NULL);
}
