// SPDX-License-Identifier: MIT
// How a trial of <h4/system.h> has ended, in words; and what L4 was doing for it.
#include "system_model.h"

#include <h/error.h>
#include <h/execution.h>
#include <h4/test.h>
#include <kernel/format.h>
#include <kernel/layout.h>

#pragma weak h_strerror

// --- How far the trial has come -------------------------------------------------

// What lies at an address of the root program's, null where it has no such one.
static const void *
in_room(uint32_t address, uint32_t size)
{
        return address >= ROOM_FIRST && address <= ROOM_END - size
                       ? (const void *)(uintptr_t)(KERNEL_BASE + address)
                       : NULL;
}

// Null: it has passed no check yet, and tries nothing.
static const struct trial_place *
trial_place(void)
{
        const struct trial_place *place =
                in_room(fixture.place, sizeof(*place));

        return place && in_room(place->text, TEXT_SIZE) ? place : NULL;
}

static const char *
trial_text(const struct trial_place *place)
{
        return in_room(place->text, TEXT_SIZE);
}

#define SERVED                                                                 \
        "to serve thread 0x%08x, left by vector 0x%x at 0x%08x: EAX 0x%x, "    \
        "EBX 0x%x, ECX 0x%x, EDX 0x%x, ESI 0x%x, EDI 0x%x"
#define SERVED_VALUES(slot, vector)                                            \
        fixture.thread, (vector), (slot)->registers[H_EIP],                    \
                (slot)->registers[H_EAX], (slot)->registers[H_EBX],            \
                (slot)->registers[H_ECX], (slot)->registers[H_EDX],            \
                (slot)->registers[H_ESI], (slot)->registers[H_EDI]

#define BEHIND "; the trial is behind line %u, its check %u: %s"
#define TRIES "; the trial is at line %u, behind %u checks: %s"
#define PLACE_VALUES(place) (place)->line, (place)->checks, trial_text(place)

void
system_trying(const struct context_slot *slot, uint32_t vector)
{
        const struct trial_place *place = trial_place();

        if (!place)
                trying(SERVED, SERVED_VALUES(slot, vector));
        else if (place->tries)
                trying(SERVED TRIES, SERVED_VALUES(slot, vector),
                       PLACE_VALUES(place));
        else
                trying(SERVED BEHIND, SERVED_VALUES(slot, vector),
                       PLACE_VALUES(place));
}

// The same for what is said when it has ended; empty where there is nothing to say.
static const char *
how_far(void)
{
        static char words[TEXT_SIZE];
        const struct trial_place *place = trial_place();

        words[0] = '\0';
        if (place)
                format(words, sizeof(words), place->tries ? TRIES : BEHIND,
                       PLACE_VALUES(place));
        return words;
}

// --- How it has ended -------------------------------------------------------------

static void
judge_exception(void)
{
        const struct system_exception *what = &fixture.exception;

        if (what->vector == H_VECTOR_PAGE_FAULT)
                fail("page fault at 0x%08x of thread 0x%08x, error code 0x%x, "
                     "by the program's instruction at 0x%08x%s",
                     what->address, what->thread, what->code, what->eip,
                     how_far());
        fail("exception %u of thread 0x%08x, error code 0x%x, by the program's "
             "instruction at 0x%08x%s",
             what->vector, what->thread, what->code, what->eip, how_far());
}

static void
judge_late(void)
{
        const char *now =
                system_was_idle ? "nobody can run; last was" : "now runs";

        if (fixture.exception.there)
                fail("the trial has not ended after %u ms: %s thread 0x%08x, at "
                     "0x%08x. There was exception %u of thread 0x%08x at 0x%08x%s",
                     fixture.ticks, now, fixture.thread, fixture.eip,
                     fixture.exception.vector, fixture.exception.thread,
                     fixture.exception.eip, how_far());
        fail("the trial has not ended after %u ms: %s thread 0x%08x, at 0x%08x%s",
             fixture.ticks, now, fixture.thread, fixture.eip, how_far());
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
                     "times; thread 0x%08x ran last, at 0x%08x%s",
                     fixture.events, fixture.thread, fixture.eip, how_far());
        case SYSTEM_REFUSED:
                fail("h_run of the context that has made a report returns: %s%s",
                     h_strerror(fixture.refused), how_far());
        case SYSTEM_OFF:
                fail("L4 has switched the machine off before the trial had "
                     "ended; thread 0x%08x ran last, at 0x%08x. Why, stands on "
                     "the first serial line%s",
                     fixture.thread, fixture.eip, how_far());
        default:
                return;
        }
}
