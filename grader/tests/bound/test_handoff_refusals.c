// SPDX-License-Identifier: MIT
// Messages that are refused, and that nothing has happened then.
#include "messages.h"

static struct context_slot slots[USERS_CONTEXTS];

// Nothing has happened.
static void
refuses(enum h_error error, enum user to, uint32_t words, const char *what)
{
        keep_buffers();
        for (unsigned i = 0; i < USERS_CONTEXTS; i++)
                slots[i] = *users_slot(i);
        refusing = what;
        expect_h(error, h_handoff(users_context(to), words, 1, 2), "%s", what);
        refusing = NULL;
        expect_buffers(what);
        for (unsigned i = 0; i < USERS_CONTEXTS; i++)
                if (!same_slot(&slots[i], users_slot(i)))
                        fail("%s: the context in slot %u has changed", what, i);
}

static void
refuse_messages(void)
{
        struct context_slot *c = users_slot(USER_C);

        expect_call(told.who, "programs whose messages are refused");
        if (told_times == 1) {
                refuses(H_NO_CALL, USER_B, 0,
                        "h_handoff to a context that has never run");
                run(USER_B);
        }
        if (told_times > 6)
                over();

        refuses(H_OFFSET, other_one(), ROOM + 1,
                "h_handoff of a word more than both have");
        refuses(H_OFFSET, other_one(), UINT32_MAX, "h_handoff of all words");
        refuses(H_OFFSET, other_one(), 0x40000001,
                "h_handoff of words whose bytes are 4");

        // One word less on either side.
        bind(USER_B, SPACE_2, 2, FIRST + 1);
        refuses(H_OFFSET, other_one(), ROOM,
                "h_handoff of a word more than one has");
        bind(USER_B, SPACE_2, NO_BUFFER, 0);
        refuses(H_OFFSET, other_one(), 1, "h_handoff with one buffer only");
        bind(USER_B, SPACE_2, 2, FIRST);

        for (unsigned buffer = 1; buffer <= 2; buffer++) {
                lose_buffer(buffer);
                refuses(H_BAD_HANDLE, other_one(), 1,
                        "h_handoff where a mapping is gone");
                refuses(H_BAD_HANDLE, other_one(), ROOM,
                        "h_handoff of all words where a mapping is gone");
                find_buffer_again(buffer);
        }
        enum user_space space = other_one() == USER_A ? SPACE_1 : SPACE_2;
        lose_space(space);
        refuses(H_BAD_HANDLE, other_one(), 1,
                "h_handoff where the address space is gone");
        find_space_again(space);

        refuses(H_NO_CALL, USER_C, 1, "h_handoff to a context without a call");
        c->flags = CONTEXT_CALL;
        refuses(H_NOT_BOUND, USER_C, 1, "h_handoff to what is not bound");
        c->flags = 0;
        expect_h(H_OK, h_unbind(users_context(told.who)), "h_unbind");
        refuses(H_NOT_BOUND, other_one(), 1,
                "h_handoff from what is not bound");
        if (told.who == USER_A)
                bind(USER_A, SPACE_1, 1, FIRST);
        else
                bind(USER_B, SPACE_2, 2, FIRST);
        handoff(other_one(), told_times % 2, 1, 2);
}

TEST(messages_are_refused)
{
        static const struct user_code *const codes[] = { &calls_sysenter,
                                                         &calls_int };

        for (unsigned i = 0; i < 4; i++) {
                two_callers(codes[i & 1], codes[i >> 1]);
                run_bound(USER_A, refuse_messages);
        }
}

// No words: that the mappings are gone does not matter.
static void
send_nothing(void)
{
        expect_call(told.who, "programs that send no words");
        if (told_times == 1)
                run(USER_B);
        if (told_times == 2) {
                lose_buffer(1);
                lose_buffer(2);
        }
        if (told_times == 8)
                over();
        handoff(other_one(), 0, 1, 2);
}

TEST(no_words_need_no_buffer)
{
        two_callers(&calls_sysenter, &calls_sysenter);
        run_bound(USER_A, send_nothing);
        two_callers(&calls_int, &calls_sysenter);
        run_bound(USER_A, send_nothing);
}

// A context that was left otherwise is not inside a call, even if it was
// before; nor is one that has been freed.
static const struct user_code *calling;

static void
call_then_halt(void)
{
        if (told.call && told_times == 1)
                run(USER_B);
        if (told.call) {
                // B goes on, behind its call, and halts.
                users_slot(USER_B)->registers[H_EIP] =
                        USERS_CODE + calling->size;
                return;
        }
        expect_event(USER_B, 13, 0, "HLT");
        refuses(H_NO_CALL, USER_A, 0, "h_handoff from what has halted");
        refuses(H_NO_CALL, USER_B, 0, "h_handoff to what has halted");
        expect_h(H_OK, h_free_fault_context(users_context(USER_B)),
                 "h_free_fault_context");
        refuses(H_NO_CALL, USER_A, 0, "h_handoff from nobody");
        refuses(H_BAD_HANDLE, USER_B, 0, "h_handoff to a free context");
        over();
}

TEST(messages_come_from_calls)
{
        static const struct user_code *const codes[] = { &calls_sysenter,
                                                         &calls_int };

        for (unsigned i = 0; i < 2; i++) {
                calling = codes[i];
                two_callers(calling, calling);
                users_add(SPACE_2, &user_hlt);
                run_bound(USER_A, call_then_halt);
        }
}

// One that is freed inside its call sends nothing, and its slot's next owner
// has none of what it was.
static void
free_the_sender(void)
{
        struct h_fault_context next;

        expect_call(told.who, "programs that are freed");
        if (told_times == 1)
                run(USER_B);
        if (told_times == 3) {
                expect_number(USER_A, told.who, "who goes on");
                over();
        }
        expect_h(H_OK, h_free_fault_context(users_context(USER_B)),
                 "h_free_fault_context");
        refuses(H_NO_CALL, USER_A, 0, "h_handoff from a freed context");
        refuses(H_NO_CALL, USER_A, 1, "h_handoff of words of a freed context");
        expect_h(H_OK, h_alloc_fault_context(&next), "h_alloc_fault_context");
        expect_number(USER_B, next.slot, "the slot of the next context");
        refuses(H_NO_CALL, USER_A, 0, "h_handoff from nobody");
        expect_h(H_NOT_BOUND, h_run(next), "h_run of a new context");
        run(USER_A);
}

TEST(freed_contexts_send_nothing)
{
        static const struct user_code *const codes[] = { &calls_sysenter,
                                                         &calls_int };

        for (unsigned i = 0; i < 2; i++) {
                two_callers(codes[i], codes[i]);
                run_bound(USER_A, free_the_sender);
        }
}
