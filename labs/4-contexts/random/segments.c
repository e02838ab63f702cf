// SPDX-License-Identifier: MIT
// Segments that a program may not have, by every instruction that loads one. The
// contracts are in sequences.h.
#include "sequences.h"

// A stack for IRET or RETF, that says anything.
void
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

void
far_jump(void)
{
        BYTES(random_below(2) ? 0x9A : 0xEA);
        emit(random_below(2) ? some_code() : some_value(), 4);
        emit(some_selector(), 2);
}

void
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
void
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
