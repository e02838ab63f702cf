// SPDX-License-Identifier: MIT
// Stands in for <kernel/cpu.h> on the host: the instructions that H and the
// kernel's paging use, done by the model of the machine (machine.h).
#ifndef KERNEL_CPU_H
#define KERNEL_CPU_H

#include <kernel/types.h>

#define CR4_PGE 0x80u

uint32_t read_cr3(void);
void write_cr3(uint32_t value);
uint32_t read_cr4(void);
void write_cr4(uint32_t value);
void invlpg(struct vaddr address);
uint64_t rdtsc(void);

uint8_t inb(uint16_t port);
uint16_t inw(uint16_t port);
uint32_t inl(uint16_t port);
void outb(uint16_t port, uint8_t value);
void outw(uint16_t port, uint16_t value);
void outl(uint16_t port, uint32_t value);

#endif
