// SPDX-License-Identifier: MIT
#ifndef L4_FREQUENCY_H
#define L4_FREQUENCY_H

#include <stdint.h>

// How fast the processor's counter goes, in thousands a second.
uint32_t clock_khz(void);

#endif
