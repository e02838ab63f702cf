// SPDX-License-Identifier: MIT
// The contracts are in mappings.h.
#include "mappings.h"

#include <l4/message.h>

#define PAGER 1

// The label of an order to read a word.
#define READ 1

const L4_Word_t beside = 2, apart = 3;

static struct stack stacks[4];
static volatile L4_Word_t taken; // by reading

static bool
is_window(L4_Word_t address)
{
        return address >= WINDOWS;
}

static void
take(void)
{
        L4_ThreadId_t from;

        L4_Accept(L4_MapGrantItems(L4_CompleteAddressSpace));
        L4_MsgTag_t tag = L4_Wait(&from);
        for (;;) {
                if (L4_Label(tag) == READ) {
                        L4_Word_t address;
                        L4_StoreMR(1, &address);
                        L4_Word_t begin = ticks();
                        *(volatile L4_Word_t *)(uintptr_t)address;
                        taken = ticks() - begin;
                }
                L4_LoadMR(0, 0);
                tag = L4_ReplyWait(from, &from);
        }
}

// Of the one apart: in the program its own pages, in a window a page of the store.
static void
serve(void)
{
        L4_ThreadId_t from, to = L4_nilthread;

        for (;;) {
                L4_MsgTag_t tag = L4_ReplyWait(to, &from);
                if (L4_IpcFailed(tag)) {
                        to = L4_nilthread;
                        continue;
                }
                L4_Word_t address;
                L4_StoreMR(1, &address);
                address &= ~(PAGE_BYTES - 1);
                L4_Fpage_t page = L4_FpageLog2(address, PAGE_LOG2);
                if (is_window(address))
                        page = store(0);
                else
                        *(volatile unsigned char *)(uintptr_t)address;
                L4_MapItem_t item = L4_MapItem(
                        L4_FpageAddRights(page, L4_FullyAccessible), address);
                L4_Msg_t m;
                L4_MsgClear(&m);
                L4_MsgAppendMapItem(&m, item);
                L4_MsgLoad(&m);
                to = from;
        }
}

bool
others_begin(void)
{
        if (!thread_here(PAGER) || !thread_here(beside) ||
            !thread_in_new_space(apart, OTHER_KIP, thread_id(PAGER)))
                return false;
        thread_start(thread_id(PAGER), serve, &stacks[PAGER]);
        thread_start(thread_id(beside), take, &stacks[beside]);
        L4_Start_SpIp(thread_id(apart), stack_top(&stacks[apart]),
                      (L4_Word_t)(uintptr_t)take);
        return true;
}

// --- Calling them ------------------------------------------------------------------------

void
call_empty(L4_Word_t other)
{
        L4_LoadMR(0, 0);
        L4_Call(thread_id(other));
}

static void
call_item(L4_Word_t other, L4_MapItem_t item)
{
        L4_LoadMR(0, 2 << 6);
        L4_LoadMRs(1, 2, item.raw);
        L4_Call(thread_id(other));
}

void
call_map(L4_Word_t other, L4_Fpage_t page, L4_Word_t base)
{
        call_item(other, L4_MapItem(page, base));
}

void
call_grant(L4_Word_t other, L4_Fpage_t page, L4_Word_t base)
{
        L4_GrantItem_t item = L4_GrantItem(page, base);

        L4_LoadMR(0, 2 << 6);
        L4_LoadMRs(1, 2, item.raw);
        L4_Call(thread_id(other));
}

L4_Word_t
call_fault(L4_Word_t n)
{
        L4_MsgTag_t tag = { .raw = READ << 16 | 1 };

        L4_LoadMR(0, tag.raw);
        L4_LoadMR(1, WINDOWS + n * PAGE_BYTES);
        L4_Call(thread_id(apart));
        return taken;
}
