// SPDX-License-Identifier: MIT
// Planning the environment memory: how large it is follows from how much memory
// there is, and where it lies from what is in use.
//
// Everything is counted in pages: 4 GB in bytes is more than 32 bits hold. The
// contract is in <kernel/environment.h>.
#include <kernel/environment.h>
#include <kernel/layout.h>
#include <kernel/status.h>

#define MEGABYTE (0x100000u / PAGE_SIZE) // in pages
#define HEAP_LEAST (MEGABYTE / 16)
#define HEAP_MOST (16 * MEGABYTE)
#define CLIENT_LEAST (8 * MEGABYTE)
#define CLIENT_MOST (512 * MEGABYTE)
#define PAGEMAPS_LEAST 64u
#define PAGEMAPS_MOST 4096u
#define KERNEL_MAPPINGS_LEAST 256u
#define KERNEL_MAPPINGS_MOST 16384u
#define CONTEXTS_LEAST 128u
#define CONTEXTS_MOST 8192u
#define CONTEXT_SIZE (CONTEXT_SLOT_SIZE + FPU_AREA_SIZE)
#define ENTRIES_IN_A_PAGE (PAGE_SIZE / sizeof(struct page))
#define VIEWS_IN_A_PAGE (PAGE_SIZE / sizeof(struct vaddr))

_Static_assert(CLIENT_MOST *PAGE_SIZE == CLIENT_LIMIT - CLIENT_BASE,
               "the client-controlled addresses have this much room");
_Static_assert(HEAP_MOST + CLIENT_MOST / TABLE_ENTRIES +
                               (PAGEMAPS_MOST * PAGEMAP_SLOT_SIZE +
                                KERNEL_MAPPINGS_MOST *
                                        KERNEL_MAPPING_SLOT_SIZE +
                                CONTEXTS_MOST * CONTEXT_SIZE) /
                                       PAGE_SIZE +
                               MEMORY_PAGES / VIEWS_IN_A_PAGE +
                               MEMORY_PAGES / ENTRIES_IN_A_PAGE ==
                       ENVIRONMENT_PAGES_MAX,
               "the largest environment is that of 4 GB");

static uint32_t
clamp(uint32_t value, uint32_t least, uint32_t most)
{
        if (value < least)
                return least;
        return value > most ? most : value;
}

static uint32_t
round_up_divide(uint32_t value, uint32_t by)
{
        return (value + (by - 1)) / by;
}

// The least power of two that is not below `value`, which is at most 2^31.
static uint32_t
power_of_two(uint32_t value)
{
        uint32_t power = 1;

        while (power < value)
                power *= 2;
        return power;
}

static uint32_t
length(struct page_range range)
{
        return range.end - range.first;
}

static uint32_t
usable_pages(const struct memory_map *map)
{
        uint32_t pages = 0;
        struct page_range run = { 0, 0 };

        while (memory_map_run(map, run.end, &run))
                pages += length(run);
        return pages;
}

// A part of `count` pages behind all that `pages` has so far.
static struct page_range
part(struct page_range *pages, uint32_t count)
{
        uint32_t first = pages->end;

        pages->end += count;
        return (struct page_range){ first, pages->end };
}

// The parts for `memory` usable pages below page `page_count`, from page 0 on.
static struct environment
sizes(uint32_t memory, uint32_t page_count)
{
        uint32_t client = clamp(2 * memory, CLIENT_LEAST, CLIENT_MOST);
        uint32_t pagemaps =
                power_of_two(clamp(memory / 64, PAGEMAPS_LEAST, PAGEMAPS_MOST));
        uint32_t mappings = power_of_two(clamp(
                memory / 16, KERNEL_MAPPINGS_LEAST, KERNEL_MAPPINGS_MOST));
        uint32_t contexts =
                power_of_two(clamp(memory / 4, CONTEXTS_LEAST, CONTEXTS_MOST));
        uint32_t slots = pagemaps * PAGEMAP_SLOT_SIZE +
                         mappings * KERNEL_MAPPING_SLOT_SIZE;

        struct environment out = {
                .page_count = page_count,
                .pagemap_slots = pagemaps,
                .kernel_mapping_slots = mappings,
                .context_slots = contexts,
        };
        struct page_range *all = &out.pages;
        out.tables = part(all, round_up_divide(client, TABLE_ENTRIES));
        out.handles = part(all, round_up_divide(slots, PAGE_SIZE));
        out.contexts =
                part(all, round_up_divide(contexts * CONTEXT_SIZE, PAGE_SIZE));
        out.views = part(all, round_up_divide(page_count, VIEWS_IN_A_PAGE));
        out.status = part(all, round_up_divide(page_count, ENTRIES_IN_A_PAGE));
        // The last one: behind it nothing is mapped.
        out.heap = part(all, clamp(memory / 12, HEAP_LEAST, HEAP_MOST));
        return out;
}

static void
move_up(struct page_range *range, uint32_t by)
{
        range->first += by;
        range->end += by;
}

// The lowest page from `page` on that no range of `taken` has.
static uint32_t
skip_taken(const struct page_range *taken, size_t count, uint32_t page)
{
        for (;;) {
                uint32_t next = page;
                for (size_t i = 0; i < count; i++)
                        if (taken[i].first <= next && next < taken[i].end)
                                next = taken[i].end;
                if (next == page)
                        return page;
                page = next; // which an earlier one may have
        }
}

// The next row of pages, from page `from` on, that are usable and not taken.
static bool
next_row(const struct memory_map *map, const struct page_range *taken,
         size_t count, uint32_t from, struct page_range *row)
{
        struct page_range run;

        while (memory_map_run(map, from, &run)) {
                from = skip_taken(taken, count, run.first);
                if (from >= run.end)
                        continue;

                *row = (struct page_range){ from, run.end };
                for (size_t i = 0; i < count; i++)
                        if (taken[i].first < taken[i].end &&
                            from < taken[i].first && taken[i].first < row->end)
                                row->end = taken[i].first;
                return true;
        }
        return false;
}

enum environment_result
environment_plan(const struct memory_map *map, const struct page_range *taken,
                 size_t taken_count, struct environment *out)
{
        uint32_t memory = usable_pages(map);
        if (memory == 0)
                return ENVIRONMENT_NO_MEMORY;

        *out = sizes(memory, memory_map_end(map));
        uint32_t needed = length(out->pages);
        struct page_range row = { 0, 0 };
        struct page_range longest = row;
        struct page_range highest = row;
        while (next_row(map, taken, taken_count, row.end, &row)) {
                if (length(row) > length(longest))
                        longest = row;
                if (length(row) >= needed)
                        highest = row;
        }
        if (length(highest) < needed) {
                out->pages = longest;
                return ENVIRONMENT_NO_ROOM;
        }

        uint32_t first = highest.end - needed;
        move_up(&out->pages, first);
        move_up(&out->tables, first);
        move_up(&out->handles, first);
        move_up(&out->contexts, first);
        move_up(&out->views, first);
        move_up(&out->status, first);
        move_up(&out->heap, first);
        return ENVIRONMENT_OK;
}
