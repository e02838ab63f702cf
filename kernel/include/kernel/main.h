// SPDX-License-Identifier: MIT
#ifndef KERNEL_MAIN_H
#define KERNEL_MAIN_H

#include <kernel/types.h>

// The kernel's first function in C, called by boot.S on the boot stack.
//
// magic   what the boot loader left in EAX
// info    where it left its information
_Noreturn void kernel_main(uint32_t magic, struct paddr info);

#endif
