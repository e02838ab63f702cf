// SPDX-License-Identifier: MIT
#include <kernel/cpu.h>
#include <kernel/layout.h>
#include <kernel/string.h>
#include <kernel/vga.h>

#define COLUMNS 80u
#define LINES 25u
#define TAB 8u

// A cell of the screen: the character, and its colours in the high byte.
#define BLANK 0x0720u
#define GREY_ON_BLACK 0x0700u

#define VGA_MEMORY (KERNEL_BASE + 0xB8000u)

// The registers of the display controller: number, then value.
#define CRTC_NUMBER 0x3D4u
#define CRTC_VALUE 0x3D5u
#define CRTC_CURSOR_START 0x0Au
#define CRTC_CURSOR_OFF 0x20u

static unsigned line, column;

static uint16_t *
cell(unsigned in_line, unsigned in_column)
{
        return (uint16_t *)VGA_MEMORY + in_line * COLUMNS + in_column;
}

static void
clear_line(unsigned which)
{
        for (unsigned i = 0; i < COLUMNS; i++)
                *(volatile uint16_t *)cell(which, i) = BLANK;
}

void
vga_init(void)
{
        for (unsigned i = 0; i < LINES; i++)
                clear_line(i);
        line = 0;
        column = 0;
        outb(CRTC_NUMBER, CRTC_CURSOR_START);
        outb(CRTC_VALUE, CRTC_CURSOR_OFF);
}

static void
next_line(void)
{
        column = 0;
        if (line + 1 < LINES) {
                line++;
                return;
        }
        memmove(cell(0, 0), cell(1, 0),
                (LINES - 1) * COLUMNS * sizeof(uint16_t));
        clear_line(LINES - 1);
}

void
vga_putc(char character)
{
        switch (character) {
        case '\n':
                next_line();
                return;
        case '\r':
                column = 0;
                return;
        case '\t':
                column = (column / TAB + 1) * TAB;
                break;
        default:
                *(volatile uint16_t *)cell(line, column) =
                        GREY_ON_BLACK | (unsigned char)character;
                column++;
        }
        if (column >= COLUMNS)
                next_line();
}
