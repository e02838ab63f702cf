// SPDX-License-Identifier: MIT
// Trials: what a message carries, and what is in the registers afterwards.
#include <h4/act.h>

// Each number of words: exactly these, and no other register.
static volatile L4_Word_t how_many;
static struct act got;

static void
receive_all(void)
{
        for (;;) {
                struct act next = {
                        .from_whom = L4_anythread,
                        .first = 0xEEEE0000,
                };
                perform(&next);
                got = next;
        }
}

static struct stack receiver_stack;

TRIAL(each_number_of_words_arrives)
{
        struct act sends = { .to = one };

        expect_that(thread_here(1), "a thread is made");
        thread_start(one, receive_all, &receiver_stack);
        settle();
        for (how_many = 0; how_many <= 63; how_many++) {
                sends.tag = TAG(0x7000 + how_many, how_many);
                sends.first = how_many << 8;
                sends.over = 0;
                perform(&sends);
                expect_sent(&sends, "the sender");
                sleep(1000);
                expect_message(&got, L4_MyLocalId(), sends.tag, sends.first,
                               "the receiver");
        }
}

// The same between two spaces: the receiver has waited, or comes later.
TRIAL(words_arrive_in_another_space)
{
        struct act *first = receive(1, L4_anythread);
        struct act *second = receive(1, L4_anythread);
        struct act *sends = send(0, one, TAG(0x1234, 63));
        struct act *again = send(2, one, TAG(0x4321, 37));

        begin_there(1);
        settle();
        perform(sends);
        begin_there(2);
        settle();
        expect_sent(sends, "the first sender");
        expect_message(first, me, sends->tag, sends->first, "first message");
        expect_sent(again, "the second sender");
        expect_message(second, two, again->tag, again->first, "second message");
}

TRIAL(the_sender_may_come_first)
{
        struct act *sends = send(1, two, TAG(0xABCD, 5));
        struct act *receives = receive(2, one);

        make_here(2);
        begin_here(1);
        settle();
        expect_waiting(sends, "nobody receives yet");
        expect_word(4, state_of(one), "Schedule: it waits to send");
        launch(2);
        settle();
        expect_sent(sends, "it is received");
        expect_message(receives, local(1), sends->tag, sends->first,
                       "the message");
}

TRIAL(calls_are_answered)
{
        struct act *calls = act(1, two, two, NEVER);
        struct act *waits = act(2, none, L4_anythread, NEVER);
        struct act *answers = act(2, one, L4_anythread, NEVER);

        calls->tag = TAG(7, 2);
        answers->tag = TAG(8, 62);
        begin_here(1);
        begin_here(2);
        settle();
        expect_message(waits, local(1), calls->tag, calls->first, "the call");
        expect_message(calls, local(2), answers->tag, answers->first,
                       "the answer");
        expect_waiting(answers, "the next one is waited for");
        expect_word(6, state_of(two), "Schedule: it waits to receive");
}

TRIAL(nobody_and_nobody)
{
        struct act *nothing = act(0, none, none, 0x12345678);

        nothing->tag = TAG(0x7FFF, 63);
        perform(nothing);
        expect_word(0, nothing->result.raw, "MR0, in ESI");
        expect_word(0, nothing->mr[0], "MR0, in memory");
        expect_word(0, nothing->from.raw, "EAX");
        expect_word(UNWRITTEN, nothing->error, "the error code stays");
        expect_word(nothing->first + 63, nothing->mr[63], "MR63 stays");
}

// Of the sender's flags only "propagated" is looked at; without a virtual sender it
// does not hold.
TRIAL(flags_of_the_sender_are_cleared)
{
        struct act *receives = receive(1, L4_anythread);
        struct act *again = receive(1, L4_anythread);
        struct act *sends = send(0, one, TAG(5, 1) | 0xE000);
        struct act *propagates = send(2, one, TAG(6, 1) | 0xF000);

        begin_here(1);
        settle();
        perform(sends);
        expect_sent(sends, "with three flags");
        begin_here(2);
        settle();
        expect_message(receives, L4_MyLocalId(), TAG(5, 1), sends->first,
                       "redirected, between processors, error");
        expect_sent(propagates, "with all flags");
        expect_message(again, local(2), TAG(6, 1), propagates->first,
                       "propagated for nobody");
        expect_word(UNWRITTEN, receives->intended, "the intended receiver");
}

TRIAL(too_many_words_are_an_error_of_both)
{
        static const L4_Word_t bad[] = {
                63 | 1 << 6,
                1 | 63 << 6,
                63 | 63 << 6,
                32 | 32 << 6,
        };

        struct act *receives[4];

        for (L4_Word_t i = 0; i < 4; i++)
                receives[i] = receive(1, L4_anythread);
        for (L4_Word_t i = 0; i < 4; i++) {
                struct act *sends = send(0, one, bad[i] | 0x770000);
                if (i == 0)
                        begin_here(1);
                settle();
                perform(sends);
                expect_failed(sends, SENDING(OVERFLOW), "the sender");
                settle();
                expect_failed(receives[i], RECEIVING(OVERFLOW), "the receiver");
        }
}

// Also where the sender has waited.
TRIAL(too_many_words_of_one_who_waits)
{
        struct act *sends = send(1, two, 60 | 60 << 6);
        struct act *calls = act(2, none, one, NEVER);

        make_here(2);
        begin_here(1);
        settle();
        launch(2);
        settle();
        expect_failed(sends, SENDING(OVERFLOW), "the sender");
        expect_failed(calls, RECEIVING(OVERFLOW), "the receiver");
}

// There are no typed items before lab 7: words of them do not come.
TRIAL(typed_words_are_dropped)
{
        struct act *receives = receive(1, L4_anythread);
        struct act *sends = send(0, one, TAG(9, 3) | 60 << 6);

        begin_here(1);
        settle();
        perform(sends);
        settle();
        if (has_sigma0()) {
                expect_word(SENDING(OVERFLOW), sends->error, "strings: one");
                expect_word(RECEIVING(OVERFLOW), receives->error,
                            "that wants none");
                return;
        }
        expect_message(receives, L4_MyLocalId(), TAG(9, 3), sends->first,
                       "three words");
}

// --- Registers -------------------------------------------------------------------------

// Ipc by all registers: what is told in them and in memory.
static struct registers
ipc(L4_Word_t to, L4_Word_t from, L4_Word_t timeouts, L4_Word_t tag)
{
        L4_Word_t *mr = __L4_X86_Utcb();
        struct registers all = {
                .eax = to,
                .edx = from,
                .ecx = timeouts,
                .esi = tag,
                .edi = (L4_Word_t)(uintptr_t)mr,
                .ebx = 0x11111111,
                .ebp = 0x22222222,
        };

        mr[0] = 0x33333333;
        mr[1] = 0x44444444;
        mr[2] = 0x55555555;
        call_with(&all, __L4_KIP_IPC);
        expect_word((L4_Word_t)(uintptr_t)mr, all.edi, "EDI");
        expect_word(all.esi, mr[0], "ESI is MR0");
        expect_word(all.ebx, mr[1], "EBX is MR1");
        expect_word(all.ebp, mr[2], "EBP is MR2");
        return all;
}

TRIAL(registers_after_a_message)
{
        struct act *sends = send(1, me, TAG(0x600D, 2));

        begin_here(1);
        struct registers out = ipc(0, 0xFFFFFFFF, NEVER, TAG(1, 1));
        expect_word(local(1).raw, out.eax, "EAX: from whom");
        expect_word(sends->tag, out.esi, "ESI: the tag");
        expect_word(sends->first + 1, out.ebx, "EBX: MR1");
        expect_word(sends->first + 2, out.ebp, "EBP: MR2");
}

TRIAL(registers_after_an_error)
{
        struct registers out = ipc(0, 0xFFFFFFFF, AT_ONCE, TAG(1, 1));

        expect_word(0, out.eax, "EAX");
        expect_word(FAILED, out.esi, "ESI");
        expect_word(0x44444444, out.ebx, "EBX: MR1 as it was");
        expect_word(0x55555555, out.ebp, "EBP: MR2 as it was");
        expect_word(RECEIVING(TIMEOUT), L4_ErrorCode(), "the error");
        out = ipc(thread_id(7).raw, 0, NEVER, TAG(1, 1));
        expect_word(FAILED, out.esi, "ESI");
        expect_word(SENDING(NO_PARTNER), L4_ErrorCode(), "the error");
}

TRIAL(registers_after_sending)
{
        struct act *receives = receive(1, L4_anythread);

        begin_here(1);
        settle();
        struct registers out = ipc(one.raw, 0, NEVER, TAG(0x600D, 2) | 0x8000);
        expect_word(0, out.eax, "EAX");
        expect_word(TAG(0x600D, 2), out.esi, "ESI: the tag without the error");
        settle();
        expect_word(TAG(0x600D, 2), receives->result.raw, "its tag");
        expect_word(0x44444444, receives->mr[1], "MR1 is that in memory");
}

// Lipc is the same.
TRIAL(lipc_is_ipc)
{
        struct act *calls = act(1, me, me, NEVER);
        L4_ThreadId_t from;

        calls->tag = TAG(3, 3);
        begin_here(1);
        L4_MsgTag_t tag = L4_Lipc(none, L4_anylocalthread,
                                  L4_Timeouts(L4_Never, L4_Never), &from);
        expect_word(calls->tag, tag.raw, "the tag");
        expect_word(local(1).raw, from.raw, "from whom");
        L4_LoadMR(0, TAG(4, 63));
        tag = L4_Lipc(from, none, 0, &from);
        settle();
        expect_word(TAG(4, 63), tag.raw, "the tag of what was sent");
        expect_word(TAG(4, 63), calls->result.raw, "what the other one gets");
}
