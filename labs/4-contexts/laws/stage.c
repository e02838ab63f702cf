// SPDX-License-Identifier: MIT
// The stage that tries the laws. The command line says which, and with what seeds:
//
//     law=3,seed=17,cases=20      law 3 with the seeds 17 to 36; no law: all of them
//
// What is said on the line to the grader:
//
//     # law fresh_maps_are_empty 17 20 holds
//     # law fresh_maps_are_empty 23 1 broken <in words>
//
// with the first seed, and the number of cases. A law that is broken ends all.
#include "laws.h"

#include <grader/guest/harness.h>
#include <h/internal/context.h>
#include <h/internal/paranoid.h>
#include <h/internal/state.h>
#include <kernel/bootinfo.h>
#include <kernel/cmdline.h>
#include <kernel/console.h>
#include <kernel/format.h>
#include <kernel/memory.h>
#include <kernel/power.h>
#include <kernel/stage.h>

#define LAW(function)                                                          \
        {                                                                      \
#function, function                                            \
        }

const struct law laws[LAWS] = {
        LAW(pages_are_independent_locations),
        LAW(entries_are_independent_locations),
        LAW(fresh_maps_are_empty),
        LAW(maps_do_not_depend_on_memory),
        LAW(ports_do_not_depend_on_memory_or_maps),
        LAW(execution_writes_only_where_it_may),
        LAW(unmapped_memory_does_not_matter),
        LAW(other_maps_do_not_matter),
        LAW(execution_leaves_other_maps_alone),
        LAW(execution_leaves_mappings_and_rights),
        LAW(what_changed_was_writable_and_is_dirty),
};

static struct {
        const struct law *law;
        uint32_t seed;
} now = { &laws[0], 0 };

void
broken(const char *text, ...)
{
        char words[160];
        va_list arguments;

        va_start(arguments, text);
        vformat(words, sizeof(words), text, arguments);
        va_end(arguments);
        protocol_line("# law %s %u 1 broken %s", now.law->name, now.seed,
                      words);
        protocol_drain();
        power_off(POWER_OFF_FATAL);
}

void
done(enum h_error error, const char *operation)
{
        if (error != H_OK)
                broken("%s answers %s", operation, h_strerror(error));
}

static void
try_law(const struct law *law, uint32_t seed, uint32_t cases)
{
        for (uint32_t i = 0; i < cases; i++) {
                now.law = law;
                now.seed = seed + i;
                random_begin(now.seed, law->name);
                memory_choose();
                spaces_create();
                law->check();
                spaces_destroy();
        }
        protocol_line("# law %s %u %u holds", law->name, seed, cases);
}

void
stage_main(void)
{
        const char *line = bootinfo_command_line();
        uint32_t law = LAWS, seed = 1, cases = 1;

        harness_main(line);
        console_init();
        memory_init();
        h_init();
        execution_init();
        memory_begin();

        cmdline_number(line, "law", &law);
        cmdline_number(line, "seed", &seed);
        cmdline_number(line, "cases", &cases);
        for (uint32_t i = 0; i < LAWS; i++)
                if (law >= LAWS || law == i)
                        try_law(&laws[i], seed, cases);

        paranoid_check("the laws");
        protocol_line("# laws end");
        protocol_drain();
        power_off(POWER_OFF_DONE);
}
