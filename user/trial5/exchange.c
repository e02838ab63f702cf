// SPDX-License-Identifier: MIT
// Trials: ExchangeRegisters, beside those of threads.c.
#include "exchange.h"

#include <l4/kip.h>
#include <l4/schedule.h>
#include <user/threads.h>

#define HALT __L4_EXREGS_HALT
#define RECEIVE __L4_EXREGS_CANCEL_RECEIVE
#define SEND __L4_EXREGS_CANCEL_SEND
#define SET_HALT __L4_EXREGS_SET_HALT
#define HANDLE __L4_EXREGS_HANDLE
#define FLAGS 0x000008D5u
#define DIRECTION 0x00000400u

static struct stack stack;
static volatile L4_Word_t count;
volatile L4_Word_t found[8];

struct all
exchange(L4_ThreadId_t thread, L4_Word_t control,
         const L4_Word_t registers[REGISTERS])
{
        struct all out = { 0x55, 0x55, { 0x55, 0x55, 0x55, 0x55, 0x55 } };
        L4_ThreadId_t pager = { .raw = 0x55 };

        out.name = L4_ExchangeRegisters(
                           thread, control, registers[0], registers[1],
                           registers[2], registers[3],
                           (L4_ThreadId_t){ .raw = registers[4] }, &out.state,
                           &out.registers[0], &out.registers[1],
                           &out.registers[2], &out.registers[3], &pager)
                           .raw;
        out.registers[4] = pager.raw;
        return out;
}

const L4_Word_t junk[REGISTERS] = { 0x11111111, 0x22222222, 0x33333333,
                                    0x44444444, 0x55555555 };

struct all
told(L4_ThreadId_t thread)
{
        return exchange(thread, 0, junk);
}

static void
count_once(void)
{
        for (;;) {
                count++;
                L4_Stop(L4_Myself());
        }
}

static void
halt_with_a_handle(void)
{
        for (;;)
                exchange(L4_Myself(), SET_HALT | HALT | HANDLE, junk);
}

static void
count_for_ever(void)
{
        for (;;)
                count++;
}

static void
make(L4_Word_t n)
{
        expect_that(thread_here(n), "a thread is made");
        L4_Set_Priority(L4_Myself(), 120);
}

// The timer may end its turn.
void
let_run(void)
{
        for (int i = 0; i < 30; i++)
                L4_ThreadSwitch(thread_id(1));
}

TRIAL(exchange_tells_all)
{
        make(1);
        const L4_Word_t first[REGISTERS] = { 0x1000, 0x2000, FLAGS, 0x4000,
                                             thread_id(7).raw };
        struct all before = exchange(thread_id(1), 0xF8, first);
        struct all after = told(thread_id(1));

        expect_word(L4_Myself().raw, before.registers[4],
                    "the pager that it was made with");
        expect_word(0, before.registers[3], "its handle, which nobody has set");
        expect_word(2, after.state, "state of a thread that waits to begin");
        expect_word(0x1000, after.registers[0], "SP");
        expect_word(0x2000, after.registers[1], "IP");
        expect_word(0x4000, after.registers[3], "the user-defined handle");
        expect_word(thread_id(7).raw, after.registers[4], "the pager");

        L4_Word_t local = after.name;
        expect_that((local & 0x3F) == 0 && local != 0,
                    "a global ID is answered with a local one");
        expect_word(thread_id(1).raw,
                    told((L4_ThreadId_t){ .raw = local }).name,
                    "a local ID is answered with the global one");
        expect_word(L4_MyLocalId().raw, told(L4_Myself()).name,
                    "the own local ID");
}

TRIAL(exchange_changes_each)
{
        make(1);
        for (unsigned i = 0; i < REGISTERS; i++) {
                struct all before = told(thread_id(1));
                struct all at = exchange(thread_id(1), 8u << i, junk);
                struct all after = told(thread_id(1));
                for (unsigned j = 0; j < REGISTERS; j++) {
                        L4_Word_t due = j == i ? junk[j] : before.registers[j];
                        if (i == 2 && j == 2)
                                due = (before.registers[2] & ~FLAGS) |
                                      (junk[2] & FLAGS);
                        expect_word(before.registers[j], at.registers[j],
                                    "what is told as what was before");
                        expect_word(due, after.registers[j],
                                    "a register of which one bit said whether "
                                    "it is meant");
                }
                expect_word(2, after.state, "the state stays");
        }
}

static void
run_with_direction_flag(void)
{
        for (;;)
                __asm__ volatile("std; pause");
}

TRIAL(exchange_changes_six_flags)
{
        L4_Word_t all[REGISTERS] = { 0 };

        make(1);
        // A flag of its own, that is none of the six. The timer may end its turn.
        thread_start(thread_id(1), run_with_direction_flag, &stack);
        for (int i = 0; i < 100; i++)
                if ((told(thread_id(1)).registers[2] & DIRECTION) == 0)
                        L4_ThreadSwitch(thread_id(1));
        L4_Word_t before = told(thread_id(1)).registers[2];
        expect_that((before & DIRECTION) != 0,
                    "the thread has set its direction flag");
        for (unsigned bit = 0; bit < 32; bit++) {
                all[2] = 1u << bit;
                exchange(thread_id(1), 0x20, all);
                expect_word((before & ~FLAGS) | (all[2] & FLAGS),
                            told(thread_id(1)).registers[2],
                            "the flags, after one of them was set");
        }
        all[2] = 0xFFFFFFFF;
        exchange(thread_id(1), 0x20, all);
        expect_word(before | FLAGS, told(thread_id(1)).registers[2],
                    "the flags, after all of them were set");
        all[2] = 0;
        exchange(thread_id(1), 0x20, all);
        expect_word(before & ~FLAGS, told(thread_id(1)).registers[2],
                    "the flags, after all of them were taken away");
}

static void
expect_state(L4_Word_t due, L4_Word_t control, const char *text)
{
        exchange(thread_id(1), control, junk);
        expect_word(due, told(thread_id(1)).state, text);
}

TRIAL(exchange_halts)
{
        count = 0;
        make(1);
        expect_state(2, HALT, "state: bit 0 without bit 8 is not meant");
        expect_state(3, SET_HALT | HALT, "state: halted, and it waits");
        expect_state(3, 0, "state: it stays so");
        expect_state(2, SET_HALT, "state: not halted, and it waits");
        L4_Word_t place[REGISTERS] = { stack_top(&stack),
                                       (L4_Word_t)(uintptr_t)count_once };
        exchange(thread_id(1), SET_HALT | HALT | RECEIVE | 0x18, place);
        expect_word(1, told(thread_id(1)).state,
                    "state: it could begin, but it is halted");
        let_run();
        expect_word(0, count, "how often a halted thread has run");
        expect_state(0, SET_HALT, "state: it may run");
        let_run();
        expect_word(1, count, "how often it has run then");
        expect_word(1, told(thread_id(1)).state, "state: it has halted itself");
        exchange(thread_id(1), SET_HALT, junk);
        let_run();
        expect_word(2, count, "how often, after it went on");
        exchange(thread_id(1), SET_HALT | HALT, junk);
        exchange(thread_id(1), SET_HALT | HALT, junk);
        exchange(thread_id(1), SET_HALT, junk);
        let_run();
        expect_word(3, count, "how often, halted twice and let go on once");

        place[1] = (L4_Word_t)(uintptr_t)halt_with_a_handle;
        exchange(thread_id(1), SET_HALT | 0x18, place);
        let_run();
        expect_word(1, told(thread_id(1)).state,
                    "state: it has halted itself, with a handle for itself");
        expect_word(junk[3], told(thread_id(1)).registers[3],
                    "the handle that it has set as it halted itself");

        place[1] = (L4_Word_t)(uintptr_t)count_for_ever;
        L4_Set_Timeslice(thread_id(1), L4_Never, L4_TimePeriod(1000));
        exchange(thread_id(1), SET_HALT | 0x18, place);
        L4_Set_Priority(L4_Myself(), 50); // until its total quantum has ended
        expect_word(0, told(thread_id(1)).state,
                    "state: without time, and not halted");
        L4_Word_t before = count;
        exchange(thread_id(1), SET_HALT, junk);
        expect_word(before, count, "what it has counted: it has no time");
}

TRIAL(exchange_cancels_what_is_said)
{
        count = 0;
        make(1);
        L4_Word_t place[REGISTERS] = { stack_top(&stack),
                                       (L4_Word_t)(uintptr_t)count_once };
        exchange(thread_id(1), 0x18, place);
        expect_state(2, SEND, "state: it does not send");
        expect_state(2, SET_HALT, "state: nothing is cancelled");
        expect_state(0, RECEIVE, "state: it need not wait any more");
        expect_state(0, RECEIVE | SEND, "state: there is nothing to cancel");
        L4_Set_Timeslice(L4_Myself(), L4_Never, L4_Never);
        L4_Set_Priority(L4_Myself(), 100);
        expect_state(0, 0, "state: it may run");
        expect_word(0, count,
                    "how often it has run: who has called ExchangeRegisters "
                    "goes on, though it is the last of its ring");
        let_run();
        expect_word(1, count, "how often it has run");
        look(1); // the test lets it be as if it were sending
        expect_state(5, RECEIVE, "state: halted, and it does not receive");
        expect_state(1, SEND, "state: halted, and it need not send any more");
        look(2); // the same once more
        expect_state(1, SEND, "state: halted, and its message is broken off");
}

static void
look_at_oneself(void)
{
        L4_Word_t mine[REGISTERS] = { 0, 0, 0, 0x1234, thread_id(5).raw };
        struct all old = exchange(L4_Myself(), 0xC0, mine);

        found[0] = L4_UserDefinedHandle();
        found[1] = L4_Pager().raw;
        found[2] = old.registers[4];
        found[3] = old.name;
        found[4] = 1;
        old = exchange(L4_Myself(), SET_HALT | HALT, mine);
        found[5] = old.registers[3];
        found[6] = old.state;
        found[4] = 2;
        L4_Stop(L4_Myself());
}

TRIAL(exchange_of_oneself)
{
        make(1);
        for (int i = 0; i < 8; i++)
                found[i] = 0;
        thread_start(thread_id(1), look_at_oneself, &stack);
        let_run();
        expect_word(1, found[4], "the thread has halted itself");
        expect_word(0x1234, found[0], "its own handle");
        expect_word(thread_id(5).raw, found[1], "its own pager");
        expect_word(L4_Myself().raw, found[2], "the pager that was told");
        expect_word(L4_LocalIdOf(thread_id(1)).raw, found[3],
                    "the local ID that was told");
        exchange(thread_id(1), SET_HALT, junk);
        let_run();
        expect_word(2, found[4], "it has gone on");
        expect_word(0x1234, found[5],
                    "what it was told when somebody let it go on");
        expect_word(0, found[6], "the state that it was told");
}
