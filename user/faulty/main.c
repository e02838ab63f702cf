// SPDX-License-Identifier: MIT
// Does one after the other what a program may not do, and sees to it that each
// comes back to it as the exception that is due.
#include "actions.h"

#include <stdbool.h>
#include <stddef.h>
#include <user/system.h>

#define DIVIDE_ERROR 0
#define BREAKPOINT 3
#define INVALID_OPCODE 6
#define GENERAL_PROTECTION 13
#define PAGE_FAULT 14

struct attempt {
        const char *name;
        void (*action)(void);
        uint32_t vector;
        uint32_t detail;
};

static bool
try(const struct attempt *one)
{
        uint32_t detail;
        uint32_t vector = attempt(one->action, &detail);

        if (vector == one->vector && detail == one->detail)
                return true;
        print(one->name);
        if (vector == ATTEMPT_FINE) {
                print(" went well, and should not.\n");
                return false;
        }
        print(" came back as ");
        print_number(vector);
        print(" with ");
        print_hex(detail);
        print(", and ");
        print_number(one->vector);
        print(" with ");
        print_hex(one->detail);
        print(" was due.\n");
        return false;
}

uint32_t
main(uint32_t instance)
{
        const struct attempt attempts[] = {
                { "Reading at 0", read_null, PAGE_FAULT, 0 },
                { "Writing to code", write_code, PAGE_FAULT,
                  (uint32_t)(uintptr_t)write_code },
                { "Reading the kernel", read_kernel, PAGE_FAULT,
                  KERNEL_ADDRESS },
                { "Writing to the kernel", write_kernel, PAGE_FAULT,
                  KERNEL_ADDRESS },
                { "Dividing by 0", divide_by_zero, DIVIDE_ERROR, 0 },
                { "UD2", undefined_instruction, INVALID_OPCODE, 0 },
                { "INT3", breakpoint, BREAKPOINT, 0 },
                { "HLT", halt, GENERAL_PROTECTION, 0 },
                { "CLI", disable_interrupts, GENERAL_PROTECTION, 0 },
                { "Loading CR3", load_cr3, GENERAL_PROTECTION, 0 },
                { "Reading a port", read_port, GENERAL_PROTECTION, 0 },
                // The error code names the gate: 8 n, and 2 for the table.
                { "INT 0x20", other_gate, GENERAL_PROTECTION, 0x20 * 8 + 2 },
                { "Calling ring 0", far_call, GENERAL_PROTECTION, 0x08 },
        };
        const size_t count = sizeof(attempts) / sizeof(attempts[0]);
        uint32_t wrong = 0;

        (void)instance;
        for (size_t i = 0; i < count; i++)
                if (!try(&attempts[i]))
                        wrong++;

        print_number((uint32_t)count);
        print(" things that I may not do: ");
        print(wrong ? "not all came back as they should.\n"
                    : "each came back as an exception.\n");
        return wrong;
}
