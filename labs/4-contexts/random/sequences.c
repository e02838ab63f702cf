// SPDX-License-Identifier: MIT
// Instructions that do something together that a program might gain by: flags and
// selectors that it may not have, every way into the kernel, stacks at borders. The
// contracts are in random.h.
#include "sequences.h"

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
set_return(void)
{
        set(EBX, random_below(4) ? some_code() : some_address());
        set(EBP, random_below(4) ? DATA_AT + 0x1000 : some_address());
}

void
emit_call(void)
{
        struct program *program = &own.program;
        const bool stepped = random_below(12) == 0;

        if (program->call_count < CALLS)
                program->calls[program->call_count++] = program->length;
        instruction_begins();
        if (random_below(8) == 0) { // DS or ES null
                set(EAX, random_below(4));
                BYTES(0x8E, random_below(2) ? 0xC0 : 0xD8);
        }
        // Behind two MOVs, what sets TF, and SYSENTER.
        set(EBX, CODE_AT + program->length + 10 + (stepped ? 9 : 0) + 2);
        set(EBP, DATA_AT + 0x1000);
        if (stepped) // PUSHF, OR, POPF
                BYTES(0x9C, 0x81, 0x0C, 0x24, 0x00, 0x01, 0x00, 0x00, 0x9D);
        BYTES(0x0F, 0x34);
}

static void
sysenter(void)
{
        set_return();
        if (random_below(3) == 0)
                BYTES(0x16, 0x17); // PUSH SS, POP SS
        BYTES(0x0F, random_below(8) ? 0x34 : 0x35);
}

static void
call_with_flags(void)
{
        set_return();
        set_stack();
        bool stack_too = random_below(4) == 0;
        if (stack_too)
                BYTES(0x16);
        set_flags();
        if (stack_too)
                BYTES(0x17); // POP SS: the next one is not stepped
        if (random_below(3))
                BYTES(0x0F, 0x34);
        else
                interrupt();
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
