// SPDX-License-Identifier: MIT
// Instructions that the laws ask for one by one. Source: Intel SDM volume 2. The
// contracts are in laws.h.
#include "laws.h"

static void
emit_byte(struct program *program, uint8_t byte)
{
        emit(program, &byte, 1);
}

// An instruction of this opcode with the address; `reg` is a register, or a part of
// the opcode.
static void
with_address(struct program *program, uint8_t opcode, unsigned reg,
             uint32_t address)
{
        emit_next(program);
        emit_byte(program, opcode);
        emit_byte(program, (uint8_t)(reg << 3 | 5));
        emit_word(program, address);
}

void
emit_store(struct program *program, uint32_t address, uint32_t word)
{
        with_address(program, 0xC7, 0, address);
        emit_word(program, word);
}

void
emit_load(struct program *program, uint32_t address)
{
        with_address(program, 0x8B, 0, address);
}

void
emit_touch(struct program *program, uint32_t address, bool write)
{
        if (!write) {
                emit_load(program, address);
                return;
        }
        with_address(program, 0x83, 1, address); // OR
        emit_byte(program, 0);
}

// MOV EDX, port
static void
set_port(struct program *program, uint16_t port)
{
        emit_next(program);
        emit_byte(program, 0xBA);
        emit_word(program, port);
}

void
emit_out(struct program *program, uint16_t port, uint8_t value)
{
        set_port(program, port);
        emit_byte(program, 0xB0);
        emit_byte(program, value);
        emit_byte(program, 0xEE);
}

void
emit_in(struct program *program, uint16_t port)
{
        set_port(program, port);
        emit_byte(program, 0xEC);
}
