// SPDX-License-Identifier: MIT
// The contracts are in <user/threads.h>.
#include "call.h"

#include <l4/kip.h>
#include <l4/thread.h>
#include <l4io.h>
#include <user/threads.h>

#define UTCB_AREA_LOG2 13

L4_ThreadId_t
thread_id(L4_Word_t n)
{
        L4_Word_t first = L4_ThreadIdUserBase(0) + 2;

        return L4_GlobalId(first + n, n == 0 ? 1 : 2);
}

// The n-th UTCB of an area.
static void *
utcb(L4_Word_t area, L4_Word_t n)
{
        return (void *)(uintptr_t)(area + n * L4_UtcbSize(0));
}

bool
thread_here(L4_Word_t n)
{
        L4_ThreadId_t me = L4_Myself();
        L4_Word_t area = L4_MyLocalId().raw & ~(L4_UtcbSize(0) - 1);

        return L4_ThreadControl(thread_id(n), me, me, me, utcb(area, n)) != 0;
}

bool
thread_in_new_space(L4_Word_t n, L4_Word_t kip, L4_ThreadId_t pager)
{
        L4_ThreadId_t thread = thread_id(n);
        L4_ThreadId_t me = L4_Myself();
        int kip_log2 = (int)L4_KipAreaSizeLog2(0);

        // A thread without a pager is not active yet, so it is no matter that its
        // space has no UTCBs until then.
        return L4_ThreadControl(thread, thread, me, L4_nilthread,
                                utcb(OTHER_UTCBS, 0)) != 0 &&
               L4_SpaceControl(thread, 0, L4_FpageLog2(kip, kip_log2),
                               L4_FpageLog2(OTHER_UTCBS, UTCB_AREA_LOG2),
                               L4_nilthread, 0) != 0 &&
               L4_ThreadControl(thread, thread, me, pager,
                                (void *)(uintptr_t)0xFFFFFFFF) != 0;
}

bool
thread_beside(L4_Word_t n, L4_Word_t other, L4_ThreadId_t pager)
{
        return L4_ThreadControl(thread_id(n), thread_id(other), L4_Myself(),
                                pager, utcb(OTHER_UTCBS, n)) != 0;
}

L4_Word_t
stack_top(struct stack *stack)
{
        L4_Word_t *top = (L4_Word_t *)(stack->bytes + STACK_BYTES);

        // Where the function returns to.
        *--top = (L4_Word_t)(uintptr_t)__l4_end;
        return (L4_Word_t)(uintptr_t)top;
}

void
thread_start(L4_ThreadId_t thread, void (*run)(void), struct stack *stack)
{
        L4_Start_SpIp(thread, stack_top(stack), (L4_Word_t)(uintptr_t)run);
}

void
thread_end(L4_Word_t n)
{
        L4_ThreadControl(thread_id(n), L4_nilthread, L4_nilthread, L4_nilthread,
                         (void *)(uintptr_t)0xFFFFFFFF);
}

void
complain(const char *what)
{
        printf("%s: %s.\n", what, L4_ErrorCode_String(L4_ErrorCode()));
}
