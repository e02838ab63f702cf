// SPDX-License-Identifier: MIT
// What a test is doing when something other than its own words ends it. The contract of
// `trying` is in <h4/test.h>.
//
// A call of it takes no more than some stores: words are made of them only when they
// are to be said. Where the machine can say nothing any more the grader does it
// (grader/h4/guest_trying.py), so this struct has the form that is known there.
#include "harness.h"

#include <h4/test.h>
#include <kernel/format.h>

struct harness_trying {
        const char *text; // null: nothing
        uint32_t count;
        uint32_t words[TRYING_MOST];
        char within[LINE_SIZE / 2]; // what is said in front of it
};
extern struct harness_trying harness_trying;
struct harness_trying harness_trying;

void
trying_words(uint32_t count, const char *text, ...)
{
        va_list arguments;

        harness_trying.text = NULL;
        va_start(arguments, text);
        for (uint32_t i = 0; i < count && i < TRYING_MOST; i++)
                harness_trying.words[i] = va_arg(arguments, uint32_t);
        va_end(arguments);
        harness_trying.count = count;
        harness_trying.text = text;
}

void
trying_over(void)
{
        harness_trying.text = NULL;
}

void
trying_within(const char *text, ...)
{
        va_list arguments;

        trying_over();
        va_start(arguments, text);
        vformat(harness_trying.within, sizeof(harness_trying.within), text,
                arguments);
        va_end(arguments);
}

void
trying_report(void)
{
        const uint32_t *w = harness_trying.words;
        char words[LINE_SIZE] = "";

        // The text was checked where it stands; what has no word there is not read.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        if (harness_trying.text)
                format(words, sizeof(words), harness_trying.text, w[0], w[1],
                       w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9], w[10],
                       w[11]);
#pragma GCC diagnostic pop
        if (words[0] || harness_trying.within[0])
                protocol_line("# while %s%s%s%s", harness_trying.within,
                              words[0] && harness_trying.within[0] ? ", " : "",
                              words[0] ? "trying " : "", words);
}
