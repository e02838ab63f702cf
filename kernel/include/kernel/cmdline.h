// SPDX-License-Identifier: MIT
// Options on the kernel's command line: name=value, separated by blanks,
// commas or quotation marks: `nonce=4f02,seed=7 "tests=0-4.7"`.
#ifndef KERNEL_CMDLINE_H
#define KERNEL_CMDLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Finds the first option of that name and copies its value, which may be empty.
//
// value   out: left as it was when the answer is false
// size    of `value`, in bytes; the terminating zero has to fit too
// False when there is no such option, or its value does not fit.
bool cmdline_value(const char *line, const char *name, char *value,
                   size_t size);

// The same for a number of 32 bits: decimal, or hexadecimal after 0x.
// False also when the value is anything else.
bool cmdline_number(const char *line, const char *name, uint32_t *number);

#endif
