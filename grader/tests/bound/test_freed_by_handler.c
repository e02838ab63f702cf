// SPDX-License-Identifier: MIT
// A handler that frees its context and returns: nothing is left that could go on.
#include "bound.h"

#include <grader/guest/harness.h>
#include <kernel/panic.h>

static void
stopped(const char *message, uint32_t frame)
{
        (void)frame;
        if (told_times != 1)
                fail("the machine has stopped after %u calls: %s", told_times,
                     message);
        panic_set_observer(report_panic);
        told_times = 100;
        over();
}

// In slot 0 is one that could go on, of the same generation.
static void
free_itself(void)
{
        struct context_slot *zero = users_slot(0);
        const struct context_slot *b = users_slot(USER_B);

        if (told_times > 1)
                fail("a handler has freed its context and returned, and the "
                     "context in slot %u has run",
                     told.who);
        expect_call(USER_B, "a program that is freed");
        *zero = *b;
        zero->index = 0;
        zero->flags |= CONTEXT_CALL | CONTEXT_SYSENTER;
        expect_h(H_OK, h_free_fault_context(users_context(USER_B)),
                 "h_free_fault_context");
}

// The machine stops, and nothing else runs.
TEST(a_handler_frees_its_context)
{
        bound_begin();
        give_program(SPACE_2, USER_B, &calls_sysenter);
        bind(USER_B, SPACE_2, NO_BUFFER, 0);
        panic_set_observer(stopped);
        run_bound(USER_B, free_itself);
        expect_number(100, told_times, "the machine stops");
}
