// SPDX-License-Identifier: MIT
// What a step of a message says, by its name.
#ifndef LAB7_STEPS_H
#define LAB7_STEPS_H

#include <h4/test.h>
#include <l4/items.h>

static inline void
expect_step(enum item_step due, enum item_step found, const char *what)
{
        static const char *const names[] = {
                "ITEM_GOES_ON",         "ITEM_OVER",
                "ITEM_OVERFLOW",        "ITEM_SENDER_FAULTS",
                "ITEM_RECEIVER_FAULTS",
        };

        if (due != found)
                fail_values(names[due],
                            (unsigned)found < sizeof(names) / sizeof(names[0])
                                    ? names[found]
                                    : "no value of it",
                            "%s: what the last step says", what);
}

#endif
