// SPDX-License-Identifier: MIT
// The contracts are in task.h.
#include "task.h"

#include "task_pager.h"

#include <l4/kip.h>
#include <l4/space.h>

#define PATIENCE 1000000 // microseconds

static struct stack stacks[TASKS];

struct order orders[TASKS];

// --- What tasks do -----------------------------------------------------------------------

static L4_Word_t
number(L4_ThreadId_t thread)
{
        return L4_ThreadNo(L4_GlobalIdOf(thread)) - L4_ThreadNo(thread_id(0));
}

static void
send(struct order *order)
{
        L4_Acceptor_t before = L4_Accepted();
        L4_ThreadId_t from;
        L4_MsgTag_t tag;

        L4_LoadBR(0, order->window);
        L4_LoadMRs(0, 64, order->mr);
        __L4_TCR_Set_ErrorCode(0);
        tag = L4_Ipc(order->to, order->from, order->timeouts, &from);
        L4_StoreMRs(1, 63, order->mr + 1);
        order->mr[0] = tag.raw;
        order->result = from.raw;
        order->error = L4_IpcFailed(tag) ? L4_ErrorCode() : 0;
        L4_Accept(before);
}

static void
take_away(struct order *order)
{
        L4_Word_t count = (order->a & 0x3F) + 1;

        L4_LoadMRs(0, (int)count, order->mr);
        L4_Unmap(order->a);
        L4_StoreMRs(0, (int)count, order->mr);
}

static void
control(struct order *order)
{
        const L4_Word_t attributes[4] = { order->b, 0, 0, 0 };

        L4_LoadMRs(0, 64, order->mr);
        order->result = L4_MemoryControl(order->a, attributes);
        order->error = L4_ErrorCode();
}

static void
carry_out(struct order *order)
{
        volatile L4_Word_t *word = (volatile L4_Word_t *)(uintptr_t)order->a;
        switch (order->what) {
        case TASK_READS:
                order->result = *word;
                break;
        case TASK_WRITES:
                *word = order->b;
                break;
        case TASK_SENDS:
                send(order);
                break;
        case TASK_UNMAPS:
                take_away(order);
                break;
        case TASK_CALLS:
                order->result = order->use(order->a);
                break;
        case TASK_CONTROLS:
                control(order);
                break;
        }
}

static void
tell(void)
{
        L4_LoadMR(0, 0);
        L4_Send(thread_id(0));
}

static void
obey(void)
{
        struct order *order = &orders[number(L4_Myself())];

        for (;;) {
                L4_Receive(thread_id(0));
                carry_out(order);
                tell();
        }
}

static void
break_off(void)
{
        orders[number(L4_Myself())].faulted = true;
        tell();
        obey();
}

void
task_breaks_off(L4_ThreadId_t task)
{
        thread_start(task, break_off, &stacks[number(task)]);
}

// --- Tasks ------------------------------------------------------------------------------------

void
task_begin(L4_Word_t n)
{
        expect_that(thread_in_new_space(n, OTHER_KIP, task_pager()),
                    "a task is made");
        thread_start(thread_id(n), obey, &stacks[n]);
}

void
task_beside(L4_Word_t n, L4_Word_t other)
{
        expect_that(thread_beside(n, other, task_pager()),
                    "a task is made beside another one");
        thread_start(thread_id(n), obey, &stacks[n]);
}

void
task_at_sigma0(L4_Word_t n)
{
        L4_ThreadId_t sigma0 = L4_GlobalId(L4_ThreadIdUserBase(0), 1);

        expect_word(0,
                    thread_control(thread_id(n), sigma0, L4_Myself(),
                                   task_pager(), utcb_here(n)),
                    "a task is made in sigma0's space");
        thread_start(thread_id(n), obey, &stacks[n]);
}

L4_Word_t
touch_program(L4_Word_t a)
{
        const L4_KernelInterfacePage_t *kip = L4_GetKernelInterface();

        for (L4_Word_t at = kip->root.low; at < kip->root.high; at += BYTES)
                (void)*(const volatile unsigned char *)(uintptr_t)at;
        return a;
}

void
task_here(L4_Word_t n)
{
        expect_that(thread_here(n), "a task is made in the first space");
        thread_start(thread_id(n), obey, &stacks[n]);
}

void
task_end(L4_Word_t n)
{
        thread_end(n);
}

void
tasks_end(void)
{
        for (L4_Word_t n = 1; n < TASKS; n++)
                thread_end(n);
        task_pager_end();
}

void
task_starts(L4_Word_t n)
{
        orders[n].faulted = false;
        L4_LoadMR(0, 0);
        expect_that(L4_IpcSucceeded(L4_Send_Timeout(thread_id(n),
                                                    L4_TimePeriod(PATIENCE))),
                    "a task listens");
}

void
task_is_over(L4_Word_t n)
{
        expect_that(L4_IpcSucceeded(L4_Receive_Timeout(
                            thread_id(n), L4_TimePeriod(PATIENCE))),
                    "a task has done what it was to do");
}

void
task_does(L4_Word_t n)
{
        if (n == 0) {
                carry_out(&orders[0]);
                return;
        }
        task_starts(n);
        task_is_over(n);
}

L4_Word_t
ask(L4_Word_t n, L4_Word_t (*use)(L4_Word_t a), L4_Word_t a)
{
        orders[n] = (struct order){ .what = TASK_CALLS, .a = a, .use = use };
        task_does(n);
        return orders[n].faulted ? NOTHING : orders[n].result;
}
