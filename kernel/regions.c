// SPDX-License-Identifier: MIT
// The initial regions: all memory that the client gets, in flexpages.
//
//     pages     e e 0 0 0 0 0 0 e e 0 0 0m x 0 0 0 0
//     rows          |---------|     |-|      |-----|
//     regions       [2 ][  4  ]     [2]      [2 ][2 ]   (in pages)
//
// What is in no region is out of the client's reach for ever. The contract is
// in <kernel/regions.h>.
#include <kernel/regions.h>
#include <kernel/todo.h>

// H4-BEGIN 2.5
// A row of pages is split into each of the 20 sizes below 4 GB twice at most:
// once while they grow, and once while they shrink.
#define ROW_REGIONS 40

static bool
is_free(uint32_t page)
{
        const struct page *entry = &page_array.pages[page];

        return entry->status >= 0 && !entry->module;
}

// The next free pages in a row, from page `from` on.
static bool
next_row(uint32_t from, struct page_range *row)
{
        uint32_t first = from;
        while (first < page_array.count && !is_free(first))
                first++;
        uint32_t end = first;
        while (end < page_array.count && is_free(end))
                end++;
        *row = (struct page_range){ first, end };
        return first < end;
}

// Writes the regions to `out` unless that is null, and returns how many there
// are.
static size_t
split_rows(struct pfpage *out)
{
        size_t count = 0;
        struct page_range row = { 0, 0 };
        while (next_row(row.end, &row)) {
                struct fpage parts[ROW_REGIONS];
                size_t part_count = 0;
                uint32_t first = row.first * PAGE_SIZE;
                uint32_t last = (row.end - 1) * PAGE_SIZE + (PAGE_SIZE - 1);
                fpage_split(first, last, parts, ROW_REGIONS, &part_count);
                for (size_t i = 0; out && i < part_count; i++)
                        out[count + i] = (struct pfpage){ parts[i] };
                count += part_count;
        }
        return count;
}
// H4-STUB 2.5
// H4-END 2.5

enum page_result
initial_regions(struct pfpage *out, size_t capacity, size_t *count)
{
        // H4-BEGIN 2.5
        *count = split_rows(NULL);
        if (*count > capacity)
                return PAGE_CAPACITY;

        split_rows(out);
        return PAGE_OK;
        // H4-STUB 2.5
        //| H4_TODO("2.5", out, capacity, count);
        // H4-END 2.5
}
