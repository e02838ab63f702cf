// SPDX-License-Identifier: MIT
// The contracts are in pingpong.h.
#include "pingpong.h"

#include <l4/ipc.h>
#include <l4/message.h>
#include <user/threads.h>

// The timer interrupts now and then. So it is measured many times, for a time much
// shorter than its period, and the shortest one is it. Two rounds take a round longer
// than one: the reading of the counter is in both. In between time passes, now less
// and now more, or the interrupt might come at the same place each time.
#define WARM_UP 10
#define BATCHES 40 // of one round, and so many of two
#define ROUNDS (BATCHES * (1 + 2))
#define PASSED 37

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

// How long so many rounds take. The compiler does not see how many: there is one copy
// of this, which costs the same whatever is counted.
static __attribute__((noinline)) L4_Word_t
time(L4_ThreadId_t partner, L4_MsgTag_t tag, L4_Word_t ipc, L4_Word_t rounds)
{
        L4_Word_t begin = ticks();

        exchange(partner, tag, rounds, ipc);
        return ticks() - begin;
}

static void
pass_time(L4_Word_t turns)
{
        for (L4_Word_t i = 0; i < turns; i++)
                __asm__ volatile("");
}

// How long a round takes at best: a message, and the answer.
static L4_Word_t
measure(L4_ThreadId_t partner, L4_MsgTag_t tag, L4_Word_t ipc)
{
        L4_Word_t shortest[2] = { UINT32_MAX, UINT32_MAX };

        exchange(partner, tag, WARM_UP, ipc);
        for (L4_Word_t i = 0; i < 2 * BATCHES; i++) {
                L4_Word_t rounds = 1 + i % 2;
                __asm__("" : "+r"(rounds));
                L4_Word_t taken = time(partner, tag, ipc, rounds);
                if (taken < shortest[i % 2])
                        shortest[i % 2] = taken;
                pass_time(i * PASSED);
        }
        return shortest[1] - shortest[0];
}

void
ping(void)
{
        L4_Word_t ipc = __L4_Call(__L4_KIP_IPC);
        L4_Msg_t found;

        L4_MsgClear(&found);
        for (L4_Word_t size = 0; size < SIZES; size++) {
                L4_Word_t round = measure(thread_id(PONG), tag_of(size), ipc);
                L4_MsgAppendWord(&found, (round + 1) / 2);
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
                exchange(thread_id(PING), tag_of(size), WARM_UP + ROUNDS, ipc);
}
