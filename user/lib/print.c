// SPDX-License-Identifier: MIT
#include <stddef.h>
#include <user/system.h>

#define DIGITS 10 // of 2^32 - 1

void
print(const char *text)
{
        for (; *text; text++)
                call(CALL_PUTCH, (unsigned char)*text);
}

void
print_number(uint32_t number)
{
        char text[DIGITS + 1];
        size_t at = DIGITS;

        text[at] = '\0';
        do {
                text[--at] = (char)('0' + number % 10);
                number /= 10;
        } while (number);
        print(&text[at]);
}

void
print_hex(uint32_t number)
{
        char text[] = "0x00000000";

        for (size_t at = sizeof(text) - 2; number; at--) {
                text[at] = "0123456789abcdef"[number & 0xF];
                number >>= 4;
        }
        print(text);
}
