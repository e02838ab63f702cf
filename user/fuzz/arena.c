// SPDX-License-Identifier: MIT
// The memory that the crew gets. The contracts are in fuzz.h.
#include "fuzz.h"

#include <l4/arch.h>
#include <l4/sigma0.h>
#include <l4/space.h>
#include <user/threads.h>

#define MOST_LOG2 19
#define LEAST_LOG2 18
#define LARGE_LOG2 22
#define COM1 0x3F8u
#define COM1_LOG2 3

static L4_Fpage_t arena;
static L4_Fpage_t large; // nil: the machine has no 4 MB in one piece to spare

static L4_Fpage_t
whole(L4_Fpage_t pages)
{
        return L4_FpageAddRights(pages, L4_FullyAccessible);
}

bool
arena_take(void)
{
        large = L4_Sigma0_GetAny(L4_nilthread, LARGE_LOG2,
                                 L4_CompleteAddressSpace);
        for (L4_Word_t log2 = MOST_LOG2; log2 >= LEAST_LOG2; log2--) {
                arena = L4_Sigma0_GetAny(L4_nilthread, log2,
                                         L4_CompleteAddressSpace);
                if (!L4_IsNilFpage(arena))
                        return true;
        }
        return false;
}

static void
recover(L4_Fpage_t pages)
{
        if (L4_IsNilFpage(pages))
                return;
        L4_Flush(whole(pages));
        L4_Sigma0_GetPage(L4_nilthread, pages);
}

void
arena_recover_large(void)
{
        recover(large);
}

// Ports too: they may have been granted.
void
arena_recover(void)
{
        L4_Fpage_t ports = L4_IoFpageLog2(COM1, COM1_LOG2);

        L4_Flush(whole(L4_FpageLog2(WINDOW, WINDOW_LOG2)));
        L4_Flush(whole(ports));
        recover(arena);
        recover(large);
        L4_Sigma0_GetPage(L4_nilthread, ports);
}

L4_Fpage_t
arena_stack(L4_Word_t n)
{
        return L4_FpageLog2(L4_Address(arena) + n * PAGE, PAGE_LOG2);
}

// Behind the stacks.
L4_Fpage_t
arena_any(struct chance *chance)
{
        L4_Word_t log2 =
                PAGE_LOG2 + (once_in(chance, 4) ? below(chance, 4) : 0);
        L4_Word_t pages = L4_Size(arena) >> PAGE_LOG2;
        L4_Word_t page = PARTNER + 1 + below(chance, pages - PARTNER - 1);

        if (!L4_IsNilFpage(large) && once_in(chance, 6))
                return large;
        if (!L4_IsNilFpage(large) && once_in(chance, 4))
                return L4_FpageLog2(L4_Address(large) + (page << PAGE_LOG2),
                                    (int)log2);
        L4_Word_t first = (page << PAGE_LOG2) & ~((1u << log2) - 1);
        if (first < (PARTNER + 1) << PAGE_LOG2)
                return L4_FpageLog2(L4_Address(arena) + page * PAGE, PAGE_LOG2);
        return L4_FpageLog2(L4_Address(arena) + first, (int)log2);
}

bool
arena_is_large(L4_Fpage_t pages)
{
        return !L4_IsNilFpage(large) &&
               L4_Address(pages) - L4_Address(large) < L4_Size(large);
}

volatile L4_Word_t *
arena_word(L4_Word_t page)
{
        return (volatile L4_Word_t *)(uintptr_t)(L4_Address(arena) +
                                                 page * PAGE);
}
