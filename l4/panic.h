// SPDX-License-Identifier: MIT
// What ends the kernel: a contradiction inside it. Nothing that a program does leads
// there.
#ifndef L4_PANIC_H
#define L4_PANIC_H

#include <h/h.h>

_Noreturn void l4_panic(const char *what);

// An operation of H that cannot be refused has been carried out.
static inline void
must(enum h_error error, const char *operation)
{
        if (error != H_OK)
                l4_panic(operation);
}

#endif
