// SPDX-License-Identifier: MIT
// Trials: messages with items that say where a thread begins.
#include "act.h"

#include <l4/kip.h>

#define TRIES 1000u
#define PAIRS 30u // of words: an item is two

static struct stack stack, starters;
static volatile L4_Word_t begun;
static volatile L4_Word_t first_error, second_error;

static void
begin(void)
{
        begun++;
        L4_Sleep(L4_Never);
}

static L4_MsgTag_t
send_start(L4_Word_t pairs)
{
        L4_Word_t *mr = __L4_X86_Utcb();

        mr[1] = (L4_Word_t)(uintptr_t)begin;
        mr[2] = stack_top(&stack);
        for (L4_Word_t i = 0; i < 2 * pairs; i += 2) {
                mr[3 + i] = 8;
                mr[4 + i] = 0;
        }
        L4_LoadMR(0, 2 * pairs << 6 | 2);
        return L4_Send_Timeout(three, L4_TimePeriod(20000));
}

// As many items as there is room for: of nothing, as nothing may be mapped there. Again and
// again, at other times of the timer's period, for a new thread each time; until one is
// moved in the middle.
static void
start_again_and_again(void)
{
        L4_MsgTag_t tag;
        L4_Word_t count = 0;

        do {
                thread_end(3);
                for (volatile L4_Word_t i = 0; i < count * 37 % 1000; i++)
                        ;
                count++;
                expect_that(thread_here(3), "a thread is made");
                tag = send_start(PAIRS);
        } while (L4_IpcSucceeded(tag));
        first_error = L4_ErrorCode();
        begun = 0;
        second_error = L4_IpcSucceeded(send_start(0)) ? 0 : L4_ErrorCode();
}

TRIAL(a_thread_is_moved_while_it_is_told_where_to_begin)
{
        L4_ThreadId_t sigma0 = L4_GlobalId(L4_ThreadIdUserBase(0), 1);

        make_here(1);
        (void)*(const volatile unsigned char *)(uintptr_t)begin;
        second_error = UNWRITTEN;
        thread_start(one, start_again_and_again, &starters);
        for (L4_Word_t i = 0; i < TRIES && state_of(three) != 7; i++)
                sleep(1000);
        expect_word(7, state_of(three), "the message is arriving");
        expect_word(0, thread_control(three, sigma0, none, none, SAME),
                    "its UTCB is free in sigma0's space");
        sleep(50000);
        expect_word(SENDING(ABORTED, 0), first_error, "it is broken off");
        expect_word(0, second_error, "another one arrives");
        expect_word(1, begun, "the thread begins");
        thread_end(3);
}
