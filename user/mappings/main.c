// SPDX-License-Identifier: MIT
// What it costs to lend memory and to take it back: a page, and by how many mappings there
// are, 1, 4, 16, .. 4,096, in width and in depth.
#include "mappings.h"

#include <l4/schedule.h>
#include <l4io.h>

#define MOST 4096u

static _Alignas(4096) unsigned char pages[STORE_PAGES][PAGE_BYTES];

L4_Word_t
ticks(void)
{
        L4_Word_t low, high;

        __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
        return low;
}

void
keep_least(L4_Word_t *least, L4_Word_t ticks_taken)
{
        if (ticks_taken < *least)
                *least = ticks_taken;
}

L4_Fpage_t
store(L4_Word_t page)
{
        L4_Word_t address = (L4_Word_t)(uintptr_t)pages[page];

        return L4_FpageAddRights(L4_FpageLog2(address, PAGE_LOG2),
                                 L4_FullyAccessible);
}

L4_Fpage_t
window(L4_Word_t n)
{
        return L4_FpageAddRights(
                L4_FpageLog2(WINDOWS + n * PAGE_BYTES, PAGE_LOG2),
                L4_FullyAccessible);
}

// --- One page, to another space ---------------------------------------------------------------

static void
measure_message(L4_Word_t *cost)
{
        L4_Word_t begin = ticks();

        call_empty(apart);
        keep_least(cost, ticks() - begin);
}

static void
measure_map(L4_Word_t *cost)
{
        L4_Word_t begin = ticks();

        call_map(apart, store(0), WINDOWS);
        keep_least(cost, ticks() - begin);
}

static void
measure_unmap(L4_Word_t *cost)
{
        L4_Word_t begin = ticks();

        L4_UnmapFpage(store(0));
        keep_least(cost, ticks() - begin);
}

static void
measure_grant(L4_Word_t i, L4_Word_t *cost)
{
        L4_Word_t begin = ticks();

        call_grant(apart, store(i), WINDOWS + i * PAGE_BYTES);
        keep_least(cost, ticks() - begin);
}

static void
measure_page(void)
{
        L4_Word_t message = UINT32_MAX, map = UINT32_MAX, unmap = UINT32_MAX;
        L4_Word_t grant = UINT32_MAX, fault = UINT32_MAX;

        for (L4_Word_t i = 0; i < TRIES; i++) {
                measure_message(&message);
                measure_map(&map);
                measure_unmap(&unmap);
                keep_least(&fault, call_fault(0));
                L4_UnmapFpage(store(0));
        }
        // The first two are needed later.
        for (L4_Word_t i = 2; i < STORE_PAGES; i++)
                measure_grant(i, &grant);
        printf("message %u\nmap %u\ngrant %u\nunmap %u\npage_fault %u\n",
               message, map, grant, unmap, fault);
}

// --- Many pages --------------------------------------------------------------------------------

static void
print_row(L4_Word_t n)
{
        L4_Word_t wide[GROWTHS], deep[GROWTHS];

        measure_growth(false, n, wide);
        measure_growth(true, n, deep);
        printf("%8u", n);
        for (int i = 0; i < GROWTHS; i++)
                printf(" %9u", wide[i]);
        for (int i = 0; i < GROWTHS; i++)
                printf(" %9u", deep[i]);
        printf("\n");
}

int
main(void)
{
        for (L4_Word_t i = 0; i < STORE_PAGES; i++)
                pages[i][0] = 1;
        L4_Set_Timeslice(L4_Myself(), L4_Never, L4_Never);
        if (!others_begin()) {
                complain("The others");
                return 0;
        }
        printf("Ticks of the time stamp counter\n\n");
        measure_page();
        call_map(beside, store(1), WINDOWS);
        printf("\n                    wide                          deep\n");
        printf("mappings       map   unmap 1 unmap all       map   unmap 1 "
               "unmap all\n");
        for (L4_Word_t n = 1; n <= MOST; n *= 4)
                print_row(n);
        return 0;
}
