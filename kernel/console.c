// SPDX-License-Identifier: MIT
#include <kernel/console.h>
#include <kernel/format.h>
#include <kernel/serial.h>
#include <kernel/types.h>
#include <kernel/vga.h>

static bool screen_prepared, line_prepared;

// Something is going on with the line right now.
static bool line_busy;

static void
prepare_screen(void)
{
        if (screen_prepared)
                return;
        screen_prepared = true;
        vga_init();
}

static void
to_screen(void *context, char character)
{
        (void)context;
        prepare_screen();
        vga_putc(character);
}

static void
prepare_line(void)
{
        if (line_prepared || line_busy)
                return;
        line_prepared = true;
        line_busy = true;
        serial_init();
        line_busy = false;
}

// Whoever comes here while the line is busy reports that it does not work: a
// fault in serial_putc, for one. That appears on the screen alone.
static void
to_line(void *context, char character)
{
        (void)context;
        if (line_busy)
                return;
        prepare_line();
        line_busy = true;
        serial_putc(character);
        line_busy = false;
}

void
console_init(void)
{
        prepare_screen();
        prepare_line();
}

void
console_putc(char character)
{
        to_screen(NULL, character);
        to_line(NULL, character);
}

void
console_putc_line(char character)
{
        to_line(NULL, character);
}

void
console_putc_screen(char character)
{
        to_screen(NULL, character);
}

size_t
printk(const char *text, ...)
{
        va_list arguments;

        va_start(arguments, text);
        size_t length = vformat_to(to_screen, NULL, text, arguments);
        va_end(arguments);

        va_start(arguments, text);
        vformat_to(to_line, NULL, text, arguments);
        va_end(arguments);
        return length;
}
