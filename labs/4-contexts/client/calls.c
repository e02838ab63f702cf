// SPDX-License-Identifier: MIT
#include "calls.h"

#include "say.h"

static void
end_line(struct program *program)
{
        program->line[program->line_length] = '\0';
        program_says(program);
        say_line(program->line);
        program->line_length = 0;
}

static void
put_character(struct program *program, char character)
{
        if (character == '\n') {
                end_line(program);
                return;
        }
        program->line[program->line_length++] = visible(character);
        if (program->line_length == LINE)
                end_line(program);
}

// The address is the program's: nothing is known of it but what H answers.
static uint32_t
print_text(struct program *program, uint32_t address)
{
        for (uint32_t length = 0; length < LINE; length++, address++) {
                uint32_t word;
                struct h_vaddr aligned = { address & ~3u };
                if (h_read_user_word(program->space, aligned, &word) != H_OK)
                        return CALL_REFUSED;
                char character = (char)(word >> address % 4 * 8);
                if (character == '\0') {
                        end_line(program);
                        return length;
                }
                put_character(program, character);
        }
        return LINE;
}

static void
end_program(struct program *program, uint32_t status)
{
        if (program->line_length > 0)
                end_line(program);
        program->running = false;
        program->status = status;
}

bool
system_call(struct program *program)
{
        uint32_t number = 0;
        uint32_t argument = 0;
        uint32_t result = 0;

        program->calls++;
        if (h_read_register(program->context, H_EAX, &number) != H_OK ||
            h_read_register(program->context, H_EDX, &argument) != H_OK)
                return false;
        switch (number) {
        case CALL_EXIT:
                end_program(program, argument);
                return false;
        case CALL_PRINT:
                result = print_text(program, argument);
                break;
        case CALL_PUTCH:
                put_character(program, (char)argument);
                break;
        case CALL_TIME:
                result = (uint32_t)h_clock();
                break;
        case CALL_RECOVER:
                program->recover = argument;
                break;
        case CALL_YIELD:
                break;
        default:
                result = CALL_REFUSED;
        }
        return worked("h_write_register",
                      h_write_register(program->context, H_EAX, result)) &&
               number != CALL_YIELD;
}
