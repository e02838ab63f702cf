// SPDX-License-Identifier: MIT
// Trials: who handles interrupts, and what becomes of the line.
#include <h4/serial.h>

TRIAL(a_handler_of_interrupts_ends)
{
        struct act *receives = receive(1, L4_anythread);

        quiet();
        begin_here(1);
        settle();
        expect_word(0, handle_by(one), "a handler");
        thread_end(1);
        begin_here(1);
        settle();
        raise();
        sleep(3000);
        quiet();
        expect_waiting(receives, "somebody with its ID handles nothing");
        thread_end(1);
        expect_failed(act_now(line), SENDING(NO_PARTNER),
                      "the line is nobody's");
        begin();
        raise();
        expect_message(wait_for(line, L4_TimePeriod(5000).raw), line, INTERRUPT,
                       WORDS, "another handler");
        quiet();
        end_all();
        expect_word(0, handle_by(line), "no handler");
        look(1);
}

TRIAL(a_handler_is_renamed)
{
        L4_ThreadId_t new = L4_GlobalId(L4_ThreadNo(one), 5);

        quiet();
        receive(1, L4_anythread);
        begin_here(1);
        expect_word(0, handle_by(one), "a handler");
        expect_word(0, thread_control(new, one, none, none, SAME),
                    "another version");
        raise();
        settle();
        quiet();
        expect_word(6, state_of(new), "the line is nobody's");
}

// While the interrupt waits for it.
TRIAL(a_handler_ends_before_it_receives)
{
        quiet();
        begin_here(1);
        expect_word(0, handle_by(one), "a handler");
        raise();
        settle();
        quiet();
        thread_end(1);
        expect_failed(act_now(line), SENDING(NO_PARTNER),
                      "the line is nobody's");
        end_all();
        look(1);
}

TRIAL(lines_that_there_are_not)
{
        static const L4_Word_t bad[] = {
                0 << 14 | 1,  // the timer's
                2 << 14 | 1,  // the other controller's
                5 << 14 | 2,  // another version
                16 << 14 | 1, // no line
                47 << 14 | 1, //
        };

        for (L4_Word_t i = 0; i < sizeof(bad) / 4; i++) {
                L4_ThreadId_t id = { .raw = bad[i] };
                expect_word(L4_ErrInvalidThread,
                            thread_control(id, id, none, me, SAME),
                            "a word that names no line");
        }
        expect_word(L4_ErrInvalidThread, handle_by(two), "nobody handles it");
        expect_word(L4_ErrInvalidThread, handle_by(L4_GlobalId(5, 1)),
                    "another line handles it");
        expect_word(0, thread_control(line, two, two, me, 1),
                    "the other arguments are not looked at");
        expect_word(0, handle_by(line), "no handler");
        expect_word(0, handle_by(L4_MyLocalId()), "a local ID");
        expect_word(0, handle_by(line), "no handler");
}

// A thread of another space is told, as any other one is.
TRIAL(a_handler_in_another_space)
{
        struct act *receives = act(1, none, line, NEVER);
        struct act *answers = act(1, line, line, L4_TimePeriod(30000).raw);

        quiet();
        begin_there(1);
        expect_word(0, handle_by(one), "a handler");
        settle();
        raise();
        settle();
        expect_message(receives, line, INTERRUPT, receives->first,
                       "the first interrupt");
        raise();
        settle();
        quiet();
        expect_message(answers, line, INTERRUPT, answers->first,
                       "the second one");
}
