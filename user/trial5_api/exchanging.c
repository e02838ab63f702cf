// SPDX-License-Identifier: MIT
// Trials: ExchangeRegisters of threads that exchange no messages.
#include <h4/answers.h>
#include <h4/trial.h>
#include <l4/kip.h>

#define me L4_Myself()
#define none L4_nilthread
#define one thread_id(1)

#define ARITHMETIC 0x8D5u // CF PF AF ZF SF OF

static struct stack stacks[2];
static volatile L4_Word_t count, went;

static void
count_and_yield(void)
{
        for (;;) {
                count++;
                L4_ThreadSwitch(none);
        }
}

static void
go_elsewhere(void)
{
        went++;
        for (;;)
                L4_ThreadSwitch(none);
}

// Makes the first thread, which counts when others may run: this one's priority is
// the same then.
static void
begin(void)
{
        expect_that(thread_here(1), "a thread is made");
        L4_Set_Priority(me, 100);
}

static void
others_run(void)
{
        L4_ThreadSwitch(none);
        L4_ThreadSwitch(none);
}

static void
refused(L4_ThreadId_t thread, const char *who)
{
        struct exchanged all = { 0x1FF, 1, 2, 3, 4, 5 };

        __L4_TCR_Set_ErrorCode(UNTOUCHED);
        expect_word(0, exchange_all(thread, &all), who);
        expect_word(L4_ErrInvalidThread, L4_ErrorCode(), who);
        expect_word(0, all.control, "ECX after an error");
        expect_word(0, all.sp, "EDX after an error");
        expect_word(0, all.ip, "ESI after an error");
        expect_word(0, all.flags, "EDI after an error");
        expect_word(0, all.handle, "EBX after an error");
        expect_word(0, all.pager, "EBP after an error");
}

TRIAL(exchange_registers_wants_a_thread)
{
        refused(none, "nil");
        refused(L4_anythread, "any");
        refused(L4_anylocalthread, "any of the space");
        refused(thread_id(3), "nobody");
        refused(L4_GlobalId(50, 2), "another version");
        refused(L4_GlobalId(5, 1), "an interrupt line");
        refused((L4_ThreadId_t){ .raw = utcb_here(3) + 0x100 },
                "a local ID of nobody");
        refused((L4_ThreadId_t){ .raw = utcb_here(0) + 0x140 },
                "within a UTCB");
        expect_word(0, thread_control(one, me, me, none, utcb_here(1)),
                    "an inactive thread");
        refused(one, "an inactive thread");
        expect_word(0, thread_control(one, me, none, me, SAME), "activated");
        __L4_TCR_Set_ErrorCode(UNTOUCHED);
        expect_that(L4_LocalIdOf(one).raw != 0, "an active thread");
        expect_word(UNTOUCHED, L4_ErrorCode(), "the error code stays");
}

TRIAL(exchange_registers_tells_the_other_id)
{
        begin();
        L4_ThreadId_t local = { .raw = utcb_here(1) + 0x100 };
        struct exchanged all = { 0 };
        expect_word(local.raw, exchange_all(one, &all), "local of global");
        expect_word(one.raw, exchange_all(local, &all), "global of local");
        all.control = 0;
        expect_word(L4_MyLocalId().raw, exchange_all(me, &all), "my local one");
        expect_word(0, all.control, "I am not halted, and do not wait");
        all.control = 0;
        expect_word(me.raw, exchange_all(L4_MyLocalId(), &all),
                    "my global one");
        expect_that(thread_in_new_space(2, OTHER_KIP, me), "another space");
        expect_word(utcb_there(0) + 0x100, exchange_all(thread_id(2), &all),
                    "local of global, in another space whose pager I am");
}

TRIAL(exchange_registers_tells_and_sets)
{
        begin();
        struct exchanged all = { 0xFE00 | 0xF8, 0x1000, 0x2000,
                                 SAME,          0x3000, thread_id(7).raw };
        L4_Word_t flags = exchange_control(one, 0).flags;
        expect_that(exchange_all(one, &all) != 0, "all are set");
        expect_word(2, all.control, "what it did: it waited for its start");
        expect_word(0, all.sp, "SP before");
        expect_word(0, all.ip, "IP before");
        expect_word(0, all.handle, "handle before");
        expect_word(me.raw, all.pager, "pager before");
        all = (struct exchanged){ 0xFFFFFE00, 1, 2, 3, 4, 5 };
        expect_that(exchange_all(one, &all) != 0, "nothing is set");
        expect_word(0x1000, all.sp, "SP");
        expect_word(0x2000, all.ip, "IP");
        expect_word(0x3000, all.handle, "handle");
        expect_word(thread_id(7).raw, all.pager, "pager");
        expect_word(flags | ARITHMETIC, all.flags, "of the flags only these");
        all = exchange_control(one, 0x20);
        all = exchange_control(one, 0);
        expect_word(flags & ~ARITHMETIC, all.flags, "flags of all zeros");
        expect_word(0x1000, all.sp, "SP stays");
        expect_word(0x2000, all.ip, "IP stays");
        expect_word(0x3000, all.handle, "handle stays");
        const L4_Word_t *utcb = (L4_Word_t *)(uintptr_t)(utcb_here(1) + 0x100);
        expect_word(0x3000, utcb[-13], "the handle in the UTCB");
        expect_word(thread_id(7).raw, utcb[-12], "the pager in the UTCB");
}

// Each bit of the control stands for its argument alone.
TRIAL(exchange_registers_sets_one_by_one)
{
        begin();
        for (L4_Word_t bit = 3; bit < 8; bit++) {
                struct exchanged before = exchange_control(one, 0);
                struct exchanged all = {
                        1u << bit,     16 * bit, 32 * bit,
                        ~before.flags, 64 * bit, 128 * bit,
                };
                exchange_all(one, &all);
                struct exchanged now = exchange_control(one, 0);
                expect_word(bit == 3, now.sp != before.sp, "SP");
                expect_word(bit == 4, now.ip != before.ip, "IP");
                expect_word(bit == 5, now.flags != before.flags, "flags");
                expect_word(bit == 6, now.handle != before.handle, "handle");
                expect_word(bit == 7, now.pager != before.pager, "pager");
                expect_word(2, now.control, "it waits as before");
        }
}

TRIAL(a_thread_is_halted_and_let_go)
{
        begin();
        thread_start(one, count_and_yield, &stacks[0]);
        others_run();
        expect_that(count > 0, "it counts");
        expect_word(3, state_of(one), "it is ready");
        expect_word(0, exchange_control(one, 0x101).control, "it is halted");
        L4_Word_t before = count;
        others_run();
        expect_word(before, count, "it does not count");
        expect_word(2, state_of(one), "its state");
        expect_word(1, exchange_control(one, 0x101).control, "halted again");
        expect_word(1, exchange_control(one, 0x001).control,
                    "the value is not set without bit 8");
        expect_word(1, exchange_control(one, 0x000).control, "nor cleared");
        others_run();
        expect_word(before, count, "it does not count");
        expect_word(1, exchange_control(one, 0x100).control, "it may go on");
        others_run();
        expect_that(count > before, "it counts again");
        expect_word(0, exchange_control(one, 0x100).control,
                    "it may go on, as it does");
}

static L4_Word_t own_answer;
static struct exchanged own = { .control = 0x101 };

static void
halt_myself(void)
{
        own_answer = exchange_all(L4_MyLocalId(), &own);
        went++;
        for (;;)
                L4_ThreadSwitch(none);
}

// Who halts itself gets the answer when it goes on.
TRIAL(a_thread_halts_itself)
{
        begin();
        thread_start(one, halt_myself, &stacks[0]);
        others_run();
        expect_word(0, went, "it is halted");
        expect_word(1, exchange_control(one, 0x100).control, "it is let go");
        others_run();
        expect_word(1, went, "it goes on");
        expect_word(one.raw, own_answer, "EAX");
        expect_word(0, own.control, "ECX: it was not halted");
        expect_word(me.raw, own.pager, "EBP");
}

TRIAL(a_running_thread_is_sent_elsewhere)
{
        begin();
        thread_start(one, count_and_yield, &stacks[0]);
        others_run();
        struct exchanged all = {
                .control = 0x18,
                .sp = stack_top(&stacks[1]),
                .ip = (L4_Word_t)(uintptr_t)go_elsewhere,
        };
        exchange_all(one, &all);
        expect_that(all.sp > (L4_Word_t)(uintptr_t)&stacks[0] &&
                            all.sp <= (L4_Word_t)(uintptr_t)&stacks[1],
                    "SP before: in its stack");
        L4_Word_t before = count;
        others_run();
        expect_word(before, count, "it does not count");
        expect_word(1, went, "it is elsewhere");
        struct exchanged now = exchange_control(one, 0);
        expect_that(now.sp > (L4_Word_t)(uintptr_t)&stacks[1],
                    "SP: in the other stack");
}

// A thread may move itself: it goes on there.
static void
come_here(void)
{
        went++;
        for (;;)
                trial_report(TRIAL_DONE, 0, 0, 0, 0, 0);
}

TRIAL(a_thread_sends_itself_elsewhere)
{
        struct exchanged all = {
                .control = 0x18,
                .sp = stack_top(&stacks[1]),
                .ip = (L4_Word_t)(uintptr_t)come_here,
        };

        exchange_all(me, &all);
        expect_that(false, "this is not where it goes on");
}
