// SPDX-License-Identifier: MIT
// The kernel's console: what is printed appears on COM1 and on the VGA screen.
#ifndef KERNEL_CONSOLE_H
#define KERNEL_CONSOLE_H

#include <stddef.h>

// Prepares both devices, unless that has been done. The first character that is
// printed does it too.
void console_init(void);

void console_putc(char character);

// The same on one of the two devices alone.
void console_putc_line(char character);
void console_putc_screen(char character);

// Prints formatted text, see format.h. Returns its length. The complete text is
// on the screen before the line gets its first character: should the line not
// work, nothing is lost. What is printed because of that, by a fault or a panic
// in serial_init or serial_putc, appears on the screen alone.
size_t printk(const char *text, ...) __attribute__((format(printf, 1, 2)));

#endif
