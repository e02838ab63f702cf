// SPDX-License-Identifier: MIT
// What the client kernel and H say to each other. Values of these types may be
// made up, copied and corrupted: H looks at each of them again whenever it is
// used, and takes it for what it says or refuses it. Source: dissertation 4.3.1,
// 4.4; where C differs from Haskell, see the handout of lab 3.
#ifndef H_TYPES_H
#define H_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define H_PAGE_LOG2 12
#define H_PAGE_SIZE 0x1000u
#define H_PAGE_WORDS 1024u
#define H_SUPERPAGE_LOG2 22
#define H_SUPERPAGE_SIZE 0x400000u

// The first address that is not user space.
#define H_KERNEL_SPACE 0xC0000000u

// Addresses, in bytes. A physical one cannot be handed over for a virtual one.
struct h_paddr {
        uint32_t value;
};

struct h_vaddr {
        uint32_t value;
};

// Flexpages: 2^n bytes, n >= 12, aligned to their size, or nil.
//
//     31                    12 11        6 5         0
//    +------------------------+-----------+-----------+
//    | base >> 12             | 0         | n, or 0   |   nil is all zeros
//    +------------------------+-----------+-----------+
struct h_pfpage {
        uint32_t word;
};

struct h_vfpage {
        uint32_t word;
};

// The flexpage of 2^log2_size bytes that holds `base`, rounded down to the size;
// nil where the size is smaller than a page or larger than the address space.
struct h_pfpage h_pfpage(struct h_paddr base, unsigned log2_size);
struct h_vfpage h_vfpage(struct h_vaddr base, unsigned log2_size);

// Their parts. Of nil the size is 0, as a power of two.
static inline struct h_paddr
h_pfpage_first(struct h_pfpage pages)
{
        return (struct h_paddr){ pages.word & ~(H_PAGE_SIZE - 1) };
}

static inline unsigned
h_pfpage_log2(struct h_pfpage pages)
{
        return pages.word & 0x3F;
}

static inline struct h_vaddr
h_vfpage_first(struct h_vfpage pages)
{
        return (struct h_vaddr){ pages.word & ~(H_PAGE_SIZE - 1) };
}

static inline unsigned
h_vfpage_log2(struct h_vfpage pages)
{
        return pages.word & 0x3F;
}

// Rights, as a set; bits that are no right are ignored. Writing includes reading:
// H_W alone is as good as H_R | H_W. IA-32 without PAE cannot forbid
// execution, nor allow it alone: what was asked for is kept and told, but a page
// that may be read may be executed, and the reverse.
#define H_X 1u
#define H_W 2u
#define H_R 4u

// A handle to physical memory (PhysicalRegion). It is good where it lies within
// one initial region or one region of a module. Whoever makes one up that does
// gains nothing that h_derive_region would not have given.
struct h_region {
        struct h_pfpage pages;
};

// A page that the client lends H for a page-directory or page-table, and the
// client-controlled kernel address at which H is to see it (PageMapPage).
struct h_pagemap_page {
        struct h_region page;
        struct h_vaddr mapped;
};

// Handles into H's tables: of address spaces (PageMap) and of the client's own
// mappings in kernel space (KernelMapping). No valid one is all zeros.
struct h_pagemap {
        uint32_t slot;
        uint32_t generation;
};

struct h_kernel_mapping {
        uint32_t slot;
        uint32_t generation;
};

// What is mapped at an address (MappingInfo).
struct h_mapping_info {
        struct h_paddr physical; // of the first byte of the page or superpage
        unsigned log2_size;      // H_PAGE_LOG2 or H_SUPERPAGE_LOG2
        unsigned rights;         // as asked for; with H_W always H_R too
        bool accessed;           // read or written since it was last looked at
        bool dirty;              // written
};

// A file that the boot loader put into memory.
struct h_module {
        const char *name;     // its arguments as given to the loader
        struct h_paddr first; // where it lies
        uint32_t bytes;
        bool executable; // an ELF32 program for IA-32
        uint32_t entry;  // its entry point, if it is executable
};

#endif
