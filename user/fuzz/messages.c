// SPDX-License-Identifier: MIT
// Messages: of all kinds, and of those that arrive more often than others.
#include "fuzz.h"

#include <l4/ipc.h>
#include <l4/message.h>
#include <l4/thread.h>
#include <user/threads.h>

#define WORDS 64u

static L4_Word_t
any_from(struct chance *chance)
{
        switch (below(chance, 4)) {
        case 0:
                return L4_nilthread.raw;
        case 1:
                return L4_anythread.raw;
        default:
                return any_thread(chance);
        }
}

static L4_Word_t
any_size(struct chance *chance)
{
        if (once_in(chance, 16))
                return any_word(chance) >> 10;
        return once_in(chance, 4) ? below(chance, 3 * PAGE)
                                  : below(chance, 300);
}

// A string's first word: one substring or more.
static L4_Word_t
any_string(struct chance *chance)
{
        L4_Word_t more = once_in(chance, 4) ? below(chance, 32) : 0;
        L4_Word_t continued = once_in(chance, 6) ? 0x200 : 0;

        return any_size(chance) << 10 | continued | more << 4;
}

// What it is ready to receive.
static void
any_buffers(struct chance *chance)
{
        L4_Word_t strings = once_in(chance, 3) ? 0 : 1;

        L4_LoadBR(0, (any_fpage(chance) & ~0xFu) | strings);
        if (once_in(chance, 2))
                L4_LoadBR(0,
                          L4_FpageLog2(YARD, 18 + (int)below(chance, 6)).raw |
                                  strings);
        L4_Word_t count = once_in(chance, 8) ? 32 : below(chance, 6);
        for (L4_Word_t i = 1; i <= count; i += 2) {
                L4_LoadBR((int)i, any_string(chance) | once_in(chance, 2));
                L4_LoadBR((int)i + 1, any_address(chance));
        }
        __L4_TCR_Set_XferTimeout(once_in(chance, 2) ? 0 : any_timeouts(chance));
}

static void
go(struct chance *chance, L4_Word_t to, L4_Word_t from)
{
        L4_ThreadId_t partner = { .raw = to };
        L4_ThreadId_t wanted = { .raw = from };
        L4_ThreadId_t who;

        if (once_in(chance, 4))
                L4_Lipc(partner, wanted, any_timeouts(chance), &who);
        else
                L4_Ipc(partner, wanted, any_timeouts(chance), &who);
}

static L4_Word_t
any_item(struct chance *chance, L4_Word_t at)
{
        switch (below(chance, 6)) {
        case 0:
        case 1:
                L4_LoadMR((int)at, (any_address(chance) & ~0x3FFu) | 8 |
                                           once_in(chance, 2));
                L4_LoadMR((int)at + 1, any_fpage(chance));
                return 2;
        case 2:
                L4_LoadMR((int)at, (any_address(chance) & ~0x3FFu) | 10);
                L4_LoadMR((int)at + 1, any_fpage(chance));
                return 2;
        case 3:
        case 4:
                L4_LoadMR((int)at, any_string(chance));
                L4_LoadMR((int)at + 1, any_address(chance));
                return 2;
        default:
                L4_LoadMR((int)at, any_word(chance));
                return 1;
        }
}

void
act_message(struct chance *chance)
{
        L4_Word_t untyped =
                once_in(chance, 4) ? below(chance, WORDS) : below(chance, 5);
        L4_Word_t at = untyped + 1;

        for (L4_Word_t i = 1; i < at; i++)
                L4_LoadMR((int)i, any_edge(chance));
        while (once_in(chance, 2) && at + 2 < WORDS)
                at += any_item(chance, at);
        L4_Word_t tag =
                untyped | (at - untyped - 1) << 6 | any_word(chance) << 16;
        if (once_in(chance, 6))
                tag |= 0x1000;
        if (once_in(chance, 16))
                tag = any_word(chance);
        __L4_TCR_Set_VirtualSender(any_thread(chance));
        L4_LoadMR(0, tag);
        any_buffers(chance);
        go(chance, any_thread(chance), any_from(chance));
}

void
act_map(struct chance *chance)
{
        L4_Word_t items = 1 + below(chance, 3);

        for (L4_Word_t i = 0; i < items; i++) {
                L4_LoadMR((int)(1 + 2 * i),
                          (any_address(chance) & ~0x3FFu) |
                                  (once_in(chance, 3) ? 10 : 8));
                L4_LoadMR((int)(2 + 2 * i), any_fpage(chance));
        }
        L4_LoadMR(0, items << 7);
        any_buffers(chance);
        go(chance, any_thread(chance), any_from(chance));
}

void
act_string(struct chance *chance)
{
        L4_Word_t parts = 1 + below(chance, 4);

        L4_LoadMR(1, any_size(chance) << 10 | (parts - 1) << 4);
        for (L4_Word_t i = 0; i < parts; i++)
                L4_LoadMR((int)(2 + i), any_address(chance));
        L4_LoadMR(0, (parts + 1) << 6);
        any_buffers(chance);
        go(chance, any_thread(chance), any_from(chance));
}

void
act_receive(struct chance *chance)
{
        any_buffers(chance);
        if (once_in(chance, 2))
                L4_LoadBR(1, 3 * PAGE << 10);
        go(chance, L4_nilthread.raw,
           once_in(chance, 4) ? any_thread(chance) : L4_anythread.raw);
}

// Lets another one begin, as its pager would; or answers a page fault of its.
void
act_start(struct chance *chance)
{
        L4_LoadMR(1, (L4_Word_t)(uintptr_t)worker_run);
        L4_LoadMR(2, STACKS + (1 + below(chance, CREW)) * PAGE - 16);
        L4_LoadMR(0, 2);
        go(chance, any_thread(chance), L4_anythread.raw);
}
