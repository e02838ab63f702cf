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

// A byte of the thread's program. False: there is none.
static bool
read_byte(const struct thread *thread, uint32_t address, uint8_t *byte)
{
        struct h_vaddr aligned = { address & ~3u };
        uint32_t word;

        if (h_read_user_word(thread->space->pagemap, aligned, &word) != H_OK)
                return false;
        *byte = (uint8_t)(word >> address % 4 * 8);
        return true;
}

static bool
byte_is(const struct thread *thread, uint32_t address, uint8_t expected)
{
        uint8_t byte;

        return read_byte(thread, address, &byte) && byte == expected;
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

        if (thread->port_version == space->port_version ||
            (thread->port_version == 0 && space->port_count == 0))
                return false;
        must(h_set_ports(thread->context, space->ports, space->port_count),
             "h_set_ports");
        thread->port_version = space->port_version;
        return true;
}

bool
instruction_is_call(struct thread *thread, uint8_t vector, uint32_t code)
{
        return (vector == VECTOR_INVALID && kernel_interface(thread)) ||
               (vector == VECTOR_BREAKPOINT && debugger(thread)) ||
               (vector == VECTOR_PROTECTION && code == 0 && lend_ports(thread));
}

// --- Ports ---------------------------------------------------------------------------

// IN and OUT, with the port in the next byte or in DX, and INS and OUTS, of bytes and of
// words. Source: Intel SDM, volume 2.
#define BY_BYTE 0xE4u    // to 0xE7: bit 0: not of bytes
#define BY_DX 0xECu      // to 0xEF
#define OF_STRINGS 0x6Cu // to 0x6F
#define KINDS 0xFCu
#define OPERAND_SIZE 0x66u
#define LONGEST 15u // bytes of an instruction

static bool
is_prefix(uint8_t byte)
{
        switch (byte) {
        case 0x26: // segments
        case 0x2E:
        case 0x36:
        case 0x3E:
        case 0x64:
        case 0x65:
        case OPERAND_SIZE:
        case 0x67: // size of addresses
        case 0xF2: // repeating
        case 0xF3:
                return true;
        default:
                return false;
        }
}

uint32_t
instruction_ports(const struct thread *thread)
{
        uint32_t ip = get_register(thread, H_EIP);
        uint32_t port = get_register(thread, H_EDX) & 0xFFFF;
        uint32_t bytes = 4;
        uint8_t opcode, number;

        for (uint32_t i = 0;; i++) {
                if (i == LONGEST || !read_byte(thread, ip++, &opcode))
                        return FPAGE_NIL;
                if (!is_prefix(opcode))
                        break;
                if (opcode == OPERAND_SIZE)
                        bytes = 2;
        }
        if ((opcode & KINDS) == BY_BYTE) {
                if (!read_byte(thread, ip, &number))
                        return FPAGE_NIL;
                port = number;
        } else if ((opcode & KINDS) != BY_DX &&
                   (opcode & KINDS) != OF_STRINGS) {
                return FPAGE_NIL;
        }
        if ((opcode & 1) == 0)
                bytes = 1;

        unsigned log2 = 0;
        while (log2 < 16 && port >> log2 != (port + bytes - 1) >> log2)
                log2++;
        return fpage_ports(port >> log2 << log2, log2);
}
