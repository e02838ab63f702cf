// SPDX-License-Identifier: MIT
// Stands in for <kernel/cpu.h> on the host: the instructions that H and the
// kernel's paging use, done by the model of the machine (machine.h, ring3.h).
#ifndef KERNEL_CPU_H
#define KERNEL_CPU_H

#include <kernel/eflags.h>
#include <kernel/types.h>

#define CR0_PE 0x00000001u
#define CR0_MP 0x00000002u
#define CR0_EM 0x00000004u
#define CR0_TS 0x00000008u
#define CR0_ET 0x00000010u
#define CR0_NE 0x00000020u
#define CR0_WP 0x00010000u
#define CR0_AM 0x00040000u
#define CR0_PG 0x80000000u

#define CR4_PSE 0x00000010u
#define CR4_MCE 0x00000040u
#define CR4_PGE 0x00000080u
#define CR4_OSFXSR 0x00000200u
#define CR4_OSXMMEXCPT 0x00000400u

#define CPUID_TSC 0x00000010u
#define CPUID_MCE 0x00000080u
#define CPUID_SEP 0x00000800u
#define CPUID_FXSR 0x01000000u
#define CPUID_SSE 0x02000000u

uint32_t read_cr0(void);
void write_cr0(uint32_t value);
void clts(void);
uint32_t read_cr2(void);
uint32_t read_cr3(void);
void write_cr3(uint32_t value);
uint32_t read_cr4(void);
void write_cr4(uint32_t value);
void invlpg(struct vaddr address);
uint64_t rdtsc(void);
uint32_t cpuid_features(void);
void lldt(uint16_t selector);
void write_dr7(uint32_t value);
void load_fs(uint16_t selector);
void load_gs(uint16_t selector);
void fxsave(void *area);
void fxrstor(const void *area);

uint8_t inb(uint16_t port);
uint16_t inw(uint16_t port);
uint32_t inl(uint16_t port);
void outb(uint16_t port, uint8_t value);
void outw(uint16_t port, uint16_t value);
void outl(uint16_t port, uint32_t value);

#endif
