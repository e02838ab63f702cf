// SPDX-License-Identifier: MIT
// The contracts are in worst.h.
#include "worst.h"

#include <l4/kip.h>
#include <l4/schedule.h>

#define PAGER 1
#define KEEPER 2 // of the crowd's space; never active
#define FIRST_ALONE 3
#define FIRST_CROWD (FIRST_ALONE + ALONE)

#define CROWD_UTCBS 0x80000000u
#define CROWD_UTCBS_LOG2 22
#define UTCB_BYTES 512u

// A small one for each: they call hardly anything.
#define WORDS 32

static L4_Word_t stacks[ALONE + CROWD][WORDS];
static struct stack pager_stack;
volatile struct order order;

L4_ThreadId_t
alone_id(L4_Word_t n)
{
        return thread_id(FIRST_ALONE + n);
}

L4_ThreadId_t
crowd_id(L4_Word_t n)
{
        return thread_id(FIRST_CROWD + n);
}

static void
obey(void)
{
        for (;;) {
                L4_Receive(thread_id(0));
                L4_LoadBR(0, order.window);
                for (int i = 0; i < 8; i++)
                        L4_LoadMR(i, order.mr[i]);
                L4_Set_VirtualSender(order.as);
                L4_Ipc(order.to, order.from, order.timeouts, 0);
        }
}

// The first message from its pager says where a thread begins.
static bool
start(L4_ThreadId_t thread, L4_Word_t *stack)
{
        L4_LoadMR(0, START_WORDS);
        L4_LoadMR(1, thread.raw);
        L4_LoadMR(2, (L4_Word_t)(uintptr_t)obey);
        L4_LoadMR(3, (L4_Word_t)(uintptr_t)(stack + WORDS));
        return L4_IpcSucceeded(L4_Send(thread_id(PAGER)));
}

bool
alone_make(L4_Word_t n)
{
        return thread_in_new_space(FIRST_ALONE + n, OTHER_KIP,
                                   thread_id(PAGER)) &&
               start(alone_id(n), stacks[n]);
}

static bool
in_crowd(L4_Word_t n, L4_ThreadId_t pager)
{
        L4_Word_t utcb = CROWD_UTCBS + n * UTCB_BYTES;

        return L4_ThreadControl(crowd_id(n), thread_id(KEEPER), L4_Myself(),
                                pager, (void *)(uintptr_t)utcb) != 0;
}

bool
crowd_plan(L4_Word_t n)
{
        return in_crowd(n, L4_nilthread);
}

bool
crowd_make(L4_Word_t n)
{
        return in_crowd(n, thread_id(PAGER)) &&
               start(crowd_id(n), stacks[ALONE + n]);
}

bool
crowd_rename(L4_Word_t n)
{
        L4_ThreadId_t other = L4_GlobalId(L4_ThreadNo(crowd_id(n)), 9);

        return L4_ThreadControl(other, crowd_id(n), L4_nilthread, L4_nilthread,
                                (void *)(uintptr_t)0xFFFFFFFF) != 0;
}

void
alone_end(L4_Word_t n)
{
        thread_end(FIRST_ALONE + n);
}

void
crowd_end(L4_Word_t n)
{
        thread_end(FIRST_CROWD + n);
}

static bool
make_crowds_space(void)
{
        L4_ThreadId_t keeper = thread_id(KEEPER);
        L4_Fpage_t kip = L4_FpageLog2(OTHER_KIP, (int)L4_KipAreaSizeLog2(0));
        L4_Fpage_t utcbs = L4_FpageLog2(CROWD_UTCBS, CROWD_UTCBS_LOG2);

        return L4_ThreadControl(keeper, keeper, L4_Myself(), L4_nilthread,
                                (void *)(uintptr_t)CROWD_UTCBS) &&
               L4_SpaceControl(keeper, 0, kip, utcbs, L4_nilthread, 0);
}

bool
others_begin(void)
{
        if (!thread_here(PAGER) || !make_crowds_space())
                return false;
        thread_start(thread_id(PAGER), serve_faults, &pager_stack);
        return true;
}

void
tell(L4_ThreadId_t thread)
{
        L4_LoadMR(0, 0);
        L4_Send(thread);
}

void
tell_crowd(struct order what)
{
        order = what;
        for (L4_Word_t i = 1; i < CROWD; i++)
                tell(crowd_id(i));
}

void
give_up(const char *what)
{
        complain(what);
        L4_Sleep(L4_Never);
}

// --- Items ------------------------------------------------------------------------------------

static void
let_receive(L4_ThreadId_t to, L4_ThreadId_t from, L4_Fpage_t window)
{
        order = (struct order){ .from = from, .window = window.raw };
        tell(to);
}

void
send_item(L4_ThreadId_t to, L4_Word_t item, L4_Fpage_t page, L4_Fpage_t window)
{
        let_receive(to, thread_id(0), window);
        L4_LoadMR(0, 2 << 6);
        L4_LoadMR(1, item);
        L4_LoadMR(2, page.raw);
        L4_Send(to);
}

void
let_send_item(L4_ThreadId_t from, L4_ThreadId_t to, L4_Word_t item,
              L4_Fpage_t page, L4_Fpage_t window)
{
        let_receive(to, from, window);
        order = (struct order){ .to = to, .mr = { 2 << 6, item, page.raw } };
        tell(from);
}
