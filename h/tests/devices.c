// SPDX-License-Identifier: MIT
// What is not memory: ports, the console, the time-stamp counter, the kernel's
// last words.
#include "controllers.h"
#include "machine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kernel/console.h>
#include <kernel/cpu.h>
#include <kernel/panic.h>
#include <kernel/todo.h>

struct machine_port machine_port;
char machine_printed[4096];
jmp_buf *machine_catch;
char machine_message[512];

_Noreturn void
machine_stop(const char *text, ...)
{
        va_list list;

        va_start(list, text);
        vsnprintf(machine_message, sizeof(machine_message), text, list);
        va_end(list);
        if (machine_catch)
                longjmp(*machine_catch, 1);
        fprintf(stderr, "# %s\n", machine_message);
        abort();
}

static uint64_t ticks; // of the time-stamp counter

static uint32_t
port_read(uint16_t port, unsigned bytes)
{
        uint8_t value;

        ticks += 100;
        if (bytes == 1 && controllers_read(port, &value))
                return value;
        machine_port.port = port;
        machine_port.bytes = bytes;
        machine_port.out = false;
        machine_port.accesses++;
        return machine_port.value;
}

static void
port_write(uint16_t port, unsigned bytes, uint32_t value)
{
        if (bytes == 1 && controllers_write(port, (uint8_t)value))
                return;
        machine_port.port = port;
        machine_port.bytes = bytes;
        machine_port.out = true;
        machine_port.value = value;
        machine_port.accesses++;
}

uint8_t
inb(uint16_t port)
{
        return (uint8_t)port_read(port, 1);
}

uint16_t
inw(uint16_t port)
{
        return (uint16_t)port_read(port, 2);
}

uint32_t
inl(uint16_t port)
{
        return port_read(port, 4);
}

void
outb(uint16_t port, uint8_t value)
{
        port_write(port, 1, value);
}

void
outw(uint16_t port, uint16_t value)
{
        port_write(port, 2, value);
}

void
outl(uint16_t port, uint32_t value)
{
        port_write(port, 4, value);
}

uint64_t
rdtsc(void)
{
        return ticks += 100;
}

void
console_putc(char character)
{
        size_t length = strlen(machine_printed);

        if (length + 1 < sizeof(machine_printed)) {
                machine_printed[length] = character;
                machine_printed[length + 1] = '\0';
        }
}

void
console_putc_line(char character)
{
        console_putc(character);
}

// What appears there has been noted when it was sent on the line.
void
console_putc_screen(char character)
{
        (void)character;
}

size_t
printk(const char *text, ...)
{
        char line[256];
        va_list list;

        va_start(list, text);
        vsnprintf(line, sizeof(line), text, list);
        va_end(list);
        for (const char *at = line; *at; at++)
                console_putc(*at);
        return strlen(line);
}

_Noreturn void
panic(const char *text, ...)
{
        char line[400];
        va_list list;

        va_start(list, text);
        vsnprintf(line, sizeof(line), text, list);
        va_end(list);
        machine_stop("panic: %s", line);
}

_Noreturn void
assertion_failed(const char *what)
{
        machine_stop("assertion failed at %s", what);
}

_Noreturn void
h4_todo(const char *exercise, ...)
{
        machine_stop("exercise %s is not done", exercise);
}
