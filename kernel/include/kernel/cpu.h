// SPDX-License-Identifier: MIT
// The processor's instructions that C has no words for, one function each.
// Source: Intel SDM volume 2 (instructions) and volume 3, 2.5 (CR0 to CR4).
#ifndef KERNEL_CPU_H
#define KERNEL_CPU_H

#include <kernel/types.h>

#define CR0_PE 0x00000001u // protected mode
#define CR0_EM 0x00000004u // no floating-point unit: its instructions trap
#define CR0_ET 0x00000010u // always 1
#define CR0_NE 0x00000020u // floating-point errors are exceptions, not IRQ 13
#define CR0_WP 0x00010000u // read-only pages are read-only for ring 0 too
#define CR0_PG 0x80000000u // paging

#define CR4_PSE 0x00000010u // superpages
#define CR4_PGE 0x00000080u // global pages

#define EFLAGS_FIXED 0x00000002u // bit 1, always set
#define EFLAGS_IF 0x00000200u    // maskable interrupts are taken

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
