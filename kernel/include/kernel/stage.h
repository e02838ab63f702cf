// SPDX-License-Identifier: MIT
// A stage: the kernel up to one lab. Each lab has its own, in its stage.c.
#ifndef KERNEL_STAGE_H
#define KERNEL_STAGE_H

// Called once by kernel_main, with descriptor tables, fault reports, window and
// boot information ready, interrupts off, and the console not yet prepared.
// It does not return: a stage ends with power_off.
_Noreturn void stage_main(void);

#endif
