// SPDX-License-Identifier: MIT
// The contracts are in pingpong.h.
#include "pingpong.h"

#include <l4/ipc.h>
#include <l4/message.h>
#include <user/threads.h>

// The timer interrupts now and then. So it is measured many times, for a short time
// each, and the shortest one is it.
#define WARM_UP 10
#define BATCHES 40
#define ROUNDS 20

static L4_MsgTag_t
tag_of(L4_Word_t size)
{
        return (L4_MsgTag_t){ .X.u = (size * SIZE_STEP) & 0x3F };
}

// The lower half is enough for what lies between.
static L4_Word_t
ticks(void)
{
        L4_Word_t low, high;

        __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
        return low;
}

// How long so many rounds take at best.
static L4_Word_t
measure(L4_ThreadId_t partner, L4_MsgTag_t tag, L4_Word_t ipc)
{
        L4_Word_t shortest = UINT32_MAX;

        exchange(partner, tag, WARM_UP, ipc);
        for (L4_Word_t i = 0; i < BATCHES; i++) {
                L4_Word_t begin = ticks();
                exchange(partner, tag, ROUNDS, ipc);
                L4_Word_t taken = ticks() - begin;
                if (taken < shortest)
                        shortest = taken;
        }
        return shortest;
}

void
ping(void)
{
        L4_Word_t ipc = __L4_Call(__L4_KIP_IPC);
        L4_Msg_t found;

        L4_MsgClear(&found);
        for (L4_Word_t size = 0; size < SIZES; size++) {
                L4_Word_t taken = measure(thread_id(PONG), tag_of(size), ipc);
                L4_MsgAppendWord(&found, (taken + ROUNDS) / (2 * ROUNDS));
        }
        L4_MsgLoad(&found);
        L4_Send(thread_id(0));
}

// The first message is received alone; then each call answers one and receives the
// next. So the last one of a size already receives the first one of the next size,
// and is answered with the words of that.
void
pong(void)
{
        L4_Word_t ipc = __L4_Call(__L4_KIP_IPC);

        L4_Receive(thread_id(PING));
        for (L4_Word_t size = 0; size < SIZES; size++)
                exchange(thread_id(PING), tag_of(size),
                         WARM_UP + BATCHES * ROUNDS, ipc);
}
