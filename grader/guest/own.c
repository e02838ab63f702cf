// SPDX-License-Identifier: MIT
// Judging a test that a student has written. The contracts are in <h4/own.h>.
#include "harness.h"
#include "own_trial.h"

#include <h4/own.h>
#include <h4/test.h>
#include <kernel/format.h>

// How often the right version comes among the wrong ones.
#define RIGHTS 6u

// This lies where the grader sees each write, and nothing but this file may write to it, in
// a test of students' tests alone.
struct own_trials own_trials __attribute__((section(".bss.set_once")));

// What the test on trial has said when it failed.
static struct {
        bool values; // expected and found were told
        uint32_t place;
        char message[LINE_SIZE];
        char expected[LINE_SIZE];
        char found[LINE_SIZE];
} trial;

const uint32_t *
own_trial_frame(void)
{
        return own_trials.running ? own_frame : NULL;
}

void
own_failed(uint32_t place, const char *message, const char *expected,
           const char *found)
{
        trial.place = place;
        trial.values = expected && found;
        format(trial.message, sizeof(trial.message), "%s", message);
        if (trial.values) {
                format(trial.expected, sizeof(trial.expected), "%s", expected);
                format(trial.found, sizeof(trial.found), "%s", found);
        }
        own_leave();
}

// Runs the test on a wrong version, or on the right one, which is null; did it fail?
static bool
fails_on(const struct own_test *test, const struct own_wrong *wrong)
{
        test->choose(wrong ? wrong->version : OWN_RIGHT);
        trying_within("your test ran on %s%s",
                      wrong ? "a solution in which " : "the right solution",
                      wrong ? wrong->words : "");
        own_trials.running = true;
        bool failed = own_call(test->run);
        own_trials.running = false;
        trying_within("%s", "");
        test->choose(OWN_RIGHT);
        fixtures_over();
        arena_reset();
        return failed;
}

// The student's test is wrong: with the place in it, and its own words.
static _Noreturn void
refuse(const char *when)
{
        char message[LINE_SIZE];

        format(message, sizeof(message),
               "your test fails on the right solution%s, by saying: %s", when,
               trial.message);
        report_failure_at(trial.place, message,
                          trial.values ? trial.expected : NULL,
                          trial.values ? trial.found : NULL);
}

void
own_accepts(const struct own_test *test)
{
        own_trials.judged = false;
        if (fails_on(test, NULL))
                refuse("");
        if (fails_on(test, NULL))
                refuse(" when it runs again");
        own_trials.judged = true;
}

// The wrong versions and, several times, the right one, which is null, in random
// order. The last one is right: a test that fails from some run on is found out, and
// one that counts its runs has to guess.
static unsigned
shuffle(const struct own_wrong **order, const struct own_wrong *wrongs,
        unsigned count)
{
        unsigned runs = 0;

        if (count > OWN_WRONGS_MAX)
                fail("%u wrong versions in one trial; there may be %u", count,
                     OWN_WRONGS_MAX);
        for (unsigned i = 0; i < RIGHTS - 1; i++)
                order[runs++] = NULL;
        for (unsigned i = 0; i < count; i++)
                order[runs++] = &wrongs[i];
        for (unsigned i = runs - 1; i > 0; i--) {
                unsigned other = random_below(i + 1);
                const struct own_wrong *kept = order[i];
                order[i] = order[other];
                order[other] = kept;
        }
        order[runs++] = NULL;
        return runs;
}

void
own_finds(const struct own_test *test, const struct own_wrong *wrongs,
          unsigned count)
{
        const struct own_wrong *order[OWN_WRONGS_MAX + RIGHTS];
        bool found[OWN_WRONGS_MAX] = { false };
        unsigned runs = shuffle(order, wrongs, count);

        own_trials.judged = false;
        for (unsigned i = 0; i < runs; i++) {
                bool failed = fails_on(test, order[i]);
                if (order[i])
                        found[order[i] - wrongs] = failed;
                else if (failed)
                        refuse(" too, which comes among the wrong ones");
        }

        char missed[LINE_SIZE] = "";
        for (unsigned i = 0; i < count; i++) {
                char before[LINE_SIZE];
                if (found[i])
                        continue;
                format(before, sizeof(before), "%s", missed);
                format(missed, sizeof(missed), "%s%s although %s", before,
                       before[0] ? ", and" : "", wrongs[i].words);
        }
        if (missed[0])
                fail("your test passes%s", missed);
        own_trials.judged = true;
}
