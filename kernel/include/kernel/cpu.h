// SPDX-License-Identifier: MIT
// The processor's instructions that C has no words for, one function each.
// Source: Intel SDM volume 2 (instructions) and volume 3, 2.5 (CR0 to CR4).
#ifndef KERNEL_CPU_H
#define KERNEL_CPU_H

#include <kernel/eflags.h>
#include <kernel/types.h>

#define CR0_PE 0x00000001u // protected mode
#define CR0_MP 0x00000002u // with TS, WAIT traps as well
#define CR0_EM 0x00000004u // no floating-point unit: its instructions trap
#define CR0_TS 0x00000008u // its instructions trap: it holds another's state
#define CR0_ET 0x00000010u // always 1
#define CR0_NE 0x00000020u // floating-point errors are exceptions, not IRQ 13
#define CR0_WP 0x00010000u // read-only pages are read-only for ring 0 too
#define CR0_AM 0x00040000u // EFLAGS.AC has a meaning for ring 3
#define CR0_PG 0x80000000u // paging

#define CR4_PSE 0x00000010u        // superpages
#define CR4_MCE 0x00000040u        // machine checks are vector 18
#define CR4_PGE 0x00000080u        // global pages
#define CR4_OSFXSR 0x00000200u     // FXSAVE takes the SSE registers too
#define CR4_OSXMMEXCPT 0x00000400u // SSE exceptions are vector 19

// What CPUID says of the processor in EDX (leaf 1).
#define CPUID_TSC 0x00000010u
#define CPUID_MCE 0x00000080u
#define CPUID_SEP 0x00000800u // SYSENTER, SYSEXIT
#define CPUID_FXSR 0x01000000u
#define CPUID_SSE 0x02000000u

// Model-specific registers: where SYSENTER goes.
#define MSR_SYSENTER_CS 0x174u
#define MSR_SYSENTER_ESP 0x175u
#define MSR_SYSENTER_EIP 0x176u

// What lgdt and lidt take: where a descriptor table is, and its last byte's
// offset.
struct table_register {
        uint16_t limit;
        uint32_t base;
} __attribute__((packed));

static inline uint8_t
inb(uint16_t port)
{
        uint8_t value;
        __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
        return value;
}

static inline void
outb(uint16_t port, uint8_t value)
{
        __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

// The same for 2 and for 4 bytes.
static inline uint16_t
inw(uint16_t port)
{
        uint16_t value;
        __asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
        return value;
}

static inline void
outw(uint16_t port, uint16_t value)
{
        __asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint32_t
inl(uint16_t port)
{
        uint32_t value;
        __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
        return value;
}

static inline void
outl(uint16_t port, uint32_t value)
{
        __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

// The control registers. Each write is a barrier for the compiler: what was
// written to memory before it is in memory, since paging may change with it.
static inline uint32_t
read_cr0(void)
{
        uint32_t value;
        __asm__ volatile("mov %%cr0, %0" : "=r"(value));
        return value;
}

static inline void
write_cr0(uint32_t value)
{
        __asm__ volatile("mov %0, %%cr0" : : "r"(value) : "memory");
}

// The address that the last page fault was about.
static inline uint32_t
read_cr2(void)
{
        uint32_t value;
        __asm__ volatile("mov %%cr2, %0" : "=r"(value));
        return value;
}

// The physical address of the current page-directory.
static inline uint32_t
read_cr3(void)
{
        uint32_t value;
        __asm__ volatile("mov %%cr3, %0" : "=r"(value));
        return value;
}

// Changes the page-directory, and forgets every translation that is not global.
static inline void
write_cr3(uint32_t value)
{
        __asm__ volatile("mov %0, %%cr3" : : "r"(value) : "memory");
}

static inline uint32_t
read_cr4(void)
{
        uint32_t value;
        __asm__ volatile("mov %%cr4, %0" : "=r"(value));
        return value;
}

static inline void
write_cr4(uint32_t value)
{
        __asm__ volatile("mov %0, %%cr4" : : "r"(value) : "memory");
}

// Forgets the translation of the page that holds `address`, global or not.
static inline void
invlpg(struct vaddr address)
{
        __asm__ volatile("invlpg (%0)" : : "r"(address.value) : "memory");
}

static inline uint32_t
read_eflags(void)
{
        uint32_t value;
        __asm__ volatile("pushf; pop %0" : "=r"(value) : : "memory");
        return value;
}

static inline void
lgdt(const struct table_register *table)
{
        __asm__ volatile("lgdt %0" : : "m"(*table));
}

static inline void
lidt(const struct table_register *table)
{
        __asm__ volatile("lidt %0" : : "m"(*table));
}

static inline void
sgdt(struct table_register *table)
{
        __asm__ volatile("sgdt %0" : "=m"(*table));
}

static inline void
sidt(struct table_register *table)
{
        __asm__ volatile("sidt %0" : "=m"(*table));
}

// Loads the register of the local descriptor table; 0: there is none.
static inline void
lldt(uint16_t selector)
{
        __asm__ volatile("lldt %0" : : "r"(selector) : "memory");
}

// Loads the task register. `selector` names a TSS in the GDT, not yet busy.
static inline void
ltr(uint16_t selector)
{
        __asm__ volatile("ltr %0" : : "r"(selector) : "memory");
}

// Which instructions and registers the processor has: CPUID_...
static inline uint32_t
cpuid_features(void)
{
        uint32_t leaf = 1, features;
        __asm__ volatile("cpuid" : "+a"(leaf), "=d"(features) : : "ebx", "ecx");
        return features;
}

static inline void
wrmsr(uint32_t number, uint32_t low)
{
        __asm__ volatile("wrmsr" : : "c"(number), "a"(low), "d"(0) : "memory");
}

static inline uint32_t
rdmsr(uint32_t number)
{
        uint32_t low, high;
        __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
        return low;
}

// Which hardware breakpoints there are; 0: none.
static inline void
write_dr7(uint32_t value)
{
        __asm__ volatile("mov %0, %%dr7" : : "r"(value));
}

// CR0.TS off: floating-point instructions do not trap.
static inline void
clts(void)
{
        __asm__ volatile("clts" : : : "memory");
}

// What the floating-point unit and the SSE registers hold, to 512 bytes that
// are aligned to 16, and from there.
static inline void
fxsave(void *area)
{
        __asm__ volatile("fxsave (%0)" : : "r"(area) : "memory");
}

static inline void
fxrstor(const void *area)
{
        __asm__ volatile("fxrstor (%0)" : : "r"(area) : "memory");
}

// The two segment registers that the kernel itself does not use. A selector
// that the GDT has no segment for is a general-protection fault.
static inline void
load_fs(uint16_t selector)
{
        __asm__ volatile("mov %0, %%fs" : : "r"((uint32_t)selector));
}

static inline void
load_gs(uint16_t selector)
{
        __asm__ volatile("mov %0, %%gs" : : "r"((uint32_t)selector));
}

// The time-stamp counter; in Bochs it counts instructions.
static inline uint64_t
rdtsc(void)
{
        uint32_t low, high;
        __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
        return (uint64_t)high << 32 | low;
}

// Stops the processor for good.
static inline _Noreturn void
halt_forever(void)
{
        for (;;)
                __asm__ volatile("cli; hlt" : : : "memory");
}

#endif
