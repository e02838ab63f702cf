// SPDX-License-Identifier: MIT
// The contracts are in task.h.
#include "task.h"

#include <l4/kip.h>
#include <l4/space.h>

#define STORE_BYTES (STORE_PAGES * BYTES)
#define PATIENCE 200000 // microseconds

#define PAGE_FAULT 0xFFEu
#define PORT_FAULT 0xFF8u
#define REQUEST 0xFFA0u

static _Alignas(STORE_BYTES) unsigned char store[STORE_BYTES];
static struct stack stacks[TASK_PAGER + 1];
static bool pager_is_there;

struct order orders[TASKS];
volatile struct last_fault last_fault;
volatile L4_Word_t fault_count;
L4_Word_t fault_answer[2];
volatile L4_Word_t answers_left;

L4_Word_t
store_at(L4_Word_t page)
{
        return (L4_Word_t)(uintptr_t)store + page * BYTES;
}

volatile L4_Word_t *
store_word(L4_Word_t page)
{
        return (volatile L4_Word_t *)(uintptr_t)store_at(page);
}

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
        case TASK_PORT:
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

// --- The pager ------------------------------------------------------------------------------

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
                        thread_start(from, break_off, &stacks[number(from)]);
        }
}

static L4_ThreadId_t
pager(void)
{
        if (!pager_is_there) {
                expect_that(thread_here(TASK_PAGER), "a pager is made");
                thread_start(thread_id(TASK_PAGER), serve, &stacks[TASK_PAGER]);
                pager_is_there = true;
        }
        return thread_id(TASK_PAGER);
}

// --- Tasks ------------------------------------------------------------------------------------

void
task_begin(L4_Word_t n)
{
        expect_that(thread_in_new_space(n, OTHER_KIP, pager()),
                    "a task is made");
        thread_start(thread_id(n), obey, &stacks[n]);
}

void
task_beside(L4_Word_t n, L4_Word_t other)
{
        expect_that(thread_beside(n, other, pager()),
                    "a task is made beside another one");
        thread_start(thread_id(n), obey, &stacks[n]);
}

void
task_at_sigma0(L4_Word_t n)
{
        L4_ThreadId_t sigma0 = L4_GlobalId(L4_ThreadIdUserBase(0), 1);

        expect_word(0,
                    thread_control(thread_id(n), sigma0, L4_Myself(), pager(),
                                   utcb_here(n)),
                    "a task is made in sigma0's space");
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
        thread_end(TASK_PAGER);
        pager_is_there = false;
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

// --- Memory ------------------------------------------------------------------------------------

L4_Word_t
peek(L4_Word_t n, L4_Word_t address)
{
        orders[n] = (struct order){ .what = TASK_READS, .a = address };
        task_does(n);
        return orders[n].faulted ? NOTHING : orders[n].result;
}

bool
poke(L4_Word_t n, L4_Word_t address, L4_Word_t word)
{
        orders[n] =
                (struct order){ .what = TASK_WRITES, .a = address, .b = word };
        task_does(n);
        return !orders[n].faulted;
}

bool
send_words(L4_Word_t from, L4_Word_t to, const L4_Word_t *words,
           L4_Word_t count, L4_Word_t window)
{
        orders[from] =
                (struct order){ .what = TASK_SENDS, .to = thread_id(to) };
        orders[to] = (struct order){ .what = TASK_SENDS,
                                     .from = thread_id(from),
                                     .window = window };
        orders[from].mr[0] = count << 6;
        for (L4_Word_t i = 0; i < count; i++)
                orders[from].mr[1 + i] = words[i];
        if (to != 0)
                task_starts(to);
        if (from != 0)
                task_starts(from);
        if (from == 0 || to == 0)
                carry_out(&orders[0]);
        if (to != 0)
                task_is_over(to);
        if (from != 0)
                task_is_over(from);
        return orders[from].error == 0 && orders[to].error == 0;
}

static bool
send_item(L4_Word_t from, L4_Word_t to, L4_Word_t kind, L4_Word_t sent,
          L4_Word_t base, L4_Word_t window)
{
        const L4_Word_t words[2] = { (base & ~0x3FFu) | kind, sent };

        return send_words(from, to, words, 2, window);
}

bool
map(L4_Word_t from, L4_Word_t to, L4_Word_t sent, L4_Word_t base,
    L4_Word_t window)
{
        return send_item(from, to, 0x8, sent, base, window);
}

bool
grant(L4_Word_t from, L4_Word_t to, L4_Word_t sent, L4_Word_t base,
      L4_Word_t window)
{
        return send_item(from, to, 0xA, sent, base, window);
}

void
lend_store(L4_Word_t n)
{
        expect_that(
                map(0, n, pages(store_at(0), STORE_LOG2, ALL), PLACE, WHOLE),
                "pages are mapped");
}

void
hand_on_store(L4_Word_t from, L4_Word_t to)
{
        expect_that(map(from, to, pages(PLACE, STORE_LOG2, ALL), PLACE, WHOLE),
                    "pages are handed on");
}

static L4_Word_t
read_port(L4_Word_t port)
{
        L4_Word_t eax = 0;

        __asm__ volatile("inb %%dx, %%al" : "+a"(eax) : "d"(port));
        return eax;
}

bool
has_port(L4_Word_t n, L4_Word_t port)
{
        orders[n] = (struct order){ .what = TASK_PORT,
                                    .a = port,
                                    .use = read_port };
        task_does(n);
        return !orders[n].faulted;
}

static L4_Word_t
unmap_one(L4_Word_t n, L4_Word_t taken, L4_Word_t how)
{
        orders[n] = (struct order){ .what = TASK_UNMAPS,
                                    .a = how,
                                    .mr = { taken } };
        task_does(n);
        return orders[n].mr[0];
}

L4_Word_t
unmap(L4_Word_t n, L4_Word_t taken)
{
        return unmap_one(n, taken, 0);
}

L4_Word_t
flush(L4_Word_t n, L4_Word_t taken)
{
        return unmap_one(n, taken, __L4_UNMAP_FROM_ME_TOO);
}

L4_Word_t
request(L4_Word_t n, L4_Word_t wanted, L4_Word_t attribute, L4_Word_t window)
{
        L4_ThreadId_t sigma0 = L4_GlobalId(L4_ThreadIdUserBase(0), 1);

        orders[n] = (struct order){
                .what = TASK_SENDS,
                .to = sigma0,
                .from = sigma0,
                .window = window,
                .mr = { REQUEST << 16 | 2, wanted, attribute },
        };
        task_does(n);
        expect_word(0, orders[n].error, "sigma0 answers");
        expect_word(2 << 6, orders[n].mr[0] & 0xFFFF0FFF,
                    "with one item and nothing else");
        return orders[n].mr[2];
}
