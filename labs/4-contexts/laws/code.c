// SPDX-License-Identifier: MIT
// Instructions for random programs: such as read, write and compute. Source: Intel
// SDM volume 2. The contracts are in laws.h.
#include "laws.h"

#include <kernel/string.h>

enum {
        EAX,
        ECX,
        EDX,
        EBX,
        ESP,
        EBP,
        ESI,
        EDI
};

// ModRM bytes: a register and an address of 32 bits; two registers; a register
// and what another one points to, with a distance of 8 bits.
#define DIRECT(reg) (uint8_t)((reg) << 3 | 5)
#define BOTH(reg, other) (uint8_t)(0xC0 | (reg) << 3 | (other))
#define BEHIND(reg, base) (uint8_t)(0x40 | (reg) << 3 | (base))

#define BYTES(...)                                                             \
        emit_bytes(p, (const uint8_t[]){ __VA_ARGS__ },                        \
                   sizeof((const uint8_t[]){ __VA_ARGS__ }))

static void
emit_bytes(struct program *p, const uint8_t *bytes, size_t count)
{
        emit(p, bytes, (uint32_t)count);
}

// Any but ESP.
static unsigned
some_register(void)
{
        static const uint8_t registers[] = {
                EAX, ECX, EDX, EBX, EBP, ESI, EDI
        };

        return registers[random_below(sizeof(registers))];
}

// Where a place begins, at its end, or anywhere in it; aligned as a rule.
static uint32_t
somewhere_in(uint32_t address)
{
        switch (random_below(8)) {
        case 0:
                return address;
        case 1:
                return address + H_PAGE_SIZE - random_below(8);
        case 2:
                return address + random_below(H_PAGE_SIZE);
        default:
                return address + (random_below(H_PAGE_SIZE) & ~3u);
        }
}

// Mostly what can be reached.
static uint32_t
some_address(const struct space *space, unsigned right)
{
        if (random_below(40) == 0)
                return random_word();

        unsigned place = random_below(PLACES);
        if (random_below(4) > 0)
                for (unsigned i = 0; i < PLACES; i++) {
                        const struct place *at = &space->at[place];
                        if (at->frame != NO_FRAME &&
                            (right != H_W || (at->rights & H_W) != 0))
                                break;
                        place = (place + 1) % PLACES;
                }
        return somewhere_in(place_address(place));
}

static void
set(struct program *p, unsigned reg, uint32_t value)
{
        BYTES((uint8_t)(0xB8 + reg));
        emit_word(p, value);
}

// `opcode` with a register and an address.
static void
direct(struct program *p, uint8_t opcode, unsigned reg, uint32_t address)
{
        BYTES(opcode, DIRECT(reg));
        emit_word(p, address);
}

static void
direct_0f(struct program *p, uint8_t opcode, unsigned reg, uint32_t address)
{
        BYTES(0x0F);
        direct(p, opcode, reg, address);
}

// One of ADD, OR, ADC, SBB, AND, SUB, XOR, CMP, of a form 0 to 5.
static uint8_t
arithmetic(unsigned form)
{
        return (uint8_t)(random_below(8) << 3 | form);
}

static void
emit_registers(struct program *p, const struct space *space)
{
        unsigned a = some_register(), b = some_register();

        (void)space;
        switch (random_below(7)) {
        case 0:
                set(p, a, random_word());
                break;
        case 1:
                BYTES(0xF7, BOTH(2 + random_below(6), a)); // NOT to IDIV
                break;
        case 2:
                BYTES(0xC1, BOTH(random_below(8), a), (uint8_t)random_word());
                break;
        case 3:
                BYTES(0x0F, (uint8_t)(0x40 + random_below(16)), BOTH(a, b));
                break;
        case 4: // a conditional jump over the next one
                BYTES((uint8_t)(0x70 + random_below(16)), 5);
                set(p, a, random_word());
                break;
        default:
                BYTES(arithmetic(1), BOTH(a, b));
        }
}

static void
emit_reading(struct program *p, const struct space *space)
{
        unsigned reg = some_register();
        uint32_t address = some_address(space, H_R);

        switch (random_below(4)) {
        case 0:
                set(p, ESI, address);
                BYTES(0x8A, BEHIND(EDX, ESI), (uint8_t)random_word());
                break;
        case 1:
                direct(p, arithmetic(3), reg, address);
                break;
        case 2: // CMPS, once
                set(p, EDI, some_address(space, H_R));
                set(p, ESI, address);
                BYTES(0xA7);
                break;
        default:
                direct(p, 0x8B, reg, address);
        }
}

static void
emit_writing(struct program *p, const struct space *space)
{
        unsigned reg = some_register();
        uint32_t address = some_address(space, H_W);

        switch (random_below(6)) {
        case 0:
                set(p, EDI, address);
                BYTES(0x88, BEHIND(EDX, EDI), (uint8_t)random_word());
                break;
        case 1:
                direct(p, arithmetic(1), reg, address);
                break;
        case 2: // XADD, CMPXCHG
                direct_0f(p, random_below(2) ? 0xC1 : 0xB1, reg, address);
                break;
        case 3: // BTS, as far from the address as the register says
                direct_0f(p, 0xAB, reg, address);
                break;
        case 4: // INC, DEC
                direct(p, 0xFF, random_below(2), address);
                break;
        default:
                direct(p, 0x89, reg, address);
        }
}

static void
emit_stack(struct program *p, const struct space *space)
{
        set(p, ESP, some_address(space, H_W) & ~3u);
        BYTES((uint8_t)(0x50 + some_register()));
        BYTES((uint8_t)(0x58 + some_register()));
        if (random_below(2))
                BYTES(0x60); // PUSHA
}

// Over the borders of pages, upwards or downwards.
static void
emit_string(struct program *p, const struct space *space)
{
        bool move = random_below(2);

        BYTES(random_below(4) ? 0xFC : 0xFD); // CLD, STD
        if (move)
                set(p, ESI, some_address(space, H_R));
        set(p, EDI, some_address(space, H_W));
        set(p, ECX, random_below(8) ? random_below(64) : random_below(1500));
        BYTES(0xF3, move ? 0xA5 : 0xAB);
        BYTES(0xFC);
}

static void
emit_loop(struct program *p, const struct space *space)
{
        set(p, ECX, 1 + random_below(20));
        uint32_t begin = p->length;
        BYTES(0x01, BOTH(EDX, EAX));
        direct(p, 0x31, EAX, some_address(space, H_W));
        BYTES(0xE2, (uint8_t)(begin - p->length - 2));
}

static void
emit_floating(struct program *p, const struct space *space)
{
        switch (random_below(5)) {
        case 0:
                direct(p, 0xD9, 0, some_address(space, H_R)); // FLD
                break;
        case 1:
                direct(p, 0xD9, 3, some_address(space, H_W)); // FSTP
                break;
        case 2:
                direct_0f(p, 0x10, 0, some_address(space, H_R)); // MOVUPS
                break;
        case 3:
                direct_0f(p, 0x11, 0, some_address(space, H_W));
                break;
        default:
                BYTES(0xD9, 0xEB);                            // FLDPI
                direct(p, 0xD9, 7, some_address(space, H_W)); // FNSTCW
        }
}

static void
emit_trap(struct program *p, const struct space *space)
{
        static const uint8_t traps[][2] = { { 0x0F, 0x0B },   // UD2
                                            { 0xF4, 0x90 },   // HLT
                                            { 0xFA, 0x90 },   // CLI
                                            { 0xEC, 0x90 },   // IN
                                            { 0xCD, 0x20 } }; // INT 0x20

        (void)space;
        emit(p, traps[random_below(sizeof(traps) / 2)], 2);
}

void
emit_random(struct program *program, const struct space *space)
{
        static void (*const kinds[])(struct program *, const struct space *) = {
                emit_registers, emit_registers, emit_registers, emit_reading,
                emit_reading,   emit_reading,   emit_writing,   emit_writing,
                emit_writing,   emit_writing,   emit_stack,     emit_string,
                emit_loop,      emit_floating,  emit_trap,
        };

        emit_next(program);
        kinds[random_below(sizeof(kinds) / sizeof(kinds[0]))](program, space);
}
