// SPDX-License-Identifier: MIT
// Trials: interrupts, and answers to them.
#include <h4/serial.h>

TRIAL(an_interrupt_is_a_message)
{
        begin();
        struct act *waits = wait_for(line, AT_ONCE);
        expect_failed(waits, RECEIVING(TIMEOUT), "it has not been raised");
        raise();
        waits = wait_for(L4_anythread, L4_TimePeriod(5000).raw);
        quiet();
        expect_message(waits, line, INTERRUPT, WORDS, "the interrupt");
        expect_word(0, handle_by(line), "no handler");
}

TRIAL(an_interrupt_is_no_local_thread)
{
        begin();
        raise();
        expect_failed(wait_for(L4_anylocalthread, L4_TimePeriod(3000).raw),
                      RECEIVING(TIMEOUT), "from any local one");
        expect_message(wait_for(line, AT_ONCE), line, INTERRUPT, WORDS,
                       "the interrupt");
        quiet();
}

// What is on its way to a handler is not any more, when there is another one.
TRIAL(a_line_gets_another_handler)
{
        struct act *receives = receive(1, line);

        begin();
        begin_here(1);
        raise();
        settle();
        expect_waiting(receives, "who is not its handler");
        expect_word(0, handle_by(one), "another handler");
        expect_failed(wait_for(line, AT_ONCE), RECEIVING(TIMEOUT),
                      "what was on its way to the one before");
        raise();
        settle();
        quiet();
        expect_message(receives, line, INTERRUPT, receives->first,
                       "to the new one");
        expect_failed(wait_for(line, AT_ONCE), RECEIVING(TIMEOUT),
                      "and not to the one before");
}

TRIAL(the_same_handler_again)
{
        begin();
        raise();
        expect_message(wait_for(line, NEVER), line, INTERRUPT, WORDS,
                       "the first");
        expect_word(0, handle_by(me), "again");
        raise();
        expect_message(wait_for(line, L4_TimePeriod(5000).raw), line, INTERRUPT,
                       WORDS, "unanswered, but the line has begun anew");
        quiet();
        expect_word(0, handle_by(none), "nil changes nothing");
        perform(act(0, line, none, NEVER));
        raise();
        expect_message(wait_for(line, L4_TimePeriod(5000).raw), line, INTERRUPT,
                       WORDS, "the handler is the same");
        quiet();
}

TRIAL(a_line_without_a_handler)
{
        begin();
        raise();
        settle();
        expect_word(0, handle_by(line), "no handler");
        expect_failed(wait_for(line, L4_TimePeriod(3000).raw),
                      RECEIVING(TIMEOUT), "what was on its way");
        raise();
        expect_failed(wait_for(line, L4_TimePeriod(3000).raw),
                      RECEIVING(TIMEOUT), "the line is masked");
        quiet();
        struct act *answers = act(0, line, none, NEVER);
        perform(answers);
        expect_failed(answers, SENDING(NO_PARTNER), "an answer of nobody's");
}

// A message to a line that waits for no answer is refused at once.
TRIAL(an_answer_that_is_not_due)
{
        struct act *others = act(1, line, none, NEVER);
        struct act *early = act(0, line, none, NEVER);

        begin();
        perform(early);
        expect_failed(early, SENDING(TIMEOUT), "nothing has been raised");
        begin_here(1);
        settle();
        expect_failed(others, SENDING(NO_PARTNER), "not from its handler");
        raise();
        settle();
        struct act *unreceived = act(0, line, none, NEVER);
        perform(unreceived);
        expect_failed(unreceived, SENDING(TIMEOUT),
                      "it has not been received yet");
        expect_message(wait_for(line, AT_ONCE), line, INTERRUPT, WORDS,
                       "it is");
        launch(1);
        settle();
        expect_failed(others, SENDING(NO_PARTNER),
                      "due, but not from this one");
        struct act *again = act(0, line, none, NEVER);
        perform(again);
        expect_sent(again, "the answer");
        quiet();
}
