// SPDX-License-Identifier: MIT
// The list of tests on the kernel's command line: "0-4.7.9-12", in the order
// in which they are to run.
#include "harness.h"

static bool
number(const char **text, uint32_t *value)
{
        const char *at = *text;
        if (*at < '0' || *at > '9')
                return false;

        uint32_t sum = 0;
        for (; *at >= '0' && *at <= '9'; at++) {
                if (sum > 100000)
                        return false;
                sum = sum * 10 + (uint32_t)(*at - '0');
        }
        *value = sum;
        *text = at;
        return true;
}

bool
testlist_next(const char **list, uint32_t *first, uint32_t *last)
{
        if (**list == '.')
                (*list)++;
        if (!number(list, first))
                return false;

        *last = *first;
        if (**list != '-')
                return true;
        (*list)++;
        return number(list, last) && *last >= *first;
}
