// SPDX-License-Identifier: MIT
// Judging a test that a student has written. It is run several times, on what is
// right and on what is wrong in one way, and is not told which it has before it:
// it has to pass on the former and to fail on the latter.
//
// A test fails by any of the functions of <h4/test.h>. While it is on trial they
// come back here in place of switching the machine off. What a test has made by
// the headers in <h4/> is taken down after each run.
#ifndef H4_OWN_H
#define H4_OWN_H

#include <kernel/types.h>

// Version 0 of what is tested is the right one.
#define OWN_RIGHT 0u

// What is on trial: the test, and what makes it meet another version.
struct own_test {
        void (*run)(void);
        void (*choose)(unsigned version);
};

// A wrong version. `words` say what it does, behind "although".
struct own_wrong {
        unsigned version;
        const char *words;
};

// At most so many wrong versions in one trial.
#define OWN_WRONGS_MAX 4u

// Fails the running test with what the student's one says of the right version.
void own_accepts(const struct own_test *test);

// Fails the running test where the student's one passes on a wrong version, or
// fails on the right one, which comes several times among them, in random order.
void own_finds(const struct own_test *test, const struct own_wrong *wrongs,
               unsigned count);

// The same with the wrong versions in a row: OWN_FINDS(&test, { 1, "..." }).
#define OWN_FINDS(test, ...)                                                   \
        do {                                                                   \
                static const struct own_wrong wrongs_[] = { __VA_ARGS__ };     \
                own_finds(test, wrongs_,                                       \
                          sizeof(wrongs_) / sizeof(wrongs_[0]));               \
        } while (0)

#endif
