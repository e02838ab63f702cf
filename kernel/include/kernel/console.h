// SPDX-License-Identifier: MIT
// The kernel's console: what is printed appears on COM1 and on the VGA screen.
#ifndef KERNEL_CONSOLE_H
#define KERNEL_CONSOLE_H

#include <stddef.h>

// Prepares both devices. Further calls do nothing. The stage calls it; nothing
// is printed before.
void console_init(void);

void console_putc(char character);

// Prints formatted text, see format.h. Returns its length.
size_t printk(const char *text, ...) __attribute__((format(printf, 1, 2)));

#endif
