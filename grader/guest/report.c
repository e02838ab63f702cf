// SPDX-License-Identifier: MIT
// How a test ends. It passes, and the next one begins; or the reason is
// reported and the machine switched off, since after a failure nothing is known
// of its state.
#include "harness.h"
#include "own_trial.h"

#include <h4/live.h>
#include <h4/test.h>
#include <kernel/cpu.h>
#include <kernel/fault.h>
#include <kernel/format.h>
#include <kernel/image.h>
#include <kernel/panic.h>
#include <kernel/power.h>

struct harness_running harness_running;

// Exchanging %bx with itself stops Bochs, if its debugger is told so, behind the
// instruction; nowhere else it means anything. By the labels the grader knows these
// stops from others. The compiler must not see through these calls.
__attribute__((noinline, noclone)) void
harness_test_begin(uint32_t index)
{
        __asm__ volatile("xchgw %%bx, %%bx\n\t"
                         ".globl harness_begun\n"
                         "harness_begun: # %0"
                         :
                         : "r"(index)
                         : "memory");
}

__attribute__((noinline, noclone)) void
harness_test_end(uint32_t index)
{
        harness_running.counted = true;
        __asm__ volatile("xchgw %%bx, %%bx\n\t"
                         ".globl harness_ended\n"
                         "harness_ended: # %0"
                         :
                         : "r"(index)
                         : "memory");
}

__attribute__((noinline)) void
harness_failed(void)
{
        // With a debugger behind it the machine stays, as the test left it.
        while (harness_running.debug)
                __asm__ volatile("pause" : : : "memory");
}

void
report_prepare(bool debug)
{
        harness_running.debug = debug;
}

void
report_enter(uint32_t number, uint32_t index, const uint32_t *frame)
{
        harness_running.test = true;
        harness_running.number = number;
        harness_running.index = index;
        harness_running.frame = frame;
        harness_running.counted = false;
        protocol_line("# begin %u", index);
        protocol_drain();
}

void
report_pass(void)
{
        protocol_line("ok %u", harness_running.number);
        harness_running.test = false;
}

// First thing in every report. It may be that the stack or the harness's own
// data were ruined: what goes wrong from here on ends at once. The grader knows the end of
// a test that has failed by this function, in which it is: no compiler makes it a part of
// another one.
static __attribute__((noinline)) void
begin_report(void)
{
        __asm__ volatile("cli; cld");
        if (harness_running.failing)
                power_off(POWER_OFF_FATAL);
        harness_running.failing = true;
        if (harness_running.test && !harness_running.counted)
                harness_test_end(harness_running.index);

        // A test may have been on a page-directory of its own.
        live_load(live_boot_directory());
}

static _Noreturn void
end_report(void)
{
        memory_test_over();
        if (harness_running.test)
                protocol_line("not ok %u", harness_running.number);
        protocol_drain();
        com1_over();
        harness_failed();
        power_off(POWER_OFF_FATAL);
}

static bool
on_kernel_stack(uint32_t address)
{
        return address % 4 == 0 && address >= (uintptr_t)boot_stack_bottom &&
               address + 8 <= (uintptr_t)boot_stack_top;
}

// The stack frame of what was called from the frame `caller`, the test itself, found
// by the chain of frame pointers from `frame` on; `below` is the one under it, of what
// the test called. In a frame, word 0 is the caller's frame and word 1 the return
// address.
static const uint32_t *
frame_of_test(const uint32_t *caller, const uint32_t *frame,
              const uint32_t **below)
{
        *below = NULL;
        for (int i = 0; i < 64 && on_kernel_stack((uintptr_t)frame); i++) {
                if (frame[0] == (uintptr_t)caller)
                        return frame;
                *below = frame;
                frame = (const uint32_t *)(uintptr_t)frame[0];
        }
        return NULL;
}

// The line of the test that failed: what a test calls may have called `fail` in
// its turn. 0: not found, or the test is over.
static uint32_t
place_in_test(const uint32_t *caller)
{
        const uint32_t *below;
        if (harness_running.counted ||
            !frame_of_test(caller, __builtin_frame_address(0), &below) ||
            !below)
                return 0;
        return below[1];
}

_Noreturn void
report_failure(const char *message, const char *expected, const char *found)
{
        const uint32_t *trial = own_trial_frame();

        if (trial)
                own_failed(place_in_test(trial), message, expected, found);
        report_failure_at(place_in_test(harness_running.frame), message,
                          expected, found);
}

_Noreturn void
report_failure_at(uint32_t place, const char *message, const char *expected,
                  const char *found)
{
        begin_report();
        protocol_line("# message %s", message);
        if (expected)
                protocol_line("# expected %s", expected);
        if (found)
                protocol_line("# found %s", found);
        if (place)
                protocol_line("# where 0x%08x", place);
        end_report();
}

// Who called whom, up to the test, or to a student's one that is on trial. The kernel's own backtrace is an exercise.
static void
report_frames(uint32_t frame_pointer)
{
        const uint32_t *trial = own_trial_frame();
        const uint32_t *last = trial ? trial : harness_running.frame;

        for (int i = 0; i < PANIC_FRAMES && on_kernel_stack(frame_pointer);
             i++) {
                const uint32_t *frame =
                        (const uint32_t *)(uintptr_t)frame_pointer;
                if (frame[0] == (uintptr_t)last || frame[0] <= frame_pointer)
                        return;
                protocol_line("# frame 0x%08x", frame[1]);
                frame_pointer = frame[0];
        }
}

bool
report_trap(struct trap_frame *frame)
{
        if (probe_trap(frame))
                return true;

        // Before and after the tests it is the kernel's to report.
        if (!harness_running.test && !harness_running.failing)
                return false;

        begin_report();
        char words[LINE_SIZE];
        if (frames_words(words, sizeof(words)) ||
            (frame->vector == TRAP_PAGE_FAULT &&
             list_words(frame->cr2, words, sizeof(words))))
                protocol_line("# message %s", words);
        protocol_line("# fault 0x%x 0x%x 0x%08x 0x%08x 0x%x", frame->vector,
                      frame->error, frame->eip, frame->cr2, frame->cs);

        // A call through a bad pointer has no frame of its own: what called it
        // is on the top of the stack.
        uint32_t stack = trap_stack_pointer(frame);
        if (frame->cr2 == frame->eip && on_kernel_stack(stack))
                protocol_line("# frame 0x%08x",
                              *(const uint32_t *)(uintptr_t)stack);
        report_frames(frame->ebp);
        trying_report();
        end_report();
}

// Reported as any other end: the message of whoever does so is on COM1.
void
report_switched_off(void)
{
        if (!harness_running.test || harness_running.failing)
                return;

        const uint32_t *frame = __builtin_frame_address(0);
        begin_report();
        protocol_line("# off");
        report_frames(frame[0]); // power_off's: whoever called it comes first
        trying_report();
        end_report();
}

void
report_panic(const char *message, uint32_t frame_pointer)
{
        if (!harness_running.test && !harness_running.failing)
                return;

        begin_report();
        protocol_line("# panic %s", message);
        report_frames(frame_pointer);
        trying_report();
        end_report();
}
