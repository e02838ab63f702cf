// SPDX-License-Identifier: MIT
#include "panic.h"

void
l4_panic(const char *what)
{
        h_putstr("L4: the kernel contradicts itself: ");
        h_putstrln(what);
        h_power_off();
}
