// SPDX-License-Identifier: MIT
// How a trial of <h4/system.h> has ended, in words; and what L4 was doing for it.
#include "system_model.h"

#include <h/error.h>
#include <h/execution.h>
#include <h4/test.h>
#include <kernel/format.h>

#pragma weak h_strerror

void
system_trying(const struct context_slot *slot, uint32_t vector)
{
        const uint32_t *registers = slot->registers;

        trying("to serve thread 0x%08x, left by vector 0x%x at 0x%08x: EAX 0x%x, "
               "EBX 0x%x, ECX 0x%x, EDX 0x%x, ESI 0x%x, EDI 0x%x",
               fixture.thread, vector, registers[H_EIP], registers[H_EAX],
               registers[H_EBX], registers[H_ECX], registers[H_EDX],
               registers[H_ESI], registers[H_EDI]);
}

static void
judge_exception(void)
{
        const struct system_exception *what = &fixture.exception;

        if (what->vector == H_VECTOR_PAGE_FAULT)
                fail("page fault at 0x%08x of thread 0x%08x, error code 0x%x, "
                     "by the program's instruction at 0x%08x",
                     what->address, what->thread, what->code, what->eip);
        fail("exception %u of thread 0x%08x, error code 0x%x, by the program's "
             "instruction at 0x%08x",
             what->vector, what->thread, what->code, what->eip);
}

static void
judge_late(void)
{
        const char *now =
                system_was_idle ? "nobody can run; last was" : "now runs";

        if (fixture.exception.there)
                fail("the trial has not ended after %u ms: %s thread 0x%08x, at "
                     "0x%08x. There was exception %u of thread 0x%08x at 0x%08x",
                     fixture.ticks, now, fixture.thread, fixture.eip,
                     fixture.exception.vector, fixture.exception.thread,
                     fixture.exception.eip);
        fail("the trial has not ended after %u ms: %s thread 0x%08x, at 0x%08x",
             fixture.ticks, now, fixture.thread, fixture.eip);
}

static void
judge_failed(void)
{
        char expected[40], found[40];

        format(expected, sizeof(expected), "0x%08x (%u)", fixture.expected,
               fixture.expected);
        format(found, sizeof(found), "0x%08x (%u)", fixture.found,
               fixture.found);
        fail_values(expected, found, "%s (%s:%u, thread 0x%08x)", fixture.text,
                    fixture.file, fixture.line, fixture.thread);
}

void
system_judge(void)
{
        switch (fixture.ending) {
        case SYSTEM_FAILED:
                judge_failed();
                return;
        case SYSTEM_NO_TRIAL:
                fail("the program %s has no TRIAL(%s)", fixture.program,
                     fixture.trial);
        case SYSTEM_EXCEPTION:
                judge_exception();
                return;
        case SYSTEM_LATE:
                judge_late();
                return;
        case SYSTEM_BUSY:
                fail("the trial has not ended although the program was left %u "
                     "times; thread 0x%08x ran last, at 0x%08x",
                     fixture.events, fixture.thread, fixture.eip);
        case SYSTEM_REFUSED:
                fail("h_run of the context that has made a report returns: %s",
                     h_strerror(fixture.refused));
        case SYSTEM_OFF:
                fail("L4 has switched the machine off before the trial had "
                     "ended; thread 0x%08x ran last, at 0x%08x. Why, stands on "
                     "the first serial line",
                     fixture.thread, fixture.eip);
        default:
                return;
        }
}
