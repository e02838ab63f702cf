// SPDX-License-Identifier: MIT
// The VGA screen in text mode, 80 columns and 25 lines.
#ifndef KERNEL_VGA_H
#define KERNEL_VGA_H

// Clears the screen and hides the cursor.
void vga_init(void);

// Prints a character; the screen scrolls at its end. Knows '\n', '\r' and '\t'.
void vga_putc(char character);

#endif
