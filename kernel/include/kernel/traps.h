// SPDX-License-Identifier: MIT
// Between traps.S and the C that it serves.
#ifndef KERNEL_TRAPS_H
#define KERNEL_TRAPS_H

#include <kernel/descriptors.h>
#include <kernel/fault.h>

// Where the gates lead, one address for each vector.
extern const uint32_t trap_entries[VECTORS];

// Where the tasks begin that report double faults, NMI and machine checks; they
// never return.
_Noreturn void double_fault_entry(void);
_Noreturn void nmi_entry(void);
_Noreturn void machine_check_entry(void);

#endif
