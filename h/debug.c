// SPDX-License-Identifier: MIT
// Text for whoever looks for a mistake. On the serial line it comes before it is
// on the screen: the screen is memory, and where paging is what is broken, only
// the line is left.
//
// The contracts are in <h/h.h>.
#include <h/h.h>
#include <kernel/console.h>

void
h_putch(char character)
{
        console_putc_line(character);
        console_putc_screen(character);
}

void
h_putstr(const char *text)
{
        for (const char *next = text; *next != '\0'; next++)
                console_putc_line(*next);
        for (const char *next = text; *next != '\0'; next++)
                console_putc_screen(*next);
}

void
h_putstrln(const char *text)
{
        h_putstr(text);
        h_putch('\n');
}
