// SPDX-License-Identifier: MIT
// Flexpages: ranges of 2^n bytes, n >= 12, aligned to their size, or nil.
//
//     31                    12 11        6 5         0
//    +------------------------+-----------+-----------+
//    | base >> 12             | 0         | n, or 0   |   nil is all zeros
//    +------------------------+-----------+-----------+
//
// n = 32 is the complete address space. Source: dissertation 4.3.1.
#ifndef KERNEL_FLEXPAGE_H
#define KERNEL_FLEXPAGE_H

#include <kernel/result.h>
#include <kernel/types.h>

struct fpage {
        uint32_t word;
};

// A range of physical addresses, and one of virtual addresses.
struct pfpage {
        struct fpage range;
};

struct vfpage {
        struct fpage range;
};

// The flexpage of 2^log2_size bytes that holds the address `base`: the address
// is rounded down to the size. Nil where the size is smaller than a page or
// larger than the address space.
struct fpage fpage_make(uint32_t base, unsigned log2_size);

// The lowest address. Only for a flexpage that is not nil.
static inline uint32_t
fpage_first(struct fpage fpage)
{
        return fpage.word & 0xFFFFF000u;
}

// The size as a power of two, in bytes; 0 for nil.
static inline unsigned
fpage_log2(struct fpage fpage)
{
        return fpage.word & 0x3Fu;
}

static inline bool
fpage_is_nil(struct fpage fpage)
{
        return fpage_log2(fpage) == 0;
}

// The highest address, the last byte that belongs to the flexpage. Only for a
// flexpage that is not nil.
uint32_t fpage_last(struct fpage fpage);

// Is `address` one of the flexpage's? Nil holds no address.
bool fpage_contains(struct fpage fpage, uint32_t address);

// Is every address of `inner` one of `outer`'s? False where either is nil.
bool fpage_within(struct fpage inner, struct fpage outer);

// Is there an address that belongs to both? False where either is nil.
bool fpage_overlap(struct fpage a, struct fpage b);

// Splits the range from `first` to `last`, both included, into flexpages: as
// few as possible, in ascending order, that cover each address once.
//
// first      the first byte of a page
// last       the last byte of a page
// out        room for `capacity` flexpages; may be null where capacity is 0
// count      out: how many there are
// Errors, in the order in which they are looked for:
//         PAGING_MISALIGNED, `first` or `last` is not at a page's border;
//         PAGING_RANGE, last < first: nothing is written;
//         PAGING_CAPACITY, `out` has no room: *count is set to the number
//         needed, `out` is left as it was.
enum paging_result fpage_split(uint32_t first, uint32_t last, struct fpage *out,
                               size_t capacity, size_t *count);

static inline struct vfpage
vfpage_make(struct vaddr base, unsigned log2_size)
{
        return (struct vfpage){ fpage_make(base.value, log2_size) };
}

static inline struct pfpage
pfpage_make(struct paddr base, unsigned log2_size)
{
        return (struct pfpage){ fpage_make(base.value, log2_size) };
}

#endif
