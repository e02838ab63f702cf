// SPDX-License-Identifier: MIT
#ifndef KERNEL_REPORT_H
#define KERNEL_REPORT_H

#include <kernel/fault.h>

// Says on the console in words what happened: the trap, its error code, the
// address and the entries that translate it, the registers, the callers. It
// moves the window.
void trap_report(const struct trap_frame *frame);

#endif
