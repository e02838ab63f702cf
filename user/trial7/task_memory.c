// SPDX-License-Identifier: MIT
// What tasks do with memory and ports, order by order. The contracts are in task.h.
#include "task.h"

#include <l4/kip.h>
#include <l4/space.h>

#define STORE_BYTES (STORE_PAGES * BYTES)
#define REQUEST 0xFFA0u

static _Alignas(STORE_BYTES) unsigned char store[STORE_BYTES];

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
                task_does(0);
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
fill_store(void)
{
        for (L4_Word_t i = 0; i < STORE_PAGES; i++)
                *store_word(i) = 100 + i;
}

void
lend_page(L4_Word_t page, L4_Word_t n)
{
        expect_that(
                map(0, n, pages(store_at(page), 12, ALL), 0, page_at(PLACE)),
                "a page is sent");
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
        (void)ask(n, read_port, port);
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
