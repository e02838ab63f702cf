// SPDX-License-Identifier: MIT
// Trials: whom ExchangeRegisters is not for.
#include "exchange.h"

#include <l4/schedule.h>
#include <user/threads.h>

static struct stack stack;
static volatile L4_Word_t wanted; // the pager that the other thread is to have

static void
expect_refused(struct all out, const char *why)
{
        expect_word(0, out.name, why);
        expect_word(0, out.state, why);
        for (unsigned i = 0; i < REGISTERS; i++)
                expect_word(0, out.registers[i], why);
}

static void
refused(L4_ThreadId_t thread, const char *why)
{
        trying(why);
        __L4_TCR_Set_ErrorCode(0);
        expect_refused(exchange(thread, 0x1DE, junk), why);
        expect_word(L4_ErrInvalidThread, L4_ErrorCode(), why);
}

static void
exchange_from_another_space(void)
{
        struct all out = exchange(thread_id(0), 0xC0, junk);

        found[0] = out.name;
        found[1] = out.registers[1];
        found[2] = L4_ErrorCode();
        found[3] = exchange(L4_MyLocalId(), 0, junk).name;
        found[4] = 1;
        for (;;) {
                L4_Set_Pager((L4_ThreadId_t){ .raw = wanted });
                L4_ThreadSwitch(L4_nilthread);
        }
}

TRIAL(exchange_of_other_spaces)
{
        L4_ThreadId_t one = thread_id(1);
        L4_Word_t pager[REGISTERS] = { 0, 0, 0, 0, L4_MyLocalId().raw };

        expect_that(thread_in_new_space(1, OTHER_KIP, L4_Myself()),
                    "a thread in a space of its own");
        expect_word(L4_Myself().raw, told(one).registers[4],
                    "its pager, as its pager is told");
        exchange(one, 0x80, pager);
        expect_word(L4_Myself().raw, told(one).registers[4],
                    "a pager that was said by a local ID");
        for (int i = 0; i < 8; i++)
                found[i] = 0;
        wanted = L4_Myself().raw;
        thread_start(one, exchange_from_another_space, &stack);
        let_run();
        expect_word(1, found[4], "it has run");
        expect_word(0, found[0], "ExchangeRegisters of the first thread");
        expect_word(0, found[1], "IP of the first thread");
        expect_word(L4_ErrInvalidThread, found[2], "and why: the error code");
        expect_word(one.raw, found[3], "of itself, by its local ID");
        wanted = one.raw;
        let_run();
        refused(one, "a thread of another space, which is its own pager");
        wanted = L4_MyLocalId().raw;
        let_run();
        refused(one, "a thread of another space, whose pager is a local ID "
                     "that means somebody in the caller's space only");
        wanted = L4_Myself().raw;
        let_run();
        pager[4] = thread_id(6).raw;
        exchange(one, 0x80, pager);
        refused(one, "a thread of another space, whose pager is nobody");
}

TRIAL(exchange_of_nobody)
{
        L4_ThreadId_t me = L4_Myself();
        const L4_Word_t words[] = { 0,    0xFFFFFFFF, 0xFFFFFFC0,
                                    0x40, 1,          thread_id(7).raw };

        for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                refused((L4_ThreadId_t){ .raw = words[i] }, "nobody");
        refused(L4_GlobalId(5, 1), "an interrupt line");
        expect_that(L4_ThreadControl(thread_id(1), me, me, L4_nilthread,
                                     (void *)0) != 0,
                    "an inactive thread is made");
        refused(thread_id(1), "an inactive thread");
        expect_that(thread_here(2), "another one");
        L4_ThreadId_t local = L4_LocalIdOf(thread_id(2));
        local.raw += 0x40;
        refused(local, "a local ID that is one off");
        thread_end(2);
        refused(thread_id(2), "a thread that is no more");
}
