// SPDX-License-Identifier: MIT
// Trials: interrupts, and when they come.
#include <h4/serial.h>

// Until it is answered it is masked, and comes then.
TRIAL(an_interrupt_waits_for_its_answer)
{
        begin();
        raise();
        expect_message(wait_for(line, NEVER), line, INTERRUPT, WORDS,
                       "the first");
        raise();
        expect_failed(wait_for(line, L4_TimePeriod(3000).raw),
                      RECEIVING(TIMEOUT), "before it is answered");
        struct act *answers = act(0, line, line, L4_TimePeriod(5000).raw);
        answers->tag = TAG(0x77, 7);
        perform(answers);
        quiet();
        expect_message(answers, line, INTERRUPT, answers->first,
                       "the second, as it has been answered");
}

// Nobody who handles it has to wait for it: it waits with others.
TRIAL(an_interrupt_waits_in_the_queue)
{
        struct act *before = send(1, me, TAG(1, 1));
        struct act *behind = send(2, me, TAG(2, 2));

        begin();
        begin_here(1);
        settle();
        raise();
        settle();
        begin_here(2);
        settle();
        struct act *waits = wait_for(L4_anythread, NEVER);
        expect_message(waits, (L4_ThreadId_t){ .raw = utcb_here(1) + 0x100 },
                       TAG(1, 1), before->first, "who came before it");
        expect_message(wait_for(L4_anythread, NEVER), line, INTERRUPT, WORDS,
                       "the interrupt");
        quiet();
        waits = wait_for(L4_anythread, NEVER);
        expect_message(waits, (L4_ThreadId_t){ .raw = utcb_here(2) + 0x100 },
                       TAG(2, 2), behind->first, "who came behind it");
}
