// SPDX-License-Identifier: MIT
// Runs the trial that is asked for. The contracts are in <h4/trial.h>.
#include <h4/trial.h>
#include <user/threads.h>

// The section `trials`: its borders are the linker's. Programs without one, which have
// a main of their own, are linked with this file too, and take nothing of it.
extern const struct trial __start_trials[] __attribute__((weak));
extern const struct trial __stop_trials[] __attribute__((weak));

struct trial_place trial_place;

static uint32_t
word(const void *pointer)
{
        return (uint32_t)(uintptr_t)pointer;
}

_Noreturn void
trial_failed(uint32_t expected, uint32_t found, const char *text,
             const char *file, uint32_t line)
{
        for (;;)
                trial_report(TRIAL_FAILED, word(text), expected, found, line,
                             word(file));
}

void
trial_passed(const char *text, uint32_t line)
{
        trial_place.checks++;
        trial_place.text = text;
        trial_place.line = line;
        trial_place.tries = 0;
}

__attribute__((weak)) int
main(void)
{
        uint32_t count = (uint32_t)(__stop_trials - __start_trials);
        uint32_t number = trial_report(TRIAL_WHICH, word(__start_trials), count,
                                       word(&trial_place), 0, 0);

        __start_trials[number].run();
        for (;;)
                trial_report(TRIAL_DONE, 0, 0, 0, 0, 0);
}
