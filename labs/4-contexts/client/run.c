// SPDX-License-Identifier: MIT
// The event loop: H runs a program until something ends that, and says what.
//
//              h_execute
//     client ------------> program
//            <------------
//       system call, page fault, exception: the program's own affair, it goes on
//       timer:                              somebody else's turn
//
// A program that never ends by itself has its last turn after MOST_PERIODS of
// these.
#include "run.h"

#include "calls.h"
#include "say.h"

#define EXCEPTIONS 20 // that the processor has

// How many periods of the timer a program gets: with H_PERIOD_DEFAULT, 2 seconds.
#define MOST_PERIODS 2000u

// The status of a program that has not ended by itself.
#define WAS_ENDED 0xFFFFFFFF

static void
end(struct program *program)
{
        program->running = false;
        program->status = WAS_ENDED;
}

// Source: Intel SDM volume 3, table 6-1.
static const char *
exception_name(uint8_t vector)
{
        static const char *const names[EXCEPTIONS] = {
                "divide error",
                "debug",
                "non-maskable interrupt",
                "breakpoint",
                "overflow",
                "bound range exceeded",
                "invalid opcode",
                "no floating-point unit",
                "double fault",
                "coprocessor segment overrun",
                "invalid TSS",
                "segment not present",
                "stack fault",
                "general protection",
                "page fault",
                "reserved",
                "floating-point error",
                "alignment check",
                "machine check",
                "SIMD floating-point error",
        };

        return vector < EXCEPTIONS ? names[vector] : "reserved";
}

static void
say_page_fault(const struct h_interrupt *interrupt)
{
        say(interrupt->write ? "; writing at " : "; reading at ");
        say_hex(interrupt->address.value);
        say(interrupt->present ? ", which is not allowed"
                               : ", where nothing is mapped");
}

static void
say_exception(const struct program *program,
              const struct h_interrupt *interrupt)
{
        uint32_t eip = 0;

        worked("h_read_register",
               h_read_register(program->context, H_EIP, &eip));
        program_says(program);
        say(exception_name(interrupt->vector));
        say(" at ");
        say_hex(eip);
        if (interrupt->kind == H_PAGE_FAULT)
                say_page_fault(interrupt);
        else if (interrupt->code) {
                say(", code ");
                say_hex(interrupt->code);
        }
        say_line("");
}

// Brings a program to where it wants to go on. Answers whether it can go on.
static bool
recover(struct program *program, const struct h_interrupt *interrupt)
{
        uint32_t detail = interrupt->kind == H_PAGE_FAULT
                                  ? interrupt->address.value
                                  : interrupt->code;

        program->exceptions++;
        say_exception(program, interrupt);
        if (program->recover == 0) {
                end(program);
                return false;
        }
        return worked("h_write_register",
                      h_write_register(program->context, H_EAX,
                                       interrupt->vector)) &&
               worked("h_write_register",
                      h_write_register(program->context, H_EDX, detail)) &&
               worked("h_write_register",
                      h_write_register(program->context, H_EIP,
                                       program->recover));
}

// A program that loops is not to keep the others for ever.
static void
count_period(struct program *program)
{
        if (++program->periods < MOST_PERIODS)
                return;
        program_says(program);
        say_number(MOST_PERIODS);
        say_line(" periods of the timer are the most that a program gets");
        end(program);
}

// Answers whether the program is to go on at once.
static bool
handle(struct program *program, const struct h_interrupt *interrupt)
{
        switch (interrupt->kind) {
        case H_SYSTEM_CALL:
                return system_call(program);
        case H_EXCEPTION:
        case H_PAGE_FAULT:
                return recover(program, interrupt);
        case H_TIMER:
                count_period(program);
                return false;
        case H_IRQ:
                return true; // nobody has asked for one
        }
        return false;
}

static void
run(struct program *program)
{
        struct h_interrupt interrupt;

        do {
                if (!worked("h_execute",
                            h_execute(program->space, program->context,
                                      &interrupt))) {
                        end(program);
                        return;
                }
        } while (handle(program, &interrupt));
}

static void
say_ended(const struct program *program)
{
        program_says(program);
        if (program->status == 0)
                say("has ended well");
        else if (program->status == WAS_ENDED)
                say("was ended");
        else
                say("has failed");
        say(", after ");
        say_number(program->calls);
        say(" system calls, ");
        say_number(program->exceptions);
        say(" exceptions, ");
        say_number(program->periods);
        say_line(" times stopped by the timer");
}

bool
run_all(struct program *programs, size_t count)
{
        bool any = true;
        bool well = true;

        while (any) {
                any = false;
                for (size_t i = 0; i < count; i++) {
                        struct program *program = &programs[i];
                        if (!program->running)
                                continue;
                        run(program);
                        any |= program->running;
                        if (program->running)
                                continue;
                        say_ended(program);
                        well &= program->status == 0;
                }
        }
        return well;
}
