// SPDX-License-Identifier: MIT
// Stands in for <kernel/cpu.h> on the host, where the real instructions fault.
// The test that needs one of them defines it.
#ifndef KERNEL_CPU_H
#define KERNEL_CPU_H

#include <kernel/types.h>

#define CR4_PGE 0x80u

uint32_t read_cr3(void);
void write_cr3(uint32_t value);
uint32_t read_cr4(void);
void write_cr4(uint32_t value);
void invlpg(struct vaddr address);

#endif
