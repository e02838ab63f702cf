// SPDX-License-Identifier: MIT
// The contracts are in many.h.
#include "many.h"

#include <l4/kip.h>
#include <l4/message.h>
#include <l4/schedule.h>
#include <l4/space.h>

#define PAGER 1
#define KEEPER 2 // never active; the space is there as long as it is
#define UTCB_AREA_LOG2 22
#define UTCB_BYTES 512u
#define PAGE_BYTES 4096u

// A small one for each: they call hardly anything.
#define WORDS 64

static L4_Word_t stacks[MOST][WORDS];
static struct stack pager_stack;
volatile bool yielding;

L4_ThreadId_t
crew_id(L4_Word_t n)
{
        return thread_id(KEEPER + n);
}

// --- What they do -----------------------------------------------------------------------

// Sends a message without words where `to` is not nil, and waits for an order.
static L4_MsgTag_t
wait(L4_ThreadId_t to, L4_Time_t time)
{
        L4_LoadMR(0, 0);
        return L4_Ipc(to, thread_id(0), L4_Timeouts(L4_Never, time), 0);
}

static void
work(void)
{
        L4_MsgTag_t tag = wait(L4_nilthread, L4_Never);

        for (;;) {
                L4_Word_t word = 0;
                if (L4_IpcSucceeded(tag))
                        L4_StoreMR(1, &word);
                L4_Time_t time = { .raw = (L4_Word16_t)word };

                if (L4_IpcFailed(tag)) {
                        tag = wait(L4_nilthread, L4_Never);
                } else if (L4_Label(tag) == YIELD) {
                        while (yielding)
                                L4_Yield();
                        tag = wait(L4_nilthread, time);
                } else {
                        tag = wait(thread_id(0), time);
                }
        }
}

extern unsigned char program_begin[]; // libl4.ld

// All that they will use: code, variables, stacks.
static void
touch(void)
{
        volatile unsigned char *page = program_begin;
        volatile unsigned char *end = (unsigned char *)&stacks[MOST];

        for (; page < end; page += PAGE_BYTES)
                *page;
        for (page = (unsigned char *)stacks; page < end; page += PAGE_BYTES)
                *page = 0;
        stacks[MOST - 1][WORDS - 1] = 0;
        yielding = false;
        wait(thread_id(0), L4_Never);
}

// --- Their lives ------------------------------------------------------------------------

static void *
place_of(L4_Word_t place)
{
        return (void *)(uintptr_t)(OTHER_UTCBS + place * UTCB_BYTES);
}

static bool
make(L4_Word_t n, L4_Word_t place, L4_ThreadId_t pager)
{
        return L4_ThreadControl(crew_id(n), thread_id(KEEPER), L4_Myself(),
                                pager, place_of(place)) != 0;
}

// The first message from its pager says where a thread begins.
static void
load_start(L4_Msg_t *m, L4_Word_t n, void (*run)(void))
{
        L4_MsgAppendWord(m, (L4_Word_t)(uintptr_t)run);
        L4_MsgAppendWord(m, (L4_Word_t)(uintptr_t)&stacks[n - 1][WORDS]);
        L4_MsgLoad(m);
}

bool
crew_make(L4_Word_t n, L4_Word_t place)
{
        return make(n, place, L4_Myself());
}

void
crew_start(L4_Word_t n)
{
        L4_Msg_t m;

        L4_MsgClear(&m);
        load_start(&m, n, work);
        L4_Send(crew_id(n));
}

void
crew_end(L4_Word_t n)
{
        thread_end(KEEPER + n);
}

static bool
make_space(void)
{
        L4_ThreadId_t keeper = thread_id(KEEPER);
        L4_Fpage_t kip = L4_FpageLog2(OTHER_KIP, (int)L4_KipAreaSizeLog2(0));
        L4_Fpage_t utcbs = L4_FpageLog2(OTHER_UTCBS, UTCB_AREA_LOG2);

        return L4_ThreadControl(keeper, keeper, L4_Myself(), L4_nilthread,
                                place_of(0)) != 0 &&
               L4_SpaceControl(keeper, 0, kip, utcbs, L4_nilthread, 0) != 0;
}

// One of them has all page faults, which a pager in this space answers. Both are no
// more then.
bool
crew_prepare(void)
{
        L4_Msg_t m;

        if (!make_space() || !thread_here(PAGER))
                return false;
        thread_start(thread_id(PAGER), serve_faults, &pager_stack);
        if (!make(1, 0, thread_id(PAGER)))
                return false;

        L4_MsgClear(&m);
        L4_MsgAppendWord(&m, crew_id(1).raw);
        load_start(&m, 1, touch);
        L4_Send(thread_id(PAGER));
        L4_MsgTag_t tag = L4_Receive(crew_id(1));
        crew_end(1);
        thread_end(PAGER);
        return L4_IpcSucceeded(tag);
}

// --- Orders ---------------------------------------------------------------------------------

static void
load_order(enum order order, L4_Time_t time)
{
        L4_MsgTag_t tag = { .raw = 0 };

        tag.X.u = 1;
        tag.X.label = order & 0xFFFF;
        L4_LoadMR(0, tag.raw);
        L4_LoadMR(1, time.raw);
}

void
crew_tell(L4_Word_t n, enum order order, L4_Time_t time)
{
        load_order(order, time);
        L4_Send(crew_id(n));
}

void
crew_call(L4_Word_t n, L4_Time_t time)
{
        load_order(ANSWER, time);
        L4_Call(crew_id(n));
}
