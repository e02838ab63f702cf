// SPDX-License-Identifier: MIT
// The contract is in console.h. Source: National Semiconductor PC16550D data sheet.
#include "console.h"

#include "panic.h"

#define COM1_DATA 0x3F8u
#define COM1_STATUS 0x3FDu
#define STATUS_READY 1u // a character has come

bool
console_read(uint8_t *character)
{
        uint8_t status;

        must(h_in8(COM1_STATUS, &status), "h_in8");
        if ((status & STATUS_READY) == 0)
                return false;
        must(h_in8(COM1_DATA, character), "h_in8");
        return true;
}
