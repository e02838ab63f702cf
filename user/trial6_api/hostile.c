// SPDX-License-Identifier: MIT
// Trials: what no program does that means well.
#include <h4/act.h>

#include <l4/kip.h>

// SYSENTER from the program itself, with its own place to go on, is an Ipc too; and
// EDI is taken for nothing.
static struct registers
enter(struct registers in)
{
        struct registers out;

        __asm__ volatile("pushl %%ebp\n\t"
                         "movl %%esp, %%ebp\n\t"
                         "movl $1f, %%ebx\n\t"
                         "sysenter\n"
                         "1:\n\t"
                         "popl %%ebp"
                         : "=a"(out.eax), "=S"(out.esi), "=D"(out.edi),
                           "=b"(out.ebx), "=c"(out.ecx), "=d"(out.edx)
                         : "a"(in.eax), "S"(in.esi), "D"(in.edi), "c"(in.ecx),
                           "d"(in.edx)
                         : "memory", "cc");
        return out;
}

TRIAL(sysenter_from_anywhere)
{
        struct act *receives = receive(1, L4_anythread);

        begin_here(1);
        settle();
        L4_LoadMR(0, 0x1111);
        L4_LoadMR(1, 0x2222);
        struct registers out = enter((struct registers){
                .eax = one.raw, .esi = TAG(5, 1), .edi = 0xFFFFFFFF });
        expect_word(0, out.eax, "EAX");
        expect_word(TAG(5, 1), out.esi, "ESI");
        expect_word(0xFFFFFFFF, out.edi, "EDI stays");
        settle();
        expect_word(TAG(5, 1), receives->result.raw, "the message");
        expect_word(0x2222, receives->mr[1], "its word, of the UTCB");
}

TRIAL(sysenter_with_any_edi)
{
        static const L4_Word_t places[] = {
                0, 1, 0x1000, 0xBFFFFFFF, 0xC0000000, 0xFFFFFFFC
        };

        for (L4_Word_t i = 0; i < sizeof(places) / 4; i++) {
                struct registers out = enter((struct registers){
                        .edx = me.raw, .ecx = AT_ONCE, .edi = places[i] });
                expect_word(FAILED, out.esi, "the tag");
                expect_word(places[i], out.edi, "EDI stays");
                expect_word(RECEIVING(TIMEOUT), L4_ErrorCode(),
                            "the error, in the UTCB");
        }
}

// Where it wants to go on is no place: that is a fault of its own.
static void
enter_to_nowhere(void)
{
        L4_Set_Pager(two);
        __asm__ volatile("movl $0xC0000000, %%ebx\n\t"
                         "movl $0xFFFFFFF0, %%ebp\n\t"
                         "sysenter"
                         :
                         : "a"(0), "d"(0)
                         : "memory", "cc", "ebx", "esi", "edi", "ecx");
}

TRIAL(sysenter_to_nowhere)
{
        struct act *handles = receive(2, L4_anythread);

        act(1, none, none, 0)->before = enter_to_nowhere;
        make_here(1);
        begin_here(2);
        launch(1);
        settle();
        expect_word(TAG(0xFFE4, 2), handles->result.raw, "a page fault");
        expect_word(0xC0000000, handles->mr[1], "where it wanted to go on");
}

// A program may write anything to its UTCB: the kernel relies on none of it.
TRIAL(a_utcb_full_of_nonsense)
{
        struct act *receives = receive(1, L4_anythread);
        struct act *calls = act(2, me, me, NEVER);
        volatile L4_Word_t *utcb = (L4_Word_t *)(uintptr_t)utcb_here(1);

        calls->tag = TAG(1, 1);
        begin_here(1);
        begin_here(2);
        settle();
        L4_Word_t local = utcb[0], kip = utcb[1];
        for (L4_Word_t i = 0; i < 64; i++)
                utcb[i] = 0xFFFFFFFF - i;
        struct act *sends = send(0, one, TAG(3, 3));
        perform(sends);
        expect_sent(sends, "to one whose UTCB is nonsense");
        expect_word(local, L4_LocalIdOf(one).raw, "its local ID");
        L4_ThreadId_t by_local = { .raw = local };
        expect_word(one.raw, L4_GlobalIdOf(by_local).raw, "its global ID");
        utcb[0] = local;
        utcb[1] = kip;
        settle();
        expect_word(TAG(3, 3), receives->result.raw, "it has arrived");
        // The same of one that sends.
        utcb = (L4_Word_t *)(uintptr_t)utcb_here(2);
        utcb[64 - 15] = 0x000D0002;
        struct act *gets = act(0, none, two, NEVER);
        perform(gets);
        expect_message(gets, (L4_ThreadId_t){ .raw = utcb_here(2) + 0x100 },
                       TAG(1, 1), calls->first, "from whom it is in truth");
}

// Pagers and handlers that are no IDs.
static L4_Word_t bad_word;

static void
fault_to_bad_word(void)
{
        L4_Set_Pager((L4_ThreadId_t){ .raw = bad_word });
        *(volatile L4_Word_t *)0xE0000000 = 1;
}

static void
divide_to_bad_word(void)
{
        L4_Set_ExceptionHandler((L4_ThreadId_t){ .raw = bad_word });
        __asm__ volatile("xorl %%ecx, %%ecx\n\txorl %%edx, %%edx\n\tdivl %%ecx"
                         :
                         :
                         : "eax", "ecx", "edx", "cc");
}

TRIAL(pagers_and_handlers_that_are_no_ids)
{
        static const L4_Word_t bad[] = { 0xFFFFFFFF,  0xFFFFFFC0, 0x40,
                                         0x000D0003,  0x80000001, 0xBF001300,
                                         16 << 14 | 1 };

        act(1, none, none, 0)->before = fault_to_bad_word;
        act(2, none, none, 0)->before = divide_to_bad_word;
        for (L4_Word_t i = 0; i < sizeof(bad) / 4; i++) {
                bad_word = bad[i];
                begin_here(1);
                begin_here(2);
                settle();
                expect_word(2, state_of(one), "halted at its page fault");
                expect_word(2, state_of(two), "halted at its exception");
                thread_end(1);
                thread_end(2);
        }
        end_all();
        look(1);
}

// An interrupt line is a thread, but none that would answer.
TRIAL(a_pager_that_is_an_interrupt_line)
{
        act(1, none, none, 0)->before = fault_to_bad_word;
        act(2, none, none, 0)->before = divide_to_bad_word;
        bad_word = L4_GlobalId(5, 1).raw;
        begin_here(1);
        begin_here(2);
        settle();
        expect_that(state_of(one) == 2 || state_of(one) == 4,
                    "halted, or waiting for it");
        end_all();
        look(1);
}

// Two faults that wait for each other: none is a message to a program.
static void
fault_to_two(void)
{
        bad_word = two.raw;
        fault_to_bad_word();
}

static void
fault_to_one(void)
{
        bad_word = one.raw;
        fault_to_bad_word();
}

// The second thread is told of the first one's fault, and has one itself then.
TRIAL(a_fault_does_not_answer_a_fault)
{
        act(1, none, none, 0)->before = fault_to_two;
        struct act *handles = receive(2, L4_anythread);
        act(2, none, none, 0)->before = fault_to_one;
        make_here(1);
        begin_here(2);
        settle();
        launch(1);
        settle();
        expect_that(handles->over, "it is told of the fault");
        expect_word(6, state_of(one), "who waits for the answer");
        expect_word(4, state_of(two), "and that with a fault of its own");
        thread_end(2);
        expect_word(2, state_of(one), "no answer: it is halted");
        end_all();
        look(1);
}

TRIAL(two_faults_do_not_answer_each_other)
{
        act(1, none, none, 0)->before = fault_to_two;
        act(2, none, none, 0)->before = fault_to_one;
        make_here(1);
        make_here(2);
        launch(1);
        launch(2);
        settle();
        expect_word(4, state_of(one), "it waits for the other one");
        expect_word(4, state_of(two), "and that for the first");
        thread_end(1);
        expect_word(2, state_of(two), "which is halted now");
        end_all();
        look(1);
}

// --- At random ---------------------------------------------------------------------------

static L4_Word_t seed;

static L4_Word_t
random_word(void)
{
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        return seed;
}

static L4_Word_t
some_id(void)
{
        static const L4_Word_t words[] = { 0, 0xFFFFFFFF, 0xFFFFFFC0, 0x40 };
        L4_Word_t n = random_word() % 12;

        if (n < 8)
                return thread_id(n).raw;
        if (n < 10)
                return utcb_here(random_word() % 8) + 0x100;
        return n == 10 ? words[random_word() % 4] : random_word();
}

// Threads that send and receive whatever comes to mind.
static volatile L4_Word_t calls_left = 400; // in all

static void
call_at_random(void)
{
        while (calls_left > 0) {
                L4_Word_t timeouts = random_word() % 4 == 0
                                             ? random_word() & 0x0FFF0FFF
                                             : 0x0BE80BE8;
                calls_left--;
                L4_Set_VirtualSender((L4_ThreadId_t){ .raw = some_id() });
                L4_LoadMR(0, random_word() & 0xFFFF3FFF);
                L4_Ipc((L4_ThreadId_t){ .raw = some_id() },
                       (L4_ThreadId_t){ .raw = some_id() }, timeouts, 0);
        }
}

TRIAL(messages_at_random)
{
        seed = trial_given(0) | 1;
        for (L4_Word_t n = 1; n < 8; n++) {
                act(n, none, none, 0)->before = call_at_random;
                make_here(n);
        }
        for (L4_Word_t n = 1; n < 8; n++)
                launch(n);
        for (L4_Word_t i = 0; i < 60; i++) {
                L4_Word_t n = 1 + random_word() % 7;
                sleep(1000);
                if (i % 3 == 0)
                        exchange_control(thread_id(n), 6);
                if (i % 10 == 0) {
                        thread_end(n);
                        begin_here(n);
                }
                if (i % 4 == 0)
                        L4_Ipc((L4_ThreadId_t){ .raw = some_id() }, none,
                               AT_ONCE, 0);
        }
        note(calls_left, 0, 0, 0, 0);
        end_all();
        look(1);
}
