// SPDX-License-Identifier: MIT
// A student's test on trial, for the rest of the harness.
#ifndef OWN_TRIAL_H
#define OWN_TRIAL_H

#include <kernel/types.h>

// Both are read by the grader in this form.
struct own_trials {
        bool running; // one is on trial: no failure ends anything
        bool judged; // all of its trials have come back, and it was right in each
};
extern struct own_trials own_trials;

// The stack frame that called the student's test; null while none is on trial.
const uint32_t *own_trial_frame(void);

// It has failed, for the reason given as to report_failure, at the return address
// `place` in it. Goes back to where the trial was begun.
_Noreturn void own_failed(uint32_t place, const char *message,
                          const char *expected, const char *found);

// own_entry.S: calls `run`. Returns false when it has returned, and true when
// own_leave was called meanwhile, by whatever it had called in its turn.
// own_frame is the stack frame of the call.
bool own_call(void (*run)(void));
_Noreturn void own_leave(void);
extern const uint32_t *own_frame;

#endif
