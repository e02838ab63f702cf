// SPDX-License-Identifier: MIT
// Values that may do harm in a register, in memory or in an instruction. The
// contracts are in random.h.
#include "random.h"

#include <h/internal/entry.h>
#include <kernel/image.h>

#define PICK(array) (array)[random_below(sizeof(array) / sizeof((array)[0]))]

// All of the GDT, with all rings, of the LDT that there is not, and behind it.
uint32_t
some_selector(void)
{
        switch (random_below(8)) {
        case 0:
                return random_word() & 0xFFFF;
        case 1:
                return random_below(4);
        case 2:
                return USER_DATA;
        case 3:
                return USER_CODE;
        default:
                return random_below(8 * GDT_ENTRIES);
        }
}

uint32_t
some_flags(void)
{
        static const uint32_t flags[] = {
                EFLAGS_TF, EFLAGS_IF, EFLAGS_DF, EFLAGS_IOPL, EFLAGS_NT,
                EFLAGS_RF, EFLAGS_VM, EFLAGS_AC, EFLAGS_ID,   0x00180000,
        };
        uint32_t value = random_word() & 0xCD5;

        if (random_below(2))
                value &= ~EFLAGS_TF;
        if (random_below(4) == 0)
                return random_word();
        for (unsigned i = random_below(4); i > 0; i--)
                value |= PICK(flags);
        return value;
}

uint32_t
some_code(void)
{
        const struct program *program = &own.program;

        if (program->count == 0)
                return CODE_AT + random_below(64);
        return CODE_AT + program->starts[random_below(program->count)];
}

uint32_t
some_call(void)
{
        const struct program *program = &own.program;

        if (program->call_count == 0)
                return some_code();
        return CODE_AT + program->calls[random_below(program->call_count)];
}

static uint32_t
kernel_address(void)
{
        const uint32_t addresses[] = {
                (uint32_t)kernel_image_begin,
                (uint32_t)kernel_read_only_end,
                (uint32_t)boot_stack_top - 64,
                (uint32_t)&kernel_tss,
                (uint32_t)kernel_gdt,
                (uint32_t)kernel_ports,
                (uint32_t)sysenter_entry,
                (uint32_t)leave_user,
                (uint32_t)execution.contexts,
                (uint32_t)&execution.contexts[own.calm[1].slot + 1],
                ENVIRONMENT_BASE,
                WINDOW_BASE,
                own.addresses,
                own.addresses + random_below(32) * H_PAGE_SIZE,
                KERNEL_BASE,
                0xFFFFFFFC,
                0xFFFFF000,
        };

        return PICK(addresses) + (random_below(2) ? random_below(256) : 0);
}

uint32_t
some_address(void)
{
        switch (random_below(10)) {
        case 0:
                return random_word();
        case 1:
                return kernel_address();
        case 2: // at a border
                return (random_below(2) ? DATA_AT + 0x2000 : H_KERNEL_SPACE) -
                       random_below(16);
        case 3:
                return CONST_AT + random_below(H_PAGE_SIZE);
        case 4:
                return CODE_AT + random_below(H_PAGE_SIZE);
        case 5:
                return TOP_AT + random_below(H_PAGE_SIZE);
        default:
                return DATA_AT + (random_below(0x2000) & ~15u);
        }
}

uint32_t
some_value(void)
{
        switch (random_below(8)) {
        case 0:
                return random_word();
        case 1:
                return random_below(256);
        case 2:
                return some_selector();
        case 3:
                return some_flags();
        case 4:
                return some_code();
        default:
                return some_address();
        }
}
