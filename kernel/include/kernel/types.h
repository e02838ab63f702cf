// SPDX-License-Identifier: MIT
// Addresses. A physical and a virtual address are different types, so that
// handing over one for the other does not compile (dissertation 4.3.1, where
// phantom types do the same).
#ifndef KERNEL_TYPES_H
#define KERNEL_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A physical address, in bytes.
struct paddr {
        uint32_t value;
};

// A virtual address, in bytes.
struct vaddr {
        uint32_t value;
};

static inline struct paddr
paddr(uint32_t value)
{
        return (struct paddr){ value };
}

static inline struct vaddr
vaddr(uint32_t value)
{
        return (struct vaddr){ value };
}

#endif
