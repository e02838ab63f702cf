// SPDX-License-Identifier: MIT
// How H reaches the machine. Everything that H does to memory goes through here
// and through the primitives of the kernel's paging; so the same sources run on
// the host, over an array that stands for physical memory.
#ifndef H_INTERNAL_MACHINE_H
#define H_INTERNAL_MACHINE_H

#include <kernel/types.h>

#ifdef H_ON_HOST

// The host's own: see h/tests/machine.c. A kernel address that the model's page
// tables do not map ends the test.
uint32_t *machine_at(struct vaddr address);
struct paddr machine_directory(void);
void machine_load(struct paddr directory);

// Copies words one after the other, from the first to the last, which shows where
// the two rows overlap.
static inline void
machine_copy(uint32_t *to, const uint32_t *from, uint32_t count)
{
        volatile uint32_t *out = to;
        const volatile uint32_t *in = from;

        for (uint32_t i = 0; i < count; i++)
                out[i] = in[i];
}

#else

#include <kernel/cpu.h>

// Where the kernel sees the word at a kernel address. The page is mapped. What
// is contiguous in kernel space and in memory is so behind the pointer.
static inline uint32_t *
machine_at(struct vaddr address)
{
        return (uint32_t *)(uintptr_t)address.value;
}

// The page-directory on which the processor runs (CR3).
static inline struct paddr
machine_directory(void)
{
        return paddr(read_cr3());
}

// Runs on another one, unless it is on it already.
static inline void
machine_load(struct paddr directory)
{
        if (read_cr3() != directory.value)
                write_cr3(directory.value);
}

static inline void
machine_copy(uint32_t *to, const uint32_t *from, uint32_t count)
{
        __asm__ volatile("rep movsl"
                         : "+D"(to), "+S"(from), "+c"(count)
                         :
                         : "memory");
}

#endif
#endif
