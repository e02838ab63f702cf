// SPDX-License-Identifier: MIT
// Switching the machine off.
#ifndef KERNEL_POWER_H
#define KERNEL_POWER_H

// How the machine ended; QEMU's exit status is twice the value plus 1.
#define POWER_OFF_DONE 0u
#define POWER_OFF_FATAL 1u

// Waits until both serial lines have sent what they hold, but not for ever, and
// switches the machine off. Where nothing hears it, the processor halts.
//
// code   POWER_OFF_DONE, POWER_OFF_FATAL, or another value below 256
_Noreturn void power_off(unsigned code);

// Whom power_off calls first, or null: nobody. It may go on somewhere else.
void power_set_observer(void (*observer)(void));

#endif
