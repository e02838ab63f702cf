// SPDX-License-Identifier: MIT
// The contract is in instruction.h. Source: L4 X.2, KernelInterface; l4/README.md.
#include "instruction.h"

#include "calls.h"
#include "console.h"
#include "kip.h"
#include "space.h"

#define VECTOR_BREAKPOINT 3u
#define VECTOR_INVALID 6u

// Are there these two bytes at an address of the thread's program?
static bool
code_is(const struct thread *thread, uint32_t address, uint8_t first,
        uint8_t second)
{
        const uint8_t expected[] = { first, second };

        for (uint32_t i = 0; i < sizeof(expected); i++) {
                uint32_t at = address + i;
                struct h_vaddr aligned = { at & ~3u };
                uint32_t word;
                if (h_read_user_word(thread->space->pagemap, aligned, &word) !=
                            H_OK ||
                    (uint8_t)(word >> at % 4 * 8) != expected[i])
                        return false;
        }
        return true;
}

static bool
kernel_interface(struct thread *thread)
{
        uint32_t ip = get_register(thread, H_EIP);

        if (!code_is(thread, ip, 0xF0, 0x90))
                return false;
        set_register(thread, H_EAX, thread->space->kip);
        set_register(thread, H_ECX, KIP_VERSION);
        set_register(thread, H_EDX, KIP_FLAGS);
        set_register(thread, H_ESI, KIP_KERNEL_ID);
        set_register(thread, H_EIP, ip + 2);
        return true;
}

// A character that has not come is asked for again, so that others may run until
// then.
static bool
debugger(struct thread *thread)
{
        uint32_t ip = get_register(thread, H_EIP);
        uint32_t eax = get_register(thread, H_EAX);
        uint8_t character;

        if (utcb_read(thread, UTCB_EXCEPTION_HANDLER) != ID_NIL)
                return false;
        if (!code_is(thread, ip, 0x3C, 0x0D))
                return true;
        if (console_read(&character))
                set_register(thread, H_EAX, (eax & ~0xFFu) | character);
        else
                set_register(thread, H_EIP, ip - 1);
        return true;
}

bool
instruction_is_call(struct thread *thread, uint8_t vector)
{
        return (vector == VECTOR_INVALID && kernel_interface(thread)) ||
               (vector == VECTOR_BREAKPOINT && debugger(thread));
}
