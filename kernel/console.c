// SPDX-License-Identifier: MIT
#include <kernel/console.h>
#include <kernel/format.h>
#include <kernel/serial.h>
#include <kernel/types.h>
#include <kernel/vga.h>

static bool prepared;

void
console_init(void)
{
        if (prepared)
                return;
        prepared = true;
        vga_init();
        serial_init();
}

// The screen first: it shows the character even where the line cannot.
void
console_putc(char character)
{
        vga_putc(character);
        serial_putc(character);
}

static void
to_console(void *context, char character)
{
        (void)context;
        console_putc(character);
}

size_t
printk(const char *text, ...)
{
        va_list arguments;

        va_start(arguments, text);
        size_t length = vformat_to(to_console, NULL, text, arguments);
        va_end(arguments);
        return length;
}
