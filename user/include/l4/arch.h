// SPDX-License-Identifier: MIT
// Flexpages of ports.
//
//     31           16 15     10 9         4 3      0
//    +---------------+---------+-----------+--------+
//    | first port    | size    |     2     | rights |   size: log2 of ports
//    +---------------+---------+-----------+--------+
#ifndef USER_L4_ARCH_H
#define USER_L4_ARCH_H

#include <l4/specials.h>
#include <l4/types.h>

typedef union {
        L4_Word_t raw;
        struct {
                L4_Word_t rwx : 4;
                L4_Word_t two : 6;
                L4_Word_t s : 6;
                L4_Word_t p : 16;
        } X;
} L4_IoFpage_t;

// 2^log2 ports, without rights.
static inline L4_Fpage_t
L4_IoFpageLog2(L4_Word_t port, int log2)
{
        return (L4_Fpage_t){ .raw = port << 16 | (L4_Word_t)log2 << 10 |
                                    2 << 4 };
}

// The same by the number of ports, which is rounded up to a power of two.
static inline L4_Fpage_t
L4_IoFpage(L4_Word_t port, int size)
{
        int log2 = 0;

        while (log2 < 16 && 1 << log2 < size)
                log2++;
        return L4_IoFpageLog2(port, log2);
}

static inline L4_Word_t
L4_IoFpagePort(L4_Fpage_t f)
{
        return f.raw >> 16;
}

static inline L4_Word_t
L4_IoFpageSizeLog2(L4_Fpage_t f)
{
        return f.raw >> 10 & 0x3F;
}

static inline L4_Word_t
L4_IoFpageSize(L4_Fpage_t f)
{
        return 1u << (L4_IoFpageSizeLog2(f) & 0x1F);
}

static inline L4_Bool_t
L4_IsIoFpage(L4_Fpage_t f)
{
        return (f.raw >> 4 & 0x3F) == 2;
}

#endif
