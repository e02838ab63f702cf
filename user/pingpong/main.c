// SPDX-License-Identifier: MIT
// How long a message takes, from one address space to another and within one, by the
// number of its words: the tables 8.1 and 8.2 of the dissertation.
//
//      root ----- makes, starts -----> ping <===== measured =====> pong
//        ^                              |  \                       /
//        +------- what it found --------+   \__ page faults ______/
//                                                    |
//                                                    v    pager, in root's space
#include "pingpong.h"

#include <l4/ipc.h>
#include <l4/message.h>
#include <l4/thread.h>
#include <l4io.h>
#include <user/threads.h>

static struct stack stacks[PONG + 1];

// The pager starts a thread: it is its first message.
static void
start(L4_Word_t n, void (*run)(void))
{
        const L4_Word_t words[START_WORDS] = {
                thread_id(n).raw,
                (L4_Word_t)(uintptr_t)run,
                stack_top(&stacks[n]),
        };
        L4_Msg_t m;

        L4_MsgPut(&m, 0, START_WORDS, words, 0, 0);
        L4_MsgLoad(&m);
        if (L4_IpcFailed(L4_Send(thread_id(PAGER))))
                printf("The pager does not listen: 0x%x.\n", L4_ErrorCode());
}

static bool
make(bool apart)
{
        L4_ThreadId_t pager = thread_id(PAGER);

        return thread_in_new_space(PING, OTHER_KIP, pager) &&
               (apart ? thread_in_new_space(PONG, OTHER_KIP, pager)
                      : thread_beside(PONG, PING, pager));
}

// Lets them play, in two spaces or in one.
static void
play(bool apart, L4_Msg_t *found)
{
        L4_MsgTag_t tag;

        L4_MsgClear(found);
        if (!make(apart)) {
                complain("Ping and pong");
                return;
        }
        start(PONG, pong);
        start(PING, ping);
        tag = L4_Receive(thread_id(PING));
        if (L4_IpcFailed(tag))
                printf("Ping does not answer: 0x%x.\n", L4_ErrorCode());
        else
                L4_MsgStore(tag, found);
        thread_end(PING);
        thread_end(PONG);
}

int
main(void)
{
        static L4_Msg_t between, within;

        if (!thread_here(PAGER))
                complain("The pager");
        thread_start(thread_id(PAGER), serve_faults, &stacks[PAGER]);
        play(true, &between);
        play(false, &within);

        printf("Ticks of the time stamp counter that a message takes, one way\n\n");
        printf("   words   between spaces   within a space\n");
        for (L4_Word_t size = 0; size < SIZES; size++)
                printf("   %5u   %14u   %14u\n", size * SIZE_STEP,
                       L4_MsgWord(&between, size), L4_MsgWord(&within, size));
        return 0;
}
