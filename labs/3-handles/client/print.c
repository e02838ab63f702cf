// SPDX-License-Identifier: MIT
#include "print.h"

#define DIGITS 10 // of 2^32 - 1

void
print_text(const char *text)
{
        h_putstr(text);
}

void
print_line(const char *text)
{
        h_putstrln(text);
}

void
print_number(uint32_t number)
{
        char text[DIGITS + 1];
        unsigned at = DIGITS;

        text[at] = '\0';
        do {
                text[--at] = (char)('0' + number % 10);
                number /= 10;
        } while (number);
        h_putstr(&text[at]);
}

void
print_hex(uint32_t number)
{
        static const char digits[] = "0123456789abcdef";
        char text[] = "0x00000000";

        for (unsigned at = sizeof text - 2; number; at--) {
                text[at] = digits[number & 0xF];
                number >>= 4;
        }
        h_putstr(text);
}

void
print_rights(unsigned rights)
{
        h_putch(rights & H_R ? 'r' : '-');
        h_putch(rights & H_W ? 'w' : '-');
        h_putch(rights & H_X ? 'x' : '-');
}

bool
print_result(const char *name, enum h_error error, enum h_error due)
{
        print_text("  ");
        print_text(name);
        print_text(": ");
        print_text(h_strerror(error));
        if (error != due) {
                print_text(", and not ");
                print_text(h_strerror(due));
        }
        print_line("");
        return error == due;
}
