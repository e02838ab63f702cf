// SPDX-License-Identifier: MIT
// A crowd with strings, which looks otherwise for each seed: nothing is lost, and all that
// may happen does.
#include "../api/api.h"

#include <h4/test.h>

#define PROGRAM "trial7"

// What the trial notes: messages that have arrived, and errors by their codes.
#define ARRIVED 0
#define OVERFLOWS 1
#define ABORTED 4

static void
crowd(void)
{
        api_begin(PROGRAM);
        system_limit(3000, 200000);
        system_give(random_word());
        system_start("a_crowd_with_strings");
        system_until_look(1);
        system_expect_all_back("all that was made has been ended");
        system_until_end();
        system_expect_sound("after the trial");
        if (system_note(0, ARRIVED) == 0 || system_note(0, OVERFLOWS) == 0 ||
            system_note(0, ABORTED) == 0)
                fail("%u messages have arrived, %u did not fit, %u were "
                     "broken off: not enough to tell",
                     system_note(0, ARRIVED), system_note(0, OVERFLOWS),
                     system_note(0, ABORTED));
}

TEST(a_crowd_with_strings)
{
        crowd();
}
