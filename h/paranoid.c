// SPDX-License-Identifier: MIT
// When to look whether the machine is well-formed, and what is done where it is
// not. The contract is in h/internal/paranoid.h.
#include <h/internal/paranoid.h>

#if PARANOID > 0

#include <h/internal/wellformed.h>
#include <kernel/layout.h>
#include <kernel/panic.h>

// More pages than an operation touches one by one; of a larger one the rest is
// seen when everything is.
#define TOUCHED 16

static struct paddr touched[TOUCHED];
static unsigned touched_count;
static unsigned depth;
static unsigned operations;

const char *
paranoid_begin(const char *operation)
{
        if (depth++ == 0)
                touched_count = 0;
        return operation;
}

void
paranoid_touch(struct paddr frame)
{
        for (unsigned i = 0; i < touched_count; i++)
                if (touched[i].value == frame.value)
                        return;
        if (touched_count < TOUCHED)
                touched[touched_count++] = frame;
}

static _Noreturn void
report(const char *operation, const struct violation *found)
{
        depth = 0;
        panic("after %s: \"%s\" does not hold: page 0x%08x, at address "
              "0x%08x",
              operation, invariant_text(found->invariant), found->page.value,
              found->address.value);
}

void
paranoid_check(const char *operation)
{
        struct violation found;

        if (!wellformed(&found))
                report(operation, &found);
}

static void
check_touched(const char *operation)
{
        struct violation found;

        for (unsigned i = 0; i < touched_count; i++)
                if (!wellformed_page(touched[i], &found))
                        report(operation, &found);
}

void
paranoid_end(const char *const *operation)
{
        if (--depth > 0)
                return;
        operations++;
        if (PARANOID >= 2 || operations % (64 * PARANOID_EACH) == 0)
                paranoid_check(*operation);
        else if (operations % PARANOID_EACH == 0)
                check_touched(*operation);
}

#endif
