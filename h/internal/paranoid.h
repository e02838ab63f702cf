// SPDX-License-Identifier: MIT
// Checking well-formedness while H runs. Each operation begins with
//
//      H_OPERATION();
//
// and whichever way it returns, the machine is looked at then. A violation names
// the invariant, the page and the operation, and stops the machine.
//
//   PARANOID=1   the tables that the operation touched, 16 of them at most, and
//                everything after each 64th operation and when the stage ends:
//                a count is right or wrong of all mappings together
//   PARANOID=2   everything, after each operation
//
// h_run and h_handoff do not return; what has been done then is looked at when a
// program is left for anything but SYSENTER.
//
// Otherwise nothing of this is compiled.
#ifndef H_INTERNAL_PARANOID_H
#define H_INTERNAL_PARANOID_H

#include <kernel/types.h>

#ifndef PARANOID
#define PARANOID 0
#endif

// With PARANOID=1: it is looked after one operation of so many only, for stages in which
// there are very many of them. Each one looked after costs some 10,000 instructions.
#ifndef PARANOID_EACH
#define PARANOID_EACH 1
#endif

#if PARANOID > 0

// An operation begins. It may use other operations; they count as parts of it.
const char *paranoid_begin(const char *operation);
void paranoid_end(const char *const *operation);

// The operation under way uses this page as a table, or has done so.
void paranoid_touch(struct paddr frame);

// Looks at everything, on behalf of `operation`.
void paranoid_check(const char *operation);

#define H_OPERATION()                                                          \
        const char *const operation_                                           \
                __attribute__((cleanup(paranoid_end), unused)) =               \
                        paranoid_begin(__func__)

#else

#define H_OPERATION() _Static_assert(1, "")

static inline void
paranoid_touch(struct paddr frame)
{
        (void)frame;
}

static inline void
paranoid_check(const char *operation)
{
        (void)operation;
}

#endif
#endif
