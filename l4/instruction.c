// SPDX-License-Identifier: MIT
// The contract is in instruction.h. Source: L4 X.2, KernelInterface; l4/README.md.
#include "instruction.h"

#include "calls.h"
#include "console.h"
#include "kip.h"
#include "panic.h"
#include "space.h"

#define VECTOR_BREAKPOINT 3u
#define VECTOR_INVALID 6u
#define VECTOR_PROTECTION 13u

#define INT3 0xCCu

// Is there this byte at an address of the thread's program?
static bool
byte_is(const struct thread *thread, uint32_t address, uint8_t expected)
{
        struct h_vaddr aligned = { address & ~3u };
        uint32_t word;

        return h_read_user_word(thread->space->pagemap, aligned, &word) ==
                       H_OK &&
               (uint8_t)(word >> address % 4 * 8) == expected;
}

static bool
code_is(const struct thread *thread, uint32_t address, uint8_t first,
        uint8_t second)
{
        return byte_is(thread, address, first) &&
               byte_is(thread, address + 1, second);
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
        if (!byte_is(thread, ip - 1, INT3) || !code_is(thread, ip, 0x3C, 0x0D))
                return true;
        if (console_read(&character))
                set_register(thread, H_EAX, (eax & ~0xFFu) | character);
        else
                set_register(thread, H_EIP, ip - 1);
        return true;
}

static bool
lend_ports(struct thread *thread)
{
        const struct space *space = thread->space;

        if (thread->has_ports || space->port_count == 0)
                return false;
        must(h_set_ports(thread->context, space->ports, space->port_count),
             "h_set_ports");
        thread->has_ports = true;
        return true;
}

bool
instruction_is_call(struct thread *thread, uint8_t vector, uint32_t code)
{
        return (vector == VECTOR_INVALID && kernel_interface(thread)) ||
               (vector == VECTOR_BREAKPOINT && debugger(thread)) ||
               (vector == VECTOR_PROTECTION && code == 0 && lend_ports(thread));
}
