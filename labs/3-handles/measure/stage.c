// SPDX-License-Identifier: MIT
// The stage that measures H.
#include "measure.h"

#include <grader/guest/harness.h>
#include <h/internal/state.h>
#include <h4/test.h>
#include <kernel/bootinfo.h>
#include <kernel/console.h>
#include <kernel/format.h>
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
        protocol_line("# ticks %s %s %u", operation, title,
                      (uint32_t)(ticks - nothing));
}

const char *
numbered(const char *name, uint32_t number)
{
        static char title[40];

        format(title, sizeof(title), "%s%u", name, number);
        return title;
}

void
done(enum h_error error)
{
        if (error != H_OK)
                panic("an operation that is not measured answers %s",
                      h_strerror(error));
}

void
stage_main(void)
{
        harness_main(bootinfo_command_line());
        console_init();
        memory_init();
        h_init();

        measure_nothing();
        supply_init();
        measure_configuration();
        measure_spaces();
        measure_mappings();
        measure_kernel_mappings();
        measure_words();
        measure_devices();
        measure_growth();

        // Without this line the figures are not all there.
        protocol_line("# measured all");
        protocol_drain();
        power_off(POWER_OFF_DONE);
}
