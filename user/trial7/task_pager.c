// SPDX-License-Identifier: MIT
// The pager of the trial's tasks: their program they get from it, and of each fault elsewhere
// it tells the trial. The contracts are in task.h and task_pager.h.
#include "task_pager.h"

#include "task.h"

#include <l4/kip.h>

#define PAGE_FAULT 0xFFEu
#define PORT_FAULT 0xFF8u

static struct stack stack;
static bool pager_is_there;

volatile struct last_fault last_fault;
volatile L4_Word_t fault_count;
L4_Word_t fault_answer[2];
volatile L4_Word_t answers_left;

static bool
is_in_program(L4_Word_t address)
{
        const L4_KernelInterfacePage_t *kip = L4_GetKernelInterface();

        return address >= kip->root.low && address < kip->root.high;
}

// Puts the answer together. False: the thread does something else instead.
static bool
answer(L4_Word_t kind, L4_Word_t address, L4_Word_t item[2])
{
        if (kind == PAGE_FAULT && is_in_program(address)) {
                item[0] = (address & ~0x3FFu) | 8;
                item[1] = pages(address & ~(BYTES - 1), 12, ALL);
                return true;
        }
        fault_count++;
        if (answers_left == 0)
                return false;
        answers_left--;
        item[0] = fault_answer[0];
        item[1] = fault_answer[1];
        return true;
}

static void
serve(void)
{
        L4_ThreadId_t from, to = L4_nilthread;
        L4_Word_t item[2] = { 0, 0 };

        for (;;) {
                if (!L4_IsNilThread(to)) {
                        L4_LoadMR(0, item[0] != 0 ? 2 << 6 : 0);
                        L4_LoadMRs(1, 2, item);
                }
                L4_MsgTag_t tag = L4_ReplyWait(to, &from);
                to = L4_nilthread;
                L4_Word_t kind = L4_Label(tag) >> 4;
                if (L4_IpcFailed(tag) ||
                    (kind != PAGE_FAULT && kind != PORT_FAULT))
                        continue;
                struct last_fault now = { .from = from, .tag = tag.raw };
                L4_StoreMR(1, &now.first);
                L4_StoreMR(2, &now.ip);
                if (kind != PAGE_FAULT || !is_in_program(now.first))
                        last_fault = now;
                if (answer(kind, now.first, item))
                        to = from;
                else
                        task_breaks_off(from);
        }
}

L4_ThreadId_t
task_pager(void)
{
        if (!pager_is_there) {
                expect_that(thread_here(TASK_PAGER), "a pager is made");
                thread_start(thread_id(TASK_PAGER), serve, &stack);
                pager_is_there = true;
        }
        return thread_id(TASK_PAGER);
}

void
task_pager_end(void)
{
        thread_end(TASK_PAGER);
        pager_is_there = false;
}
