// SPDX-License-Identifier: MIT
// Instructions that do something together that a program might gain by: flags and
// selectors that it may not have, every way into the kernel, stacks at borders. The
// contract is in random.h.
#include "random.h"

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

#define BYTES(...)                                                             \
        emit_bytes((const uint8_t[]){ __VA_ARGS__ },                           \
                   sizeof((const uint8_t[]){ __VA_ARGS__ }))

static void
emit_bytes(const uint8_t *bytes, size_t count)
{
        for (size_t i = 0; i < count; i++)
                emit(bytes[i], 1);
}

static void
set(unsigned reg, uint32_t value)
{
        emit(0xB8 + reg, 1);
        emit(value, 4);
}

static void
push(uint32_t value)
{
        emit(0x68, 1);
        emit(value, 4);
}

static void
set_stack(void)
{
        set(ESP, random_below(3) ? DATA_AT + 0x1000 : some_address());
}

static void
set_flags(void)
{
        push(some_flags());
        BYTES(0x9D);
}

// INT n, INT3, INT1, INTO, BOUND.
static void
interrupt(void)
{
        static const uint8_t vectors[] = { 0x80, 0x80, 0x80, 3,    4,   1,
                                           2,    8,    13,   0x20, 0x27 };

        switch (random_below(6)) {
        case 0:
                BYTES(0xCC);
                break;
        case 1:
                BYTES(0xF1);
                break;
        case 2:
                set(EAX, 0x7FFFFFFF);
                BYTES(0x40, 0xCE); // INC, INTO
                break;
        case 3:
                BYTES(0x62, 0x05); // BOUND
                emit(some_address(), 4);
                break;
        default:
                BYTES(0xCD, random_below(2)
                                    ? (uint8_t)random_word()
                                    : vectors[random_below(sizeof(vectors))]);
        }
}

static void
sysenter(void)
{
        set(EBX, random_below(4) ? some_code() : some_address());
        set(EBP, random_below(4) ? DATA_AT + 0x1000 : some_address());
        if (random_below(3) == 0)
                BYTES(0x16, 0x17); // PUSH SS, POP SS
        BYTES(0x0F, random_below(8) ? 0x34 : 0x35);
}

static void
call_with_flags(void)
{
        set_stack();
        set_flags();
        if (random_below(2))
                interrupt();
        else
                sysenter();
}

// A stack for IRET or RETF, that says anything.
static void
far_return(void)
{
        set_stack();
        push(some_selector());
        push(some_address());
        for (unsigned i = random_below(3); i > 0; i--)
                push(some_value());
        bool interrupted = random_below(3) > 0;
        if (interrupted)
                push(some_flags());
        push(random_below(3) ? 0x1B : some_selector());
        push(random_below(3) ? some_code() : some_value());
        if (interrupted) {
                if (random_below(2))
                        BYTES(0xCF);
                else
                        BYTES(0x66, 0xCF);
        } else if (random_below(2)) {
                BYTES(0xCB);
        } else {
                BYTES(0xCA, 8, 0);
        }
}

static void
far_jump(void)
{
        BYTES(random_below(2) ? 0x9A : 0xEA);
        emit(random_below(2) ? some_code() : some_value(), 4);
        emit(some_selector(), 2);
}

static void
load_segment(void)
{
        static const uint8_t pops[][2] = {
                { 0x07, 0x90 }, { 0x17, 0x90 }, { 0x1F, 0x90 },
                { 0x0F, 0xA1 }, { 0x0F, 0xA9 },
        };
        static const uint8_t loads[][2] = {
                { 0x90, 0xC4 }, { 0x90, 0xC5 }, { 0x0F, 0xB2 },
                { 0x0F, 0xB4 }, { 0x0F, 0xB5 },
        };

        switch (random_below(3)) {
        case 0:
                set(EAX, some_selector());
                BYTES(0x8E, (uint8_t)(0xC0 | random_below(8) << 3));
                break;
        case 1:
                set_stack();
                push(some_selector());
                emit_bytes(pops[random_below(5)], 2);
                break;
        default: // LES to LGS, from memory
                emit_bytes(loads[random_below(5)], 2);
                emit(0x05 | random_below(8) << 3, 1);
                emit(some_address(), 4);
        }
        // And a use of it.
        BYTES((uint8_t[]){ 0x26, 0x2E, 0x36, 0x3E, 0x64,
                           0x65 }[random_below(6)],
              random_below(2) ? 0xA1 : 0xA3);
        emit(some_address(), 4);
}

// The tables' registers, read and written; the task register; rights of selectors.
static void
system_tables(void)
{
        set(EAX, some_selector());
        BYTES(0x0F, (uint8_t)random_below(4));
        if (random_below(2)) {
                BYTES((uint8_t)(0xC0 | random_below(8) << 3));
        } else {
                BYTES((uint8_t)(0x05 | random_below(8) << 3));
                emit(some_address(), 4);
        }
}

// What only the kernel may do.
static void
privileged(void)
{
        static const uint8_t instructions[][3] = {
                { 0xF4, 0x90, 0x90 }, { 0xFA, 0x90, 0x90 },
                { 0xFB, 0x90, 0x90 }, { 0x0F, 0x06, 0x90 },
                { 0x0F, 0x08, 0x90 }, { 0x0F, 0x09, 0x90 },
                { 0x0F, 0x30, 0x90 }, { 0x0F, 0x32, 0x90 },
                { 0x0F, 0x33, 0x90 }, { 0x0F, 0x31, 0x90 },
                { 0x0F, 0x35, 0x90 }, { 0x0F, 0xAA, 0x90 },
                { 0x0F, 0x05, 0x90 }, { 0x0F, 0x07, 0x90 },
                { 0x0F, 0x0B, 0x90 }, { 0x0F, 0x01, 0xF0 },
        };

        set(ECX, random_below(2) ? 0x174 + random_below(3) : random_word());
        set(EDX, some_value());
        set(EAX, some_value());
        if (random_below(2))
                emit_bytes(instructions[random_below(16)], 3);
        else // MOV from and to control and debug registers
                BYTES(0x0F, (uint8_t)(0x20 + random_below(4)),
                      (uint8_t)(0xC0 | random_below(64)));
}

static void
ports(void)
{
        static const uint16_t numbers[] = { 0x378, 0x3FF, 0x3B4, 0x3F8, 0x20,
                                            0x40,  0x60,  0x64,  0x92,  0xCF9,
                                            0x377, 0x37A, 0xFFFF };

        set(EDX, numbers[random_below(13)]);
        set(EDI, some_address());
        set(ESI, some_address());
        set(ECX, random_below(8));
        if (random_below(2))
                BYTES((uint8_t)(0xEC + random_below(4)));
        else
                BYTES(0xF3, (uint8_t)(0x6C + random_below(4)));
}

// States that are none, exceptions not masked, and what the unit says of it.
static void
floating(void)
{
        switch (random_below(6)) {
        case 0: // FLDCW, and a division by 0
                BYTES(0xD9, 0x2D);
                emit(some_address(), 4);
                BYTES(0xD9, 0xE8, 0xD9, 0xEE, 0xDE, 0xF9, 0x9B);
                break;
        case 1: // LDMXCSR, and one by SSE
                BYTES(0x0F, 0xAE, 0x15);
                emit(some_address(), 4);
                BYTES(0x0F, 0x57, 0xC0, 0x0F, 0x5E, 0xC8);
                break;
        case 2: // FXSAVE, FXRSTOR
                BYTES(0x0F, 0xAE, random_below(2) ? 0x05 : 0x0D);
                emit(some_address() & ~15u, 4);
                break;
        case 3: // FNSAVE, FRSTOR
                BYTES(0xDD, random_below(2) ? 0x35 : 0x25);
                emit(some_address(), 4);
                break;
        case 4:
                BYTES(0xDB, 0xE3, 0xD9, 0xEB); // FNINIT, FLDPI
                break;
        default:
                BYTES((uint8_t)(0xD8 + random_below(8)),
                      (uint8_t)random_word());
        }
}

static void
string(void)
{
        set(ECX, random_below(2) ? random_below(0x1000) : random_word());
        set(ESI, some_address());
        set(EDI, some_address());
        BYTES(random_below(2) ? 0xF3 : 0xF2,
              (uint8_t[]){ 0xA4, 0xA5, 0xA6, 0xA7, 0xAA, 0xAB, 0xAE,
                           0xAF }[random_below(8)]);
}

static void
stack(void)
{
        set(ESP, some_address());
        set(EBP, some_address());
        switch (random_below(5)) {
        case 0:
                BYTES(0xC8, (uint8_t)random_word(), 0, 31); // ENTER
                break;
        case 1:
                BYTES(0x60);
                break;
        case 2:
                BYTES(0x61);
                break;
        case 3:
                BYTES(0xC9, 0xC3); // LEAVE, RET
                break;
        default:
                BYTES(0x9C, 0x9D);
        }
}

void
emit_sequence(void)
{
        static void (*const sequences[])(void) = {
                interrupt,     sysenter,   call_with_flags, call_with_flags,
                far_return,    far_return, far_jump,        load_segment,
                system_tables, privileged, ports,           floating,
                floating,      string,     stack,
        };

        instruction_begins();
        sequences[random_below(sizeof(sequences) / sizeof(sequences[0]))]();
}
