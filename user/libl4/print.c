// SPDX-License-Identifier: MIT
// The serial line, and printing to it and to memory. The contracts are in <l4io.h>.
#include "format.h"

#include <l4io.h>

#define LINE 0x3F8
#define LINE_STATUS (LINE + 5)
#define STATUS_RECEIVED 0x01
#define STATUS_TAKES_MORE 0x20

static unsigned char
read_port(unsigned short port)
{
        unsigned char byte;

        __asm__ volatile("inb %1, %0" : "=a"(byte) : "Nd"(port));
        return byte;
}

static void
write_port(unsigned short port, unsigned char byte)
{
        __asm__ volatile("outb %0, %1" : : "a"(byte), "Nd"(port));
}

void
putc(int character)
{
        while ((read_port(LINE_STATUS) & STATUS_TAKES_MORE) == 0)
                ;
        write_port(LINE, (unsigned char)character);
}

int
getc(void)
{
        while ((read_port(LINE_STATUS) & STATUS_RECEIVED) == 0)
                ;
        return read_port(LINE);
}

static void
put_on_line(void *to, char character)
{
        (void)to;
        putc((unsigned char)character);
}

int
printf(const char *format, ...)
{
        va_list arguments;
        int count;

        va_start(arguments, format);
        count = __l4_format(put_on_line, 0, format, arguments);
        va_end(arguments);
        return count;
}

// What is left of the memory, but for the zero byte at the end.
struct memory {
        char *next;
        size_t left;
};

static void
put_in_memory(void *to, char character)
{
        struct memory *memory = to;

        if (memory->left == 0)
                return;
        *memory->next++ = character;
        memory->left--;
}

int
vsnprintf(char *out, size_t size, const char *format, va_list arguments)
{
        struct memory memory = { out, size > 0 ? size - 1 : 0 };
        int count = __l4_format(put_in_memory, &memory, format, arguments);

        if (size > 0)
                *memory.next = '\0';
        return count;
}

int
snprintf(char *out, size_t size, const char *format, ...)
{
        va_list arguments;
        int count;

        va_start(arguments, format);
        count = vsnprintf(out, size, format, arguments);
        va_end(arguments);
        return count;
}
