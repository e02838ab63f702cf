// SPDX-License-Identifier: MIT
// Splitting any range of pages into flexpages.
//
//     0x3000           0x8000                   0x10000     0x12FFF
//       |                 |                        |           |
//       [4K][    16K     ][          32K          ][  8K  ][4K]
//
// The contract is in <kernel/flexpage.h>.
#include <kernel/flexpage.h>
#include <kernel/layout.h>
#include <kernel/todo.h>

// H4-BEGIN 1.2
// The largest flexpage that begins at `first` and does not reach beyond `last`.
// Both are a page's borders and in order, so one page always fits.
static struct fpage
largest_from(uint32_t first, uint32_t last)
{
        unsigned log2_size = 32;
        struct fpage fpage = fpage_make(first, log2_size);
        while (fpage_first(fpage) != first || fpage_last(fpage) > last)
                fpage = fpage_make(first, --log2_size);
        return fpage;
}

// Splits the range, writes it to `out` unless that is null, and returns how
// many flexpages there are.
static size_t
split(uint32_t first, uint32_t last, struct fpage *out)
{
        for (size_t count = 0;;) {
                struct fpage fpage = largest_from(first, last);
                if (out)
                        out[count] = fpage;
                count++;

                // Looked at before stepping on: there may be no next address.
                if (fpage_last(fpage) == last)
                        return count;
                first = fpage_last(fpage) + 1;
        }
}
// H4-STUB 1.2
// H4-END 1.2

enum paging_result
fpage_split(uint32_t first, uint32_t last, struct fpage *out, size_t capacity,
            size_t *count)
{
        // H4-BEGIN 1.2
        uint32_t offset_bits = PAGE_SIZE - 1;
        if ((first & offset_bits) != 0 || (last & offset_bits) != offset_bits)
                return PAGING_MISALIGNED;
        if (last < first)
                return PAGING_RANGE;

        *count = split(first, last, NULL);
        if (*count > capacity)
                return PAGING_CAPACITY;

        split(first, last, out);
        return PAGING_OK;
        // H4-STUB 1.2
        //| H4_TODO("1.2", first, last, out, capacity, count);
        // H4-END 1.2
}
