// SPDX-License-Identifier: MIT
// Programs of random bytes and of random instructions. The contracts are in
// random.h.
#include "random.h"

#include <kernel/string.h>

void
emit(uint32_t value, unsigned bytes)
{
        struct program *program = &own.program;

        for (; bytes > 0 && program->length < CODE_MOST; bytes--) {
                program->bytes[program->length++] = (uint8_t)value;
                value >>= 8;
        }
}

void
instruction_begins(void)
{
        struct program *program = &own.program;

        if (program->count < STARTS)
                program->starts[program->count++] = program->length;
}

// What does something in one byte, or begins something.
static void
emit_chosen_byte(void)
{
        static const uint8_t chosen[] = {
                0xCD, 0x80, 0x0F, 0x34, 0x9D, 0x9C, 0x8E, 0xCF, 0xFA, 0xFB,
                0xF4, 0xCC, 0xCE, 0x62, 0xD9, 0xDB, 0x9B, 0x0F, 0x35, 0xAE,
                0x07, 0x1F, 0x17, 0xA1, 0xA9, 0x9A, 0xEA, 0xCA, 0xCB, 0xF1,
                0xE4, 0xEC, 0xEE, 0x66, 0x65, 0x64, 0xC4, 0xC5, 0xB2, 0xB4,
                0x50, 0x58, 0x54, 0x5C, 0x68, 0x6A, 0xF0, 0xF3, 0x67, 0x2E,
        };

        emit(random_below(2) ? chosen[random_below(sizeof(chosen))]
                             : random_word(),
             1);
}

// Behind the program: what ends it, or does not.
static void
fill_rest(void)
{
        static const uint8_t fillings[][2] = {
                { 0xCD, 0x80 }, { 0x90, 0x90 }, { 0xCC, 0xCC },
                { 0xEB, 0xFE }, { 0x0F, 0x34 }, { 0xF3, 0xF3 },
        };
        uint16_t filling;
        struct program *program = &own.program;

        memcpy(&filling, fillings[random_below(6)], 2);
        program->length += program->length & 1;
        uint16_t *words = (uint16_t *)(void *)program->bytes;
        for (uint32_t i = program->length / 2; i < H_PAGE_SIZE / 2; i++)
                words[i] = filling;
}

void
program_random(void)
{
        struct page_state *code = &own.pages[PAGE_CODE];

        own.program = (struct program){
                .bytes = (uint8_t *)(void *)code->template,
        };
        unsigned kind = random_below(5);
        if (kind == 0) {
                random_fill(code->template, H_PAGE_WORDS);
                return;
        }
        for (unsigned i = 8 + random_below(24); i > 0; i--) {
                if (kind == 1)
                        for (unsigned k = 0; k < 8; k++)
                                emit_chosen_byte();
                else if (is_bound(own.number) && random_below(4))
                        emit_call();
                else if (kind == 2 || (kind == 3 && random_below(2)))
                        emit_instruction();
                else
                        emit_sequence();
        }
        fill_rest();
}
