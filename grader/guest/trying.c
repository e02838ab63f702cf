// SPDX-License-Identifier: MIT
// Which of its cases a test has before it, for the report of what ends it other than
// by its own words. The contract of `trying` is in <h4/test.h>.
#include "harness.h"

#include <h4/test.h>
#include <kernel/format.h>

// Read from outside too, where the machine can say nothing any more.
_Alignas(4) char harness_trying[LINE_SIZE];

void
trying(const char *text, ...)
{
        va_list arguments;
        va_start(arguments, text);
        vformat(harness_trying, sizeof(harness_trying), text, arguments);
        va_end(arguments);
}

void
trying_over(void)
{
        harness_trying[0] = '\0';
}

void
trying_report(void)
{
        if (harness_trying[0])
                protocol_line("# while %s", harness_trying);
}
