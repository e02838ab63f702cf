// SPDX-License-Identifier: MIT
// The first serial line, for programs that ask the kernel for a character.
#ifndef L4_CONSOLE_H
#define L4_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

// A character that has come; false: none has.
bool console_read(uint8_t *character);

#endif
