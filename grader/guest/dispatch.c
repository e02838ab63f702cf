// SPDX-License-Identifier: MIT
// Runs the tests that the command line asks for:
//
//   nonce=4f02a1,seed=7,tests=0-4.7     these, in this order
//   nonce=4f02a1,seed=7,debug=3         this one; when it has failed the
//                                       machine stays in harness_failed
//   nonce=4f02a1,memory=1               pictures of memory, see <h4/memory.h>
//
// What is said on the line to the grader is described in README.md.
#include "harness.h"
#include "jitter.h"
#include "outside.h"

#include <h4/test.h>
#include <kernel/cmdline.h>
#include <kernel/fault.h>
#include <kernel/format.h>
#include <kernel/panic.h>
#include <kernel/power.h>

// Put together by the linker from what TEST() leaves.
extern const struct h4_test h4_tests_begin[];
extern const struct h4_test h4_tests_end[];

struct harness_plan harness_plan __attribute__((section(".bss.set_once")));

static uint32_t
tests_known(void)
{
        return (uint32_t)(h4_tests_end - h4_tests_begin);
}

// How many tests the list names; 0 where it is not a list of tests that there
// are.
static uint32_t
tests_asked(const char *list)
{
        uint32_t count = 0, first, last;
        while (*list) {
                if (!testlist_next(&list, &first, &last) ||
                    last >= tests_known())
                        return 0;
                count += last - first + 1;
        }
        return count;
}

void
fixtures_over(void)
{
        com1_over();
        list_over();
        frames_over();
        memory_test_over();
        pages_over();
        users_over();
        system_over();
        spaces_over();
        outside_over();
        arena_check_borders();
}

static void
run(uint32_t index, uint32_t number, uint32_t seed)
{
        const struct h4_test *test = &h4_tests_begin[index];

        // The test's caller is this frame: a report looks for it, to name the
        // line of the test and not one of the harness.
        report_enter(number, index, __builtin_frame_address(0));
        random_begin(seed, test->name);
        jitter_test_begins(test->name);
        arena_reset();

        harness_test_begin(index);
        test->run();
        harness_test_end(index);
        trying_within("%s", "");

        jitter_stop();
        fixtures_over();
        baseline_check();
        jitter_test_over();
        report_pass();
}

static void
run_all(const struct harness_plan *plan)
{
        protocol_line("KTAP version 1");
        protocol_line("1..%u", tests_asked(plan->tests));

        const char *list = plan->tests;
        uint32_t number = 0, first, last;
        while (testlist_next(&list, &first, &last))
                for (uint32_t index = first; index <= last; index++)
                        run(index, ++number, plan->seed);

        protocol_drain();
        harness_test_begin(HARNESS_OVER);
        protocol_line("# end");
}

void
harness_main(const char *command_line)
{
        char nonce[NONCE_SIZE];
        struct harness_plan *plan = &harness_plan;
        uint32_t debugged, memory, jitter;
        bool debug = cmdline_number(command_line, "debug", &debugged);

        if (!cmdline_value(command_line, "nonce", nonce, sizeof(nonce)))
                return;
        protocol_begin(nonce);
        if (cmdline_number(command_line, "memory", &memory) && memory == 1)
                memory_prepare();
        plan->seed = 1;
        cmdline_number(command_line, "seed", &plan->seed);
        if (!cmdline_value(command_line, "tests", plan->tests,
                           sizeof(plan->tests))) {
                if (!debug)
                        return;
                format(plan->tests, sizeof(plan->tests), "%u", debugged);
        }

        report_prepare(debug);
        if (!tests_asked(plan->tests)) {
                protocol_line("# message there are %u tests, and no list "
                              "of them is: %s",
                              tests_known(), plan->tests);
                power_off(POWER_OFF_FATAL);
        }
        trap_set_observer(report_trap);
        panic_set_observer(report_panic);
        power_set_observer(report_switched_off);
        arena_prepare();
        if (cmdline_number(command_line, "jitter", &jitter))
                jitter_prepare(jitter);
        baseline_prepare();
        run_all(plan);
        power_off(POWER_OFF_DONE);
}
