// SPDX-License-Identifier: MIT
// The errors of L4's system calls, by their names.
#ifndef H4_CALL_ERRORS_H
#define H4_CALL_ERRORS_H

#include <h4/test.h>
#include <kernel/format.h>
#include <l4/abi.h>

// As the other functions of its kind in <h4/test.h>.
static inline __attribute__((format(printf, 3, 4))) void
expect_call(enum call_error due, enum call_error found, const char *text, ...)
{
        static const char *const names[] = {
                "CALL_OK",
                "CALL_NO_PRIVILEGE",
                "CALL_BAD_THREAD",
                "CALL_BAD_SPACE",
                "CALL_BAD_SCHEDULER",
                "CALL_BAD_PARAMETER",
                "CALL_BAD_UTCB_AREA",
                "CALL_BAD_KIP_AREA",
                "CALL_NO_MEMORY",
        };
        char message[160];
        va_list arguments;

        if (due == found)
                return;
        va_start(arguments, text);
        vformat(message, sizeof(message), text, arguments);
        va_end(arguments);
        fail_values(names[due],
                    (unsigned)found < sizeof(names) / sizeof(names[0])
                            ? names[found]
                            : "no error of a call",
                    "%s", message);
}

#endif
