// SPDX-License-Identifier: MIT
// Tests in user code: what a program of trials says to the test in the kernel's image
// that runs it. No system call is needed for it; see grader/guest/system_report.c.
//
//   TRIAL(threads_begin)
//   {
//           ...
//           expect_word(7, count, "how often the thread has counted");
//           note(one, two, 0, 0, 0);
//   }
//
// A trial runs in the program's first thread. It is over when it returns, and other
// threads may report too. What is expected and not found ends it at once.
#ifndef USER_H4_TRIAL_H
#define USER_H4_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

struct trial {
        const char *name;
        void (*run)(void);
};

// The linker puts the table together, and refuses two trials of one name: each entry
// is a symbol of the whole program.
#define TRIAL(title)                                                           \
        static void trial_##title(void);                                       \
        extern const struct trial trial_named_##title;                         \
        const struct trial trial_named_##title                                 \
                __attribute__((section("trials"), used, retain,                \
                               aligned(4))) = { #title, trial_##title };       \
        static void trial_##title(void)

// --- Reports ----------------------------------------------------------------------

enum trial_report {
        TRIAL_WHICH,
        TRIAL_DONE,
        TRIAL_FAILED,
        TRIAL_NOTE,
        TRIAL_GIVEN,
        TRIAL_LOOK,
};

// All registers but EAX stay as they are.
static inline uint32_t
trial_report(enum trial_report what, uint32_t ebx, uint32_t ecx, uint32_t edx,
             uint32_t esi, uint32_t edi)
{
        uint32_t eax = what;

        __asm__ volatile("ud2\n\t.ascii \"H4\""
                         : "+a"(eax)
                         : "b"(ebx), "c"(ecx), "d"(edx), "S"(esi), "D"(edi)
                         : "memory", "cc");
        return eax;
}

// Five words for the test to look at.
static inline void
note(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e)
{
        trial_report(TRIAL_NOTE, a, b, c, d, e);
}

// A number that the test has given; 0 where it has given none.
static inline uint32_t
trial_given(uint32_t number)
{
        return trial_report(TRIAL_GIVEN, number, 0, 0, 0, 0);
}

// The test looks at the machine, which stands still.
static inline void
look(uint32_t number)
{
        trial_report(TRIAL_LOOK, number, 0, 0, 0, 0);
}

// --- Where it is ------------------------------------------------------------------

// How far the trial has come. Where it does not come to its end, the test says so: which
// turn of a loop, which row of a table. It is read, not reported: it costs a few stores.
struct trial_place {
        uint32_t checks; // that have passed
        const char *
                text; // of the last one, or of what is tried behind it; null: neither
        uint32_t line;
        uint32_t tries;
};

extern struct trial_place trial_place;

// What comes next, up to the next check.
#define trying(words) trial_tries((words), __LINE__)

static inline void
trial_tries(const char *text, uint32_t line)
{
        trial_place.text = text;
        trial_place.line = line;
        trial_place.tries = 1;
}

// --- What is expected -----------------------------------------------------------------

// (user/trial/trial.c) Ends the trial, which has failed.
_Noreturn void trial_failed(uint32_t expected, uint32_t found, const char *text,
                            const char *file, uint32_t line);

// (user/trial/trial.c) The trial is behind this check now.
void trial_passed(const char *text, uint32_t line);

static inline void
trial_expect(uint32_t expected, uint32_t found, const char *text,
             const char *file, uint32_t line)
{
        if (expected != found)
                trial_failed(expected, found, text, file, line);
        trial_passed(text, line);
}

#define expect_word(expected, found, text)                                     \
        trial_expect((expected), (found), (text), __FILE__, __LINE__)
#define expect_that(condition, text)                                           \
        trial_expect(1, (condition) ? 1 : 0, (text), __FILE__, __LINE__)

#endif
