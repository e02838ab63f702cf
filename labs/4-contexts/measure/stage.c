// SPDX-License-Identifier: MIT
// The stage that measures how programs are run.
#include "measure.h"

#include <grader/guest/harness.h>
#include <h/internal/context.h>
#include <h/internal/state.h>
#include <h4/test.h>
#include <kernel/bootinfo.h>
#include <kernel/console.h>
#include <kernel/memory.h>
#include <kernel/panic.h>
#include <kernel/power.h>
#include <kernel/stage.h>

// What two readings of the counter cost, with nothing between them.
static uint64_t nothing;

static void
measure_nothing(void)
{
        const uint64_t begin = rdtsc();
        const uint64_t end = rdtsc();

        nothing = end - begin;
}

void
measured(const char *operation, const char *title, uint64_t ticks,
         enum h_error error)
{
        if (error != H_OK)
                panic("h_%s, to be measured as %s, answers %s", operation,
                      title, h_strerror(error));
        measured_exactly(operation, title, (uint32_t)(ticks - nothing));
}

void
measured_exactly(const char *operation, const char *title, uint32_t ticks)
{
        protocol_line("# ticks %s %s %u", operation, title, ticks);
}

void
measured_round_trip(const char *name, uint32_t ticks)
{
        protocol_line("# round trip %s %u", name, ticks);
}

// Nothing but places that can be seen from outside.
__attribute__((noinline)) void
round_trip_begins(void)
{
        __asm__ volatile("nop");
}

__attribute__((noinline)) void
round_trip_ends(void)
{
        __asm__ volatile("nop");
}

void
done(enum h_error error)
{
        if (error != H_OK)
                panic("an operation that is not measured answers %s",
                      h_strerror(error));
}

void
measured_all(void)
{
        // Without this line the figures are not all there.
        protocol_line("# measured all");
        protocol_drain();
        power_off(POWER_OFF_DONE);
}

void
stage_main(void)
{
        harness_main(bootinfo_command_line());
        console_init();
        memory_init();
        h_init();
        execution_init();

        measure_nothing();
        supply_init();
        done(h_set_period(H_PERIOD_MOST));
        measure_contexts();
        measure_interrupts();
        measure_running();
        measure_bound();
}
