// SPDX-License-Identifier: MIT
#include "say.h"

#define DIGITS 10 // of 2^32 - 1

void
say(const char *text)
{
        h_putstr(text);
}

void
say_line(const char *text)
{
        h_putstrln(text);
}

char
visible(char character)
{
        return character >= ' ' && character <= '~' ? character : '?';
}

void
say_visible(const char *text)
{
        for (; *text != '\0'; text++)
                h_putch(visible(*text));
}

static void
say_digits(uint32_t number, unsigned base, unsigned least)
{
        char text[DIGITS + 1];
        unsigned at = DIGITS;

        text[at] = '\0';
        do {
                text[--at] = "0123456789abcdef"[number % base];
                number /= base;
        } while (number || DIGITS - at < least);
        h_putstr(&text[at]);
}

void
say_number(uint32_t number)
{
        say_digits(number, 10, 1);
}

void
say_hex(uint32_t number)
{
        say("0x");
        say_digits(number, 16, 8);
}

bool
worked(const char *operation, enum h_error error)
{
        if (error == H_OK)
                return true;
        say(operation);
        say(": ");
        say_line(h_strerror(error));
        return false;
}
