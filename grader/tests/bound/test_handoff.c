// SPDX-License-Identifier: MIT
// Words handed from one context to another.
#include "messages.h"

// --- What arrives ------------------------------------------------------------

static uint32_t count, from, tag;
static uint32_t receiver_had[H_REGISTERS], sender_had[H_REGISTERS];

// The receiver of the last message calls again: it is `told`.
static void
expect_message(void)
{
        const enum user sender = other_one();

        expect_hex(from, told.eax, "message of %u words: EAX", count);
        expect_hex(tag, told.esi, "message of %u words: ESI", count);
        expect_hex(receiver_had[H_EDI] + 1, told.edi,
                   "message of %u words: EDI, which the program counts", count);
        expect_hex(receiver_had[H_ESP], reg(told.who, H_ESP),
                   "message of %u words: ESP", count);
        for (unsigned i = 0; i < H_REGISTERS; i++)
                expect_hex(sender_had[i], reg(sender, i),
                           "message of %u words: the sender's register %u",
                           count, i);
        expect_bool(true, (users_slot(sender)->flags & CONTEXT_CALL) != 0,
                    "message of %u words: its sender is inside its call",
                    count);
        expect_buffers("behind a message");
}

static void
send_messages(void)
{
        const enum user receiver = other_one();
        const unsigned to = told.who == USER_A ? 2 : 1;

        expect_call(told.who, "programs that send messages");
        if (told_times == 1)
                run(USER_B);
        if (told_times > 2)
                expect_message();
        count = told_times - 2;
        if (count > ROOM) {
                expect_h(H_OFFSET,
                         h_handoff(users_context(receiver), count, 1, 2),
                         "h_handoff of a word more than there is");
                expect_buffers("h_handoff of a word more than there is");
                over();
        }

        fill_buffers();
        keep_buffers();
        for (uint32_t i = 0; i < count; i++)
                copies[to][FIRST + i] = buffer_words(3 - to)[FIRST + i];
        from = random_word();
        tag = random_word();
        memcpy(sender_had, users_slot(told.who)->registers, sizeof(sender_had));
        memcpy(receiver_had, users_slot(receiver)->registers,
               sizeof(receiver_had));
        handoff(receiver, count, from, tag);
}

TEST(words_arrive)
{
        static const struct user_code *const codes[] = { &calls_sysenter,
                                                         &calls_int };

        for (unsigned i = 0; i < 4; i++) {
                two_callers(codes[i & 1], codes[i >> 1]);
                run_bound(USER_A, send_messages);
        }
}

// Of INT nothing else is lost either: registers and flags.
static void
compare_registers(void)
{
        expect_call(told.who, "programs that call by INT 0x80");
        if (told_times == 1)
                run(USER_B);
        if (told_times > 2) {
                expect_hex(receiver_had[H_ECX], told.ecx, "ECX");
                expect_hex(receiver_had[H_EDX], told.edx, "EDX");
                expect_hex(receiver_had[H_EBX], told.ebx, "EBX");
                expect_hex(receiver_had[H_EBP], told.ebp, "EBP");
        }
        if (told_times == 12)
                over();
        memcpy(receiver_had, users_slot(other_one())->registers,
               sizeof(receiver_had));
        handoff(other_one(), 3, 1, 2);
}

TEST(a_message_changes_two_registers)
{
        two_callers(&calls_int, &calls_int);
        run_bound(USER_A, compare_registers);
}

// The words go one after the other, from the first on: behind each other where
// the receiver's buffer begins a word later.
static void
send_into_oneself(void)
{
        expect_call(told.who, "buffers that overlap");
        if (told_times == 1)
                run(USER_B);
        if (told_times == 3) {
                expect_buffers("buffers that overlap");
                over();
        }
        keep_buffers();
        // From B's word i to A's, which is one further.
        for (uint32_t i = 0; i < 20; i++)
                copies[1][11 + i] = copies[1][10];
        handoff(USER_A, 20, 1, 2);
}

TEST(words_may_overlap)
{
        static const struct user_code *const codes[] = { &calls_sysenter,
                                                         &calls_int };

        for (unsigned i = 0; i < 2; i++) {
                two_callers(codes[i], codes[i]);
                bind(USER_A, SPACE_1, 1, 11);
                bind(USER_B, SPACE_2, 1, 10);
                run_bound(USER_A, send_into_oneself);
        }
}
